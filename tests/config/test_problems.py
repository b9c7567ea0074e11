"""Everything that can be wrong with an answers file is said at once, with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.problems import AnswersError, Problem

WRONG = """\
apiVersion: llmd-tui/v2
target:
  azure: {subscription: s, resourceGroup: g, regoin: eastus2, cluster: "a b", resource_group: g}
pool: {size: Standard_ND96isr_H100_v5, nodes: 0, osSku: ubuntu2404, zone: 4, osDiskGiB: 1TiB}
drivrs: gpu-operator
drivers: gpu-operater
path:
  name: [wide-ep]
  decode: 3
  gpuMemoryUtilization: high
nodes: 4
pool.name: x
waive: helm
huggingFaceToken: hf_QWERTZUIOPASDF
release: 0.10
release: &again 0.11
namespace: *again
cache: {sizeGiB: 5}
[a]: b
"""

EXPECTED = {
    (1, "apiVersion"): "Write llmd-tui/v1",
    (3, "target.azure.region"): "is missing",
    (3, "target.azure.regoin"): "Did you mean target.azure.region?",
    (3, "target.azure.cluster"): "letters, digits, - and _",
    (3, "target.azure.resource_group"): "Did you mean target.azure.resourceGroup?",
    (4, "pool.nodes"): "Give at least 1",
    (4, "pool.osSku"): "Did you mean Ubuntu2404? Give Ubuntu2204, Ubuntu2404 or AzureLinux3.",
    (4, "pool.zone"): "Give 1, 2 or 3.",
    (4, "pool.osDiskGiB"): "'1TiB' is not valid. Give a whole number.",
    (5, "drivrs"): "Did you mean drivers?",
    (6, "drivers"): "Did you mean gpu-operator?",
    (8, "path.name"): "holds a list where one value belongs",
    (9, "path.decode"): "where keys belong. Give it with replicas, tensorParallel",
    (10, "path.gpuMemoryUtilization"): "Give a number",
    (11, "nodes"): "Did you mean pool.nodes?",
    (12, ""): "Keys are nested",
    (13, "waive"): "Give a list",
    (14, "huggingFaceToken"): "is not shown",
    (16, "release"): "the first is in line 15",
    (17, "namespace"): "Write the value out",
    (18, "cache.storageClass"): "is missing",
    (19, ""): "a key must be a word",
}


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(AnswersError) as caught:
        Answers.parse(text, "answers.yaml").config()
    return caught.value.problems


def test_every_problem_is_named_with_its_place() -> None:
    found = {(problem.place.line, problem.field): f"{problem.message} {problem.remedy}" for problem in problems(WRONG)}
    assert found.keys() == EXPECTED.keys()
    assert {key: said for key, said in EXPECTED.items() if said not in found[key]} == {}


def test_a_problem_is_one_line_that_editors_can_follow() -> None:
    lines = str(AnswersError(problems(WRONG))).splitlines()
    assert len(lines) == len(EXPECTED)
    assert all(line.startswith("answers.yaml:") for line in lines)
    assert "QWERTZ" not in "".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "answers.yaml: is empty"),
        ("# nothing\n---\n", "answers.yaml: is empty"),
        ("- a\n", "holds a list where keys such as apiVersion"),
        ("hf_ABCDEFGHIJ", "holds one value where keys"),
        ("pool:\n\tsize: x\n", "answers.yaml:2: has a tab where spaces belong. Indent with spaces."),
        ("pool: {size: x\n", "answers.yaml:"),
        ("a: 1\n b: 2\n", "answers.yaml:2: is not YAML"),
        ("a: 1\n---\nb: 2\n", "answers.yaml:2: holds a second document"),
        ("a: *b\n", "answers.yaml:1: is not YAML: found undefined alias"),
        ("\x00\x01", "is not a text file"),
        pytest.param("{" * 1000, "is nested too deeply", id="deep"),
        ("pool: !secret x\n", "has the tag '!secret'"),
        ("a: &a [*a]\n", "is an alias"),
        ("target: {}\n", "apiVersion: is missing. Write apiVersion: llmd-tui/v1."),
        ("apiVersion: llmd-tui/v1\ntarget: {azure: {}, kubeconfig: {}}", "target"),
    ],
)
def test_what_is_not_an_answers_file(text: str, said: str) -> None:
    assert said in "\n".join(str(problem) for problem in problems(text))


def test_the_target_is_one_of_two() -> None:
    text = "apiVersion: llmd-tui/v1\npool: {size: x}\npath: {name: x}\ntarget:\n  kubeconfig: {context: a}\n"
    azure = "  azure: {subscription: s, resourceGroup: g, region: r, cluster: c}\n"
    (problem,) = problems(text + azure)
    assert (problem.place.line, problem.message) == (4, "give either azure or kubeconfig.")


@pytest.mark.parametrize(
    ("path", "said"),
    [("missing.yaml", "does not exist"), (".", "is a directory"), ("binary", "is not a text"), ("huge", "too large")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, path: str, said: str) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "huge").write_bytes(b"#" * (1 << 16) + b"\n")
    with pytest.raises(AnswersError, match=said):
        Answers.load(tmp_path / path)


@given(st.one_of(st.text(), st.text("apiVersion:{}[]&*!|>-\n \t'\"#,?%@")))
def test_any_text_is_read_or_explained(text: str) -> None:
    with pytest.raises(AnswersError):
        Answers.parse(text, "f").config()
