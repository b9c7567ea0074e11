"""Killed while Azure creates the cluster: the next process takes the operation up, and asks for nothing twice."""

import json
from pathlib import Path

import pytest

from llmd_tui.commands.simulation import VARIABLES
from tests.e2e.program import ROOT, llmd_tui

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FILE = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"


async def test_one_put_before_and_after_a_sigkill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "record.jsonl"
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    simulators = await llmd_tui("simulate", "smooth", "--speed", "60", "--record", str(record), folder=tmp_path)
    await simulators.until("}")
    told = json.loads(next(line for line in simulators.said.splitlines() if line.startswith("{")))
    for key, variable in VARIABLES.items():
        if key in told:
            monkeypatch.setenv(variable, str(told[key]))
    try:
        more = ("--set", "target.azure.subscription=6b0c3f1e-0000-4000-8000-5d1a70000001")
        first = await llmd_tui("apply", "-f", str(FILE), "--yes", *more, folder=tmp_path)
        await first.until("DO cluster: az aks create")
        await first.until("InProgress")
        first.process.kill()
        await first.end()
        second = await llmd_tui("resume", folder=tmp_path)
        await second.until("DONE cluster")
        second.process.kill()
        await second.end()
    finally:
        simulators.process.kill()
        await simulators.end()
    sent = [json.loads(line) for line in record.read_text().splitlines()]
    puts = [each["path"] for each in sent if each["method"] == "PUT" and "/managedClusters/" in each["path"]]
    assert len(puts) == 1, puts
