"""What the screens say against a config is what `llmd-tui plan` says: one engine, one wording."""

from pathlib import Path

import pytest

from llmd_tui.cli import main
from llmd_tui.config.problems import AnswersError
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.steps import step_of
from llmd_tui.presets.loading import folder
from tests.screens.stage import Stage, stage

PRESET = "h100-pd-disaggregation"
WRONG: dict[str, tuple[str, str]] = {
    "pool.size": ("Standard_ND96isr_H100_v5", "Standard_ND96isr_H1000_v5"),
    "pool.nodes": ("nodes: 2", "nodes: 1"),
    "too many nodes": ("nodes: 2", "nodes: 200"),
    "no number": ("nodes: 2", "nodes: two"),
    "drivers": ("drivers: gpu-operator", "drivers: gpu-operater"),
    "a path without the nodes": ("name: pd-disaggregation", "name: wide-ep"),
    "a path that nobody knows": ("name: pd-disaggregation", "name: pd-dis"),
    "a model of another path": ("name: pd-disaggregation", "name: pd-disaggregation\n  model: Qwen/Qwen3-0.6B"),
    "too many servers": ("name: pd-disaggregation", "name: pd-disaggregation\n  decode: {replicas: 40}"),
    "too long a context": ("name: pd-disaggregation", "name: pd-disaggregation\n  maxModelLen: 9000000"),
    "the wrong system": ("nodes: 2", "nodes: 2\n  osSku: AzureLinux3"),
    "no such servers": ("name: pd-disaggregation", "name: optimized-baseline\n  prefill: {replicas: 2}"),
    "no such scorers": ("name: pd-disaggregation", "name: pd-disaggregation\n  scorers: best"),
    "a namespace": ("drivers: gpu-operator", "drivers: gpu-operator\nnamespace: Not_a_label"),
    "a small cache": ("drivers: gpu-operator", "drivers: gpu-operator\ncache: {storageClass: azurefile, sizeGiB: 5}"),
    "an old Kubernetes": ("create: true", 'create: true\n    kubernetesVersion: "1.20"'),
}


def config(tmp_path: Path, name: str) -> Path:
    good, bad = WRONG[name]
    text = folder("configs", f"{PRESET}.yaml").read_text(encoding="utf-8")
    assert good in text
    file = tmp_path / "answers.yaml"
    file.write_text(text.replace(good, bad), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", WRONG)
def test_the_draft_says_what_the_plan_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    file = config(tmp_path, name)
    assert main(["plan", "-f", str(file)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    problems = Draft.begin(file).problems()
    assert problems
    for problem in problems:
        assert " ".join(f"{problem.field}: {problem.message} {problem.remedy}".split()) in said


@pytest.mark.parametrize(
    "name", ["a namespace", "a small cache", "too many servers", "no number", "no such servers", "no such scorers"]
)
async def test_the_screens_say_what_the_plan_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    file = config(tmp_path, name)
    [problem] = Draft.begin(file).problems()
    async with stage(monkeypatch, file=file, ready=False) as shown:
        await shown.open(step_of(problem.field))
        if problem.field not in {field.path for field in shown.screen.fields}:
            assert problem.message in shown.verdict
            assert shown.screen.verdict_line.verdict.key == "enter takes this one"
            return
        assert problem.message in shown.verdict
        assert problem.message[:30] in _flat(shown)
        await shown.press("ctrl+n")
        assert shown.screen.field
        assert shown.screen.field.path == problem.field


async def test_a_choice_that_does_not_fit_says_what_the_plan_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Looked at in the table, taken from the file, and planned: the same sentence."""
    monkeypatch.setenv("HF_TOKEN", "simulated")
    with pytest.raises(AnswersError) as wrong:
        Draft.begin(config(tmp_path, "a path without the nodes")).choice()
    sentence = wrong.value.problems[0].message
    async with stage(monkeypatch, preset=PRESET) as shown:
        await shown.open("path")
        await shown.press("G")
        assert shown.verdict == sentence
        assert shown.screen.verdict_line.verdict.band == "calm"
        await shown.press("enter")
        assert shown.verdict == sentence
        assert shown.screen.verdict_line.verdict.band == "failed"
        assert shown.screen.STEP == "path"


def _flat(shown: Stage) -> str:
    return " ".join(shown.text.replace("│", " ").split())
