"""The checklist alone, on a cluster where nothing is installed: everything is looked at, nothing passes by mistake."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from llmd_tui.cli import main
from llmd_tui.commands.simulation import simulation
from tests.answers import KUBECONFIG
from tests.cli.program import runs_left


def test_an_empty_cluster_fails_the_checklist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    answers = tmp_path / "answers.yaml"
    with simulation("smooth", 1000):
        context = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text())["current-context"]
        answers.write_text(KUBECONFIG.replace("mine", context))
        files = [tmp_path / f"checks{suffix}" for suffix in (".md", ".html", ".json", ".xml")]
        reports = [word for file in files for word in ("--report", str(file))]
        code = main(["validate", "-f", str(answers), "--output", "json", *reports])
    out, err = capsys.readouterr()
    results = {check["id"]: check["result"] for check in json.loads(out)["checks"]}
    assert code == 1
    assert results["kubernetes-version"] == "pass"
    assert {results[name] for name in ("gpu-allocatable", "releases", "model-servers", "inference-request")} == {"fail"}
    assert err == ""
    assert {check["id"]: check["result"] for check in json.loads(files[2].read_text())["checks"]} == results
    (suite,) = ElementTree.fromstring(files[3].read_text())
    assert suite.get("failures") == str(sum(result == "fail" for result in results.values()))
    assert "gpu-allocatable: fail" in files[0].read_text()
    assert "gpu-allocatable" in files[1].read_text()
    assert runs_left() == []
    assert "LLMD_TUI_ARM_ENDPOINT" not in os.environ, "the environment is as it was"


@pytest.mark.parametrize(
    ("file", "words"), [("checks.pdf", "does not tell the format"), ("no/checks.md", "no directory")]
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_looked_at(
    file: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "-f", "nowhere.yaml", "--report", file]) == 2
    assert words in capsys.readouterr().err
