"""Reading, editing and writing answers files."""

import difflib
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.edit import scalar
from llmd_tui.config.fields import fields
from llmd_tui.config.model import Config
from llmd_tui.errors import UserError
from tests.config.configs import configs, text
from tests.examples import examples

ODD = """\
# my cluster

apiVersion:   llmd-tui/v1     # version
target:
    azure: { subscription: 6b0c,   resourceGroup: 'llmd',
             region: eastus2, cluster: "llmd" }   # here
pool:
    size:   Standard_ND96isr_H100_v5   # eight GPUs
    nodes: 2

    # taint: true

# the drivers
drivers: aks-driver
path: {name: wide-ep}
waive:
- conflicts   # known
-   helm
- releases
# the end"""


def odd() -> Answers:
    return Answers.parse(ODD, "odd.yaml")


def changed(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize("written", [ODD, ODD.replace("\n", "\r\n"), "\ufeff" + ODD, ODD + "\n\n", ""])
def test_saving_what_was_loaded_changes_no_byte(tmp_path: Path, written: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(written.encode())
    Answers.load(file).save(file)
    assert file.read_bytes() == written.encode()


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        ("pool.nodes", 3, ["-    nodes: 2", "+    nodes: 3"]),
        (
            "pool.size",
            "Standard_NC24ads_A100_v4",
            [
                "-    size:   Standard_ND96isr_H100_v5   # eight GPUs",
                "+    size:   Standard_NC24ads_A100_v4   # eight GPUs",
            ],
        ),
        ("pool.taint", True, ["+    taint: true"]),
        ("target.azure.create", False, None),
        ("path.decode.replicas", 2, ["-path: {name: wide-ep}", "+path: {name: wide-ep, decode: {replicas: 2}}"]),
        ("gateway.provider", "istio", ["+gateway:", "+    provider: istio"]),
        ("lockedMemory", "nri", ["+lockedMemory: nri"]),
        ("release", "0.10", ['+release: "0.10"']),
        ("waive", ["conflicts", "releases", "gpu-nodes"], ["--   helm", "+- gpu-nodes"]),
        ("waive", ["other"], ["-waive:", "-- conflicts   # known", "--   helm", "-- releases", "+waive: [other]"]),
        ("pool.nodes", None, ["-    nodes: 2"]),
        ("drivers", None, ["-drivers: aks-driver"]),
        ("path", {"name": "wide-ep", "model": "a/b"}, ["-path: {name: wide-ep}", "+path: {name: wide-ep, model: a/b}"]),
    ],
)
def test_an_edit_changes_the_lines_that_it_is_about(path: str, value: Any, lines: list[str] | None) -> None:
    answers = odd()
    answers.set(path, value, "the wizard")
    assert answers.get(path) == value
    if lines is not None:
        assert changed(ODD, answers.text) == lines
    assert Answers.parse(answers.text, "odd.yaml").text == answers.text
    comments = [line.partition("#")[2] for line in ODD.splitlines() if "#" in line]
    assert value == ["other"] or all(comment in answers.text for comment in comments)


def test_an_edit_and_its_reverse_give_the_same_bytes() -> None:
    unquoted = ODD.replace("'", "").replace('"', "") + "\n"
    for path, value in odd().leaves().items():
        answers = Answers.parse(unquoted, "odd.yaml")
        answers.set(path, [*value, "more"] if isinstance(value, list) else 7 if isinstance(value, int) else "other")
        assert answers.text != unquoted
        answers.set(path, value)
        assert answers.text == unquoted


def test_new_keys_come_in_the_order_of_the_model() -> None:
    answers = Answers.new()
    for path, value in reversed(
        {
            "target.kubeconfig.context": "kind",
            "pool.size": "x",
            "pool.nodes": 2,
            "path.name": "wide-ep",
            "release": "0.10",
            "gateway.expose": "public",
        }.items()
    ):
        answers.set(path, value)
    assert answers.text == (
        "apiVersion: llmd-tui/v1\ntarget:\n  kubeconfig:\n    context: kind\npool:\n  size: x\n  nodes: 2\n"
        'path:\n  name: wide-ep\ngateway:\n  expose: public\nrelease: "0.10"\n'
    )


def test_switching_the_target_leaves_nothing_behind() -> None:
    answers = odd()
    answers.set("target", {"kubeconfig": {"context": "kind"}})
    assert answers.get("target") == {"kubeconfig": {"context": "kind"}}
    answers.unset("target")
    assert "target" not in answers.text


def test_numbers_that_are_names_stay_as_written() -> None:
    answers = Answers.parse("release: 0.10\ntarget: {azure: {kubernetesVersion: 1.30}}\npool: {zone: 1}", "f")
    assert answers.leaves() == {"release": "0.10", "target.azure.kubernetesVersion": "1.30", "pool.zone": "1"}


