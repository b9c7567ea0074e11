"""The config in the making: what holds, where it came from, what is wrong, and that nothing is lost on the way."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.fields import fields
from llmd_tui.config.problems import AnswersError
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.serving import laid_out
from llmd_tui.draft.steps import STEPS, step_of
from llmd_tui.plan.choose import choose
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.loading import names
from tests.examples import examples

LEAVES = [path for path, field in fields().items() if field.kind not in ("section", "list")]
SUBSCRIPTION, REGION = "target.azure.subscription", "target.azure.region"


def chosen() -> Draft:
    """One that can be carried out."""
    draft = Draft.begin()
    draft.set(SUBSCRIPTION, "6b0c3f1e-0000-4000-8000-5d1a70000001")
    draft.set(REGION, "eastus2")
    draft.set("pool.size", "Standard_ND96isr_H100_v5")
    draft.set("pool.nodes", "2")
    draft.set("path.name", "pd-disaggregation")
    return draft


def test_a_value_is_what_was_said_else_found_else_the_default() -> None:
    draft = Draft.begin()
    assert draft.value("gateway.provider").value == "istio"
    assert draft.value("gateway.provider").source == "preset"
    assert draft.value("gateway.provider").why
    draft.find(REGION, "eastus2", "az login")
    assert (draft.value(REGION).value, draft.value(REGION).source) == ("eastus2", "az login")
    assert draft.set(REGION, "westeurope") == ""
    assert (draft.value(REGION).value, draft.value(REGION).source) == ("westeurope", "you")
    draft.reset(REGION)
    assert draft.value(REGION).value == "eastus2"


def test_what_is_the_same_as_shown_is_not_said_unless_it_is_chosen() -> None:
    draft = Draft.begin()
    draft.set("gateway.provider", "istio")
    assert not draft.said("gateway.provider")
    draft.choose("gateway.provider", "istio")
    assert draft.said("gateway.provider")
    assert draft.value("gateway.provider").source == "preset"


def test_texts_become_what_the_field_wants() -> None:
    draft = chosen()
    assert draft.set("pool.spot", "yes") == ""
    assert draft.value("pool.spot").value is True
    assert draft.text("pool.spot") == "yes"
    assert draft.set("path.gpuMemoryUtilization", " 0.9 ") == ""
    assert draft.value("path.gpuMemoryUtilization").value == 0.9
    draft.set("pool.spot", "")
    assert draft.value("pool.spot").value is False


def test_lists_are_parted_by_commas() -> None:
    draft = chosen()
    assert draft.set("pool.labels", " team=ml,cost=42 ") == ""
    assert draft.answers.get("pool.labels") == ["team=ml", "cost=42"]
    assert draft.text("pool.labels") == "team=ml, cost=42"
    assert "'team' is not valid. Give key=value" in draft.set("pool.labels", "cost=1, team")
    assert draft.text("pool.labels") == "cost=1, team"
    assert "'team' is not valid" in draft.error("pool.labels")
    draft.set("pool.labels", "")
    assert draft.answers.get("pool.labels") is None
    assert draft.problems() == []


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"pool.maxNodes": "1"}, "pool.maxNodes", "the plan needs 2 nodes. Give 2 or more"),
        ({"pool.maxNodes": "4", "drivers": "aks-managed-gpu"}, "pool.maxNodes", "aks-managed-gpu has no autoscaler"),
        ({"pool.minNodes": "1"}, "pool.minNodes", "Say pool.maxNodes too"),
        ({"pool.maxNodes": "4", "pool.minNodes": "3"}, "pool.minNodes", "the pool begins with 2 nodes. Give 2 or less"),
        ({"pool.spotMaxPrice": "3"}, "pool.spotMaxPrice", "Set pool.spot to true"),
        ({"pool.labels": "sku=cpu"}, "pool.labels", "sku is the label by which the GPU nodes are found"),
        ({"pool.labels": "kubernetes.azure.com/mode=x"}, "pool.labels", "AKS alone may set"),
        ({"pool.taints": "kubernetes.azure.com/a=b:NoSchedule"}, "pool.taints", "AKS alone may set"),
        ({"pool.taints": "team=ml"}, "pool.taints", "Give key=value:NoSchedule"),
    ],
)
def test_what_of_a_pool_does_not_go_together(said: dict[str, str], field: str, reason: str) -> None:
    draft = chosen()
    for path, text in said.items():
        draft.set(path, text)
    assert reason in draft.error(field)
    assert [problem.field.partition("[")[0] for problem in draft.problems("options")] == [field]


def test_an_autoscaler_keeps_the_plans_own_nodes() -> None:
    draft = chosen()
    draft.set("pool.maxNodes", "4")
    assert draft.value("pool.minNodes").value == 2
    assert draft.problems() == []


def test_a_wrong_value_stays_with_its_reason_and_goes_with_a_right_one() -> None:
    draft = chosen()
    assert "at least 1" in draft.set("pool.nodes", "0")
    assert draft.text("pool.nodes") == "0"
    assert draft.value("pool.nodes").value == 2
    assert [problem.field for problem in draft.problems("size")] == ["pool.nodes"]
    with pytest.raises(AnswersError):
        draft.choice()
    assert draft.set("pool.nodes", "2") == ""
    assert draft.problems() == []
    assert draft.choice().nodes == 2


def test_too_few_nodes_are_told_where_they_are_chosen() -> None:
    draft = chosen()
    draft.set("pool.nodes", 1)
    assert "needs 2 × ND96isr_H100_v5, you have 1" in draft.error("pool.nodes")


def test_a_token_is_neither_taken_nor_kept() -> None:
    draft = chosen()
    problem = draft.set("huggingFaceToken", "hf_canary")
    assert "reference" in problem
    for text in (problem, draft.text("huggingFaceToken"), draft.answers.text, repr(draft.problems())):
        assert "hf_canary" not in text


def test_a_token_reference_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = chosen()
    draft.set("huggingFaceToken", "env:NOT_THERE")
    assert draft.error("huggingFaceToken") == "The environment variable NOT_THERE is not set."
    monkeypatch.setenv("NOT_THERE", "x")
    draft = Draft(draft.answers)
    assert "NOT_THERE is too short" in draft.error("huggingFaceToken")
    monkeypatch.setenv("NOT_THERE", "hf_there")
    assert Draft(draft.answers).problems() == []


def test_another_target_and_back_loses_nothing() -> None:
    draft = chosen()
    draft.set("target.azure.cluster", "mine")
    before = draft.answers.text
    draft.aim("kubeconfig")
    assert draft.target == "kubeconfig"
    assert draft.answers.get("target") is None
    draft.set("target.kubeconfig.context", "edge")
    assert draft.problems() == []
    draft.aim("existing")
    assert draft.value(SUBSCRIPTION).value == "6b0c3f1e-0000-4000-8000-5d1a70000001"
    assert draft.answers.get("target.azure.create") is False
    draft.aim("kubeconfig")
    assert draft.value("target.kubeconfig.context").value == "edge"
    draft.aim("new")
    assert sorted(draft.answers.text.splitlines()) == sorted(before.splitlines())


def test_another_path_and_back_keeps_what_was_said_about_it() -> None:
    draft = chosen()
    draft.set("path.decode.tensorParallel", "8")
    draft.follow("optimized-baseline")
    assert not draft.said("path.decode.tensorParallel")
    assert draft.value("namespace").value == "llm-d-optimized-baseline"
    draft.follow("pd-disaggregation")
    assert draft.value("path.decode.tensorParallel").value == 8


def test_a_layout_tells_the_numbers_that_nobody_said() -> None:
    draft = chosen()
    layout = laid_out(draft)
    assert isinstance(layout, Layout)
    assert draft.value("path.prefill.replicas").value == 8
    assert draft.value("path.decode.tensorParallel").value == 4
    draft.set("path.decode.tensorParallel", "16")
    assert isinstance(laid_out(draft), str)


def test_what_is_exported_says_what_must_be_said() -> None:
    draft = chosen()
    draft.reset(REGION)
    draft.find(REGION, "westeurope", "az login")
    config = draft.whole().config()
    assert config.target.azure
    assert (config.target.azure.region, config.target.azure.resource_group) == ("westeurope", "llmd")
    assert choose(Answers.parse(draft.whole().text, "export").config()).config == draft.choice().config


@pytest.mark.parametrize("name", list(names("configs")))
def test_every_ready_made_config_comes_through_unchanged(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    draft = Draft.begin(preset=name)
    before = draft.answers.text
    assert draft.problems() == []
    assert draft.whole().text == before
    assert draft.value("pool.size").source == "preset"


def test_the_environment_is_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("apiVersion: llmd-tui/v1\npool: {size: Standard_ND96isr_H100_v5, nodes: 2}\n")
    monkeypatch.setenv("LLMD_TUI_POOL_NODES", "3")
    draft = Draft.begin(file)
    assert (draft.value("pool.nodes").value, draft.value("pool.nodes").source) == (3, "environment")
    assert draft.value("pool.size").source == "file"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("apiVersion: llmd-tui/v1\npol: {}\nports: 3\n", "is not a key here"),
        ("- a\n", "holds a list"),
        ("pool: {size: x}\n", "apiVersion: is missing"),
        ("", "is empty"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_file_that_no_screen_can_show_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(AnswersError, match=told):
        Draft.begin(file)


def test_wrong_values_of_a_file_are_shown_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("apiVersion: llmd-tui/v1\npool: {size: Standard_ND96isr_H1000_v5, nodes: 0}\n")
    draft = Draft.begin(file)
    assert draft.error("pool.nodes")
    assert draft.value("pool.nodes").value == 0
    draft.set("pool.nodes", 2)
    draft.set(SUBSCRIPTION, "x")
    draft.set(REGION, "eastus2")
    draft.set("path.name", "optimized-baseline")
    assert "Did you mean Standard_ND96isr_H100_v5" in draft.error("pool.size")


def test_every_field_belongs_to_a_step() -> None:
    assert {step_of(path) for path in LEAVES} <= set(STEPS)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(LEAVES), st.text(max_size=30)), max_size=6))
def test_whatever_is_typed_the_answers_stay_a_file(typed: list[tuple[str, str]]) -> None:
    draft = chosen()
    for path, text in typed:
        draft.set(path, text)
        draft.text(path)
        draft.error(path)
    again = Answers.parse(draft.answers.text, "again")
    assert again.leaves() == draft.answers.leaves()
    laid_out(draft)
    for path, _ in typed:
        draft.reset(path)
