"""Every config that validates plans, or is refused with a reason; and what holds of every plan."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.checks.checklist import CHECKS
from llmd_tui.config.fields import fields
from llmd_tui.config.model import Config
from llmd_tui.config.problems import AnswersError
from llmd_tui.objects import Object
from llmd_tui.plan import commands as equivalent
from llmd_tui.plan.actions import Action, Apply, Arm, Checks, Helm, Manifest, Wait
from llmd_tui.plan.choose import TOKEN_CHECK, choose
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.make import make_plan, plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.plan.phases import PHASES
from llmd_tui.presets.components import components
from llmd_tui.render.plan import plan_text
from llmd_tui.rollout import waits
from llmd_tui.run.kinds import watched
from llmd_tui.simulator.charts import by_chart
from tests.config.configs import configs
from tests.examples import examples
from tests.plan.configs import Combination, combinations, config, fitting, said

many = settings(max_examples=examples(75))


def actions(plan: Plan) -> Iterator[tuple[Phase, Action]]:
    for phase in plan.phases:
        for action in (*phase.actions, *phase.done):
            yield phase, action


def applied(plan: Plan) -> Iterator[Object]:
    for _, action in actions(plan):
        if isinstance(action, Apply):
            yield from action.objects


def is_explained(error: AnswersError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.field in fields(), problem
        assert problem.message.endswith(".") and not problem.message.endswith(".."), problem
        assert problem.remedy.endswith(".") and problem.remedy[:1] != " ", problem


def test_a_gated_model_needs_a_token_or_a_waiver() -> None:
    gated = next(each for each in combinations() if each.path.name == "optimized-baseline" and each.size.gpu.count > 1)
    path = {"name": gated.path.name, "model": "meta-llama/Llama-3.1-8B-Instruct"}
    with pytest.raises(AnswersError, match=r"huggingFaceToken: is missing: meta-llama/.* is gated"):
        make_plan(config(gated, path=path))
    make_plan(config(gated, path=path, huggingFaceToken="env:HF_TOKEN"))
    assert any("gated" in warning for warning in make_plan(config(gated, path=path, waive=[TOKEN_CHECK])).warnings)
    assert TOKEN_CHECK in CHECKS


@many
@given(st.one_of(said(), configs))
def test_plans_or_tells_field_reason_and_what_would_do(answers: Config) -> None:
    try:
        plan = make_plan(answers)
    except AnswersError as error:
        is_explained(error)
    else:
        assert plan.phases


@many
@given(fitting())
def test_what_the_screens_offer_plans(answers: Config) -> None:
    assert make_plan(answers).phases


def test_every_combination_that_is_offered_plans() -> None:
    """All of them, in the least and the usual number of nodes."""
    for chosen in combinations():
        usual = chosen.path.default_nodes(chosen.size.name)
        for nodes in {chosen.nodes, usual}:
            pool = {"size": chosen.size.name, "nodes": nodes, "osSku": chosen.os_sku}
            assert make_plan(config(chosen, pool=pool)).phases


@many
@given(fitting())
def test_needs_precede_and_every_phase_is_told_of_once(answers: Config) -> None:
    plan = make_plan(answers)
    seen: set[str] = set()
    for phase in plan.phases:
        assert set(phase.predecessors) <= seen, phase.name
        assert not set(phase.needs) & set(phase.after), phase.name
        seen.add(phase.name)
    assert seen | set(plan.skipped) == set(PHASES)
    assert not seen & set(plan.skipped)
    assert all(reason and not reason.endswith(".") for reason in plan.skipped.values())
    assert plan.critical_path[0] == "preflight" and plan.critical_path[-1] == "validate"
    assert 0 < plan.critical_seconds <= plan.sequential_seconds


@many
@given(fitting())
def test_every_phase_has_text_times_and_commands(answers: Config) -> None:
    for phase in make_plan(answers).phases:
        assert phase.why and phase.undo
        assert 0 < phase.seconds.normal < phase.seconds.slow
        if not any(isinstance(action, Checks) for action in phase.actions):
            assert phase.actions or phase.done or phase.name == "access", phase.name
        for action in (*phase.actions, *phase.done):
            told = equivalent.commands(action)
            assert isinstance(action, Checks) or (told and all(told)), action


@many
@given(fitting())
def test_waits_and_checks_are_known(answers: Config) -> None:
    plan = make_plan(answers)
    kinds = {watch.kind for watch in watched(plan)}
    for phase, action in actions(plan):
        if isinstance(action, Wait):
            assert action.test in waits.TESTS
            assert action.what and not action.what.endswith(".")
            assert {kind for _, kind in waits.KINDS.get(action.test, ())} <= kinds, phase.name
        elif isinstance(action, Checks):
            assert action.ids and set(action.ids) <= set(CHECKS), set(action.ids) - set(CHECKS)
        elif isinstance(action, Helm):
            assert action.component in components()
            assert by_chart(action.chart.rpartition("/")[2]) is not None


@many
@given(fitting())
def test_the_json_holds_everything(answers: Config) -> None:
    """Numbers, texts and lists only, and each request, release and object in full."""
    plan = make_plan(answers)
    read: dict[str, Any] = json.loads(json.dumps(plan_json(plan)))
    assert [phase["name"] for phase in read["phases"]] == [phase.name for phase in plan.phases]
    for phase, shown in zip(plan.phases, read["phases"], strict=True):
        assert len(shown["actions"]) == len(phase.actions)
        for action, said_of_it in zip(phase.actions, shown["actions"], strict=True):
            ((kind, content),) = said_of_it.items()
            match action:
                case Arm():
                    assert (kind, content["path"], content["body"]) == ("arm", action.path, _plain(action.body))
                case Helm():
                    assert (kind, content["values"]) == ("helm", _plain(action.values))
                case Apply():
                    assert (kind, content["objects"]) == ("apply", _plain(action.objects))
                case Manifest():
                    assert (kind, content["url"]) == ("manifest", action.url)
                case Checks():
                    assert (kind, content["ids"]) == ("checks", list(action.ids))
                case Wait():
                    assert (kind, content["test"]) == ("wait", action.test)
    assert plan_text(plan)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


@many
@given(fitting())
def test_the_same_config_makes_the_same_plan(answers: Config) -> None:
    choice = choose(answers)
    assert plan_of(choice) == plan_of(choice) == make_plan(choice.config)


@many
@given(fitting())
def test_what_is_applied_is_ours_and_named_once(answers: Config) -> None:
    """Applied twice, one phase would undo what another did; a namespace must look alike wherever it is made."""
    found: dict[tuple[str, str, str], Object] = {}
    for obj in applied(make_plan(answers)):
        metadata = obj["metadata"]
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "llmd-tui"
        key = obj["kind"], metadata.get("namespace", ""), metadata["name"]
        assert found.setdefault(key, obj) == obj, key


@many
@given(fitting())
def test_namespaces_are_there_before_what_goes_into_them(answers: Config) -> None:
    plan = make_plan(answers)
    made = {"kube-system", "default"}
    ancestors: dict[str, set[str]] = {}
    makers: dict[str, set[str]] = {}
    for phase in plan.phases:
        ancestors[phase.name] = {phase.name}.union(*(ancestors[name] for name in phase.predecessors))
        for action in phase.actions:
            if isinstance(action, Helm):
                makers.setdefault(action.namespace, set()).add(phase.name)
            for obj in action.objects if isinstance(action, Apply) else ():
                if obj["kind"] == "Namespace":
                    makers.setdefault(obj["metadata"]["name"], set()).add(phase.name)
                elif namespace := obj["metadata"].get("namespace"):
                    assert namespace in made or makers.get(namespace, set()) & ancestors[phase.name], obj


@pytest.mark.parametrize("create", [True, False])
def test_features_are_registered_before_any_pool(create: bool) -> None:
    chosen = next(c for c in combinations() if c.size.rdma and c.strategy.name == "aks-managed-gpu")
    plan = make_plan(config(chosen, target=_azure(create)))
    before = _ancestors(plan, "gpu-pool")
    assert "features" in before
    assert ("cluster" in before) == create
    registered = [a.path for a in plan.by_name["features"].actions if isinstance(a, Arm)]
    assert [path for path in registered if "AKSInfinibandSupport" in path]
    assert [path for path in registered if "ManagedGPUExperiencePreview" in path]


def _azure(create: bool) -> dict[str, Any]:
    said_of_it = {"subscription": "s", "resourceGroup": "rg", "region": "eastus2", "cluster": "c1", "create": create}
    return {"azure": said_of_it}


def _ancestors(plan: Plan, name: str) -> set[str]:
    names = set(plan.by_name[name].predecessors)
    return names.union(*(_ancestors(plan, before) for before in names))


def test_model_servers_wait_for_gpus_and_for_infiniband_where_they_use_it() -> None:
    for chosen in combinations():
        before = _ancestors(make_plan(config(chosen)), "model-server")
        gpus = {"gpu-operator": "gpu-operator", "aks-driver": "device-plugin", "aks-managed-gpu": "managed-gpu"}
        assert gpus[chosen.strategy.name] in before
        if chosen.path.rdma and chosen.size.rdma:
            assert "locked-memory" in before
            assert ("dranet" if chosen.strategy.name == "aks-managed-gpu" else "network-operator") in before
        assert ("lws" in before) == chosen.path.multi_host


def _pods(plan: Plan) -> Iterator[tuple[int, dict[str, Any]]]:
    """How many, and what one of them asks for."""
    for obj in applied(plan):
        if obj["kind"] == "Deployment":
            yield obj["spec"]["replicas"], obj["spec"]["template"]["spec"]
        elif obj["kind"] == "LeaderWorkerSet":
            group = obj["spec"]["leaderWorkerTemplate"]
            yield obj["spec"]["replicas"] * group["size"], group["workerTemplate"]["spec"]


def _asked(pod: dict[str, Any], resource: str) -> float:
    units = {"Gi": 1, "Mi": 1 / 1024}
    total = 0.0
    # A native sidecar runs beside the containers.
    for container in (*pod["containers"], *pod.get("initContainers", ())):
        text = str(container["resources"]["requests"].get(resource, "0"))
        total += float(text.rstrip("GMi")) * units.get(text[-2:], 1)
    return total


@many
@given(fitting())
def test_the_model_servers_fit_the_nodes(answers: Config) -> None:
    """Counted from the objects themselves: the largest pods first, each where there is room."""
    choice = choose(answers)
    size = choice.size
    whole = {"nvidia.com/gpu": size.gpu.count, "cpu": size.vcpus, "memory": size.memory_gib}
    nodes = [dict[str, float](whole) for _ in range(choice.nodes)]
    pods = [pod for count, pod in _pods(plan_of(choice)) for _ in range(count)]
    assert pods
    for pod in sorted(pods, key=lambda pod: -_asked(pod, "nvidia.com/gpu")):
        room = next(n for n in nodes if all(n[name] >= _asked(pod, name) for name in whole))
        for name in whole:
            room[name] -= _asked(pod, name)


def test_a_strategy_that_an_os_cannot_carry_names_what_would_do() -> None:
    h100 = next(c for c in combinations() if c.size.name == "Standard_ND96isr_H100_v5")
    chosen = Combination(h100.size, h100.strategy, h100.path, "AzureLinux3")
    with pytest.raises(AnswersError) as refused:
        make_plan(config(chosen))
    (problem,) = refused.value.problems
    assert problem.field == "drivers"
    assert problem.remedy == "What fits: pool.osSku: Ubuntu2204 or Ubuntu2404."
