"""Precedence of flags, variables, files, the run before, and presets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.fields import fields
from llmd_tui.config.model import Config
from llmd_tui.config.problems import AnswersError
from llmd_tui.config.sources import Layered, Source, variable, variables
from tests.config.configs import configs
from tests.examples import examples

FILE = """\
apiVersion: llmd-tui/v1
# where
target: {azure: {subscription: s, resourceGroup: g, region: eastus2, cluster: c}}
pool: {size: file, nodes: 2}
path: {name: wide-ep}
"""
PREVIOUS = "apiVersion: llmd-tui/v1\npool: {size: previous, nodes: 3, name: previous}\nnamespace: previous\n"
PRESET = "apiVersion: llmd-tui/v1\npool: {size: preset, nodes: 4, name: preset, zone: 2}\nwaive: [a, b]\n"


def layered(flags: dict[str, str] | None = None, environment: dict[str, str] | None = None) -> Layered:
    return Layered(
        flags=flags,
        environment=environment or {},
        file=Answers.parse(FILE, "file.yaml"),
        previous=Answers.parse(PREVIOUS, "run 7"),
        preset=Answers.parse(PRESET, "preset.yaml"),
    )


def test_the_first_that_says_a_value_wins() -> None:
    layers = layered({"pool.size": "flag"}, {"LLMD_TUI_POOL_SIZE": "variable", "LLMD_TUI_POOL_NODES": "5"})
    pool = layers.config().pool
    assert (pool.size, pool.nodes, pool.name, pool.zone) == ("flag", 5, "previous", "2")
    found = {path: (layers.source(path), str(layers.place(path))) for path in fields() if path.startswith("pool.")}
    assert found["pool.size"] == (Source.FLAG, "--set pool.size")
    assert found["pool.nodes"] == (Source.ENVIRONMENT, "LLMD_TUI_POOL_NODES")
    assert found["pool.name"] == (Source.PREVIOUS_RUN, "run 7:2")
    assert found["pool.zone"] == (Source.PRESET, "preset.yaml:2")
    assert found["pool.taint"] == (Source.DEFAULT, "file.yaml:4")
    assert layers.source("target.azure.region") == Source.FILE


def test_a_higher_target_hides_the_other_kind() -> None:
    layers = layered({"target.kubeconfig.context": "kind"})
    assert layers.config().target.azure is None
    assert layers.answers().config() == layers.config()


def test_the_answers_of_all_layers_keep_the_comments_of_the_file() -> None:
    layers = layered({"pool.nodes": "9"}, {"LLMD_TUI_WAIVE": "x, y"})
    answers = layers.answers()
    assert "# where\n" in answers.text
    assert answers.config() == layers.config()
    assert answers.get("waive") == ["x", "y"]
    assert str(answers.place("pool.nodes")) == "--set pool.nodes"


def test_each_problem_is_told_at_its_source() -> None:
    environment = {
        "LLMD_TUI_DRIVERS": "nvidia",
        "LLMD_TUI_POOL_TAINT": "maybe",
        "LLMD_TUI_HUGGING_FACE_TOKEN": "hf_SECRET",
    }
    with pytest.raises(AnswersError) as caught:
        layered({"pool.nodes": "many"}, environment).config()
    places = {problem.field: str(problem.place) for problem in caught.value.problems}
    assert places == {
        "drivers": "LLMD_TUI_DRIVERS",
        "pool.taint": "LLMD_TUI_POOL_TAINT",
        "pool.nodes": "--set pool.nodes",
        "huggingFaceToken": "LLMD_TUI_HUGGING_FACE_TOKEN",
    }
    assert "hf_SECRET" not in str(caught.value)


def test_problems_of_the_files_are_told_too() -> None:
    file = Answers.parse("apiVersion: llmd-tui/v1\npool: 5\ndrivers: aks-driver\ndrivers: aks-driver\n", "a.yaml")
    with pytest.raises(AnswersError) as caught:
        Layered(flags={"pool.size": "x"}, environment={}, file=file).config()
    assert {"drivers", "target", "path"} <= {problem.field for problem in caught.value.problems}


@pytest.mark.parametrize("flag", ["pool.nodez", "pool", "target.azure"])
def test_a_flag_that_names_no_field(flag: str) -> None:
    with pytest.raises(AnswersError):
        layered({flag: "1"})


def test_a_variable_that_is_spelt_almost_right() -> None:
    with pytest.raises(AnswersError, match="Did you mean LLMD_TUI_POOL_NODES"):
        layered(environment={"LLMD_TUI_POOL_NODE": "1"})


def test_other_variables_are_not_ours() -> None:
    environment = {
        "LLMD_TUI_HELM": "helm",
        "LLMD_TUI_ARM_ENDPOINT": "http://127.0.0.1",
        "PATH": "/",
        "LLMD_TUI_DRIVERS": "",
    }
    assert layered(environment=environment).source("drivers") == Source.DEFAULT


def test_every_variable_names_one_field() -> None:
    assert len(variables()) == sum(field.kind != "section" for field in fields().values())
    assert variable("target.azure.resourceGroup") == "LLMD_TUI_TARGET_AZURE_RESOURCE_GROUP"
    assert variable("pool.osDiskGiB") == "LLMD_TUI_POOL_OS_DISK_GI_B" or "POOL_OS_DISK_GIB" in variable(
        "pool.osDiskGiB"
    )


@settings(max_examples=examples(40))
@given(configs, st.data())
def test_where_a_value_is_said_makes_no_difference(config: Config, data: st.DataObject) -> None:
    """The same answers, each dealt to a layer at random, make the same config."""
    whole = Answers.of(config)
    paths = [path for path in whole.leaves() if path not in ("apiVersion", "waive")]
    texts = {path: _text(whole.get(path)) for path in paths}
    flags = data.draw(st.sets(st.sampled_from(paths)))
    others = data.draw(st.sets(st.sampled_from(paths)))
    file = Answers.parse(whole.text, "file")
    for path in flags | others:
        file.unset(path)
    layers = Layered(
        flags={path: texts[path] for path in flags},
        environment={variable(path): texts[path] for path in others},
        file=file,
    )
    assert layers.config() == config
    assert {layers.source(path) for path in flags} <= {Source.FLAG}


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("pool", "--set pool: is a section. Say one of its keys: pool.size, pool.nodes, "),
        ("pool.nodez", "--set pool.nodez: 'nodez' is not a key here. Did you mean pool.nodes?"),
    ],
)
def test_a_flag_that_names_no_value(flag: str, said: str) -> None:
    with pytest.raises(AnswersError) as raised:
        layered({flag: "4"})
    assert raised.value.message.startswith(said)
