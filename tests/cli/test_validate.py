"""The checklist alone, on a cluster where nothing is installed: everything is looked at, nothing passes by mistake."""

import json
import os
from pathlib import Path

import pytest
import yaml

from llmd_tui.cli import main
from llmd_tui.commands.simulation import simulation
from tests.cli.program import KUBECONFIG, runs_left


def test_an_empty_cluster_fails_the_checklist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    answers = tmp_path / "answers.yaml"
    with simulation("smooth", 1000):
        context = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text())["current-context"]
        answers.write_text(KUBECONFIG.replace("mine", context))
        code = main(["validate", "-f", str(answers), "--output", "json"])
    out, err = capsys.readouterr()
    results = {check["id"]: check["result"] for check in json.loads(out)["checks"]}
    assert code == 1
    assert results["kubernetes-version"] == "pass"
    assert {results[name] for name in ("gpu-allocatable", "releases", "model-servers", "inference-request")} == {"fail"}
    assert err == ""
    assert runs_left() == []
    assert "LLMD_TUI_ARM_ENDPOINT" not in os.environ, "the environment is as it was"