def test_a_value_left_empty_was_not_said() -> None:
    answers = Answers.parse("apiVersion: llmd-tui/v1\npool:   # later\n  size: ~\ngateway:\nmonitoring: {}\n", "f")
    assert answers.leaves() == {"apiVersion": "llmd-tui/v1"}
    answers.set("gateway.provider", "istio")
    answers.set("pool.size", "x")
    answers.set("monitoring.enabled", True)
    assert "# later" in answers.text
    assert answers.get("pool.size") == "x"


@pytest.mark.parametrize(
    "written", ["? pool\n: size: x\n  nodes: 1\n", "pool: {size: x}\npool: {nodes: 1}\n", "---\n...\n"]
)
def test_what_cannot_be_spliced_is_refused_whole(written: str) -> None:
    answers = Answers.parse(written, "f")
    with pytest.raises(UserError, match="Edit it by hand"):
        answers.set("pool", {"nodes": 3, "taint": True})
    assert answers.text == written


@pytest.mark.parametrize(
    "written",
    [
        "pool: {\n  size: x, # size\n  nodes: 1 # nodes\n}\n",
        "{pool: {size: x}}",
        '"pool":   # pool\n  size: >-\n    x\n\n    y\n\n  nodes: &n 1\n',
        "---\npool: !!map\n  size: x\n...\n",
        "pool:\n  size: x",
    ],
)
def test_any_shape_can_be_edited(written: str) -> None:
    edits: list[tuple[str, Any]] = [
        ("pool.size", "a: b"),
        ("pool.nodes", 3),
        ("pool.taint", True),
        ("waive", ["x"]),
        ("target.kubeconfig.context", "kind"),
        ("waive", ["x", "y"]),
        ("pool.size", None),
        ("waive", None),
        ("apiVersion", "llmd-tui/v1"),
    ]
    answers = Answers.parse(written, "f")
    for path, value in edits:
        answers.set(path, value)
        assert answers.get(path) == value
    assert answers.get("pool") == {"nodes": 3, "taint": True}
    answers.unset("pool")
    answers.unset("target")
    answers.unset("apiVersion")
    assert answers.leaves() == {}


@pytest.mark.parametrize("path", ["pool.siez", "nowhere", "pool.size.more", ""])
def test_there_is_no_such_field(path: str) -> None:
    with pytest.raises(UserError, match="is not a key here"):
        odd().set(path, "x")


def test_a_section_takes_keys_only() -> None:
    with pytest.raises(UserError, match="keys of its own"):
        odd().set("pool", "x")


def test_the_mode_stays_and_so_does_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    file.write_text(ODD)
    file.chmod(0o640)
    link.symlink_to(file)
    answers = Answers.load(link)
    answers.set("pool.nodes", 4)
    answers.save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert Answers.load(file).get("pool.nodes") == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "link.yaml"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        odd().save(tmp_path / "nowhere" / "a.yaml")


def test_the_source_of_an_edit_is_known() -> None:
    answers = odd()
    answers.set("pool.nodes", 4, "the wizard")
    assert str(answers.place("pool.nodes")) == "the wizard"
    assert str(answers.place("pool.size")) == "odd.yaml:8"
    assert str(answers.place("pool.zone")) == "odd.yaml:7"


@given(configs)
def test_a_config_survives_the_file(config: Config) -> None:
    answers = Answers.of(config)
    again = Answers.parse(answers.text, "again")
    assert again.config() == config
    assert again.text == answers.text


@settings(max_examples=examples(40))
@given(configs, configs)
def test_any_file_becomes_any_other(before: Config, after: Config) -> None:
    answers, wanted = Answers.of(before), Answers.of(after)
    for path in answers.leaves().keys() - wanted.leaves().keys():
        answers.unset(path)
    for path, value in wanted.leaves().items():
        answers.set(path, value)
    assert answers.config() == after


@given(st.sampled_from(["pool.size", "path.model", "mirror.charts"]), text, st.booleans())
def test_any_text_can_be_said(path: str, value: str, flow: bool) -> None:
    answers = odd() if flow else Answers.new()
    answers.set(path, value)
    assert Answers.parse(answers.text, "f").get(path) == value


@given(st.one_of(text, st.integers(), st.booleans()))
def test_other_readers_see_the_same_value(value: Any) -> None:
    assert yaml.safe_load(scalar(value)) == value


def test_every_field_of_the_model_is_known() -> None:
    known = set(fields())
    assert {"target.azure.resourceGroup", "pool.osDiskGiB", "cache.sizeGiB", "path.decode.tensorParallel"} <= known
    assert len(known) == len(set(map(str.lower, known)))
