"""Scenarios with faults, run as `llmd-tui apply --simulate`: each comes to its finding, and remedies mend."""

import asyncio
from pathlib import Path

import pytest
import yaml

from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.ready import ready
from llmd_tui.commands.rehearsal import pretend_secrets
from llmd_tui.commands.simulation import simulation
from llmd_tui.config.answers import Answers
from llmd_tui.diagnose.finding import Finding
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock
from tests.e2e.program import ROOT, llmd_tui

PRESET = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"
SPEED = 120

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def answers(folder: Path, **changes: object) -> Path:
    path = folder / "answers.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(PRESET.read_text()), **changes}))
    return path


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize(
    ("scenario", "said", "changes"),
    [
        ("peermem-fails", "nvidia_peermem does not load on vmss000001 (F-64)", {}),
        ("image-missing", "nvidia-driver-ctr has no image to start from on vmss000000", {}),
        ("registry-limit", "The registry refuses the image of epp", {}),
        (
            "gateway-no-address",
            "gets no address from Azure (F-105)",
            {"gateway": {"provider": "istio", "expose": "public"}},
        ),
        ("model-out-of-memory", "The model does not fit into the GPU memory of", {}),
        ("hf-token-denied", "Hugging Face does not give this token the model of modelserver (F-77)", {}),
        ("ofed-hang", "OFED builds on vmss000001 for longer than its probe likes (F-113)", {}),
        ("quota-at-put", "FAILED cluster", {}),
        ("no-capacity", "FAILED", {}),
    ],
)
async def test_a_scenario_comes_to_its_finding(
    scenario: str, said: str, changes: dict[str, object], tmp_path: Path
) -> None:
    file = answers(tmp_path, **changes)
    asked = ("apply", "-f", str(file), "--yes", "--simulate", scenario, "--speed", str(SPEED))
    call = await llmd_tui(*asked, folder=tmp_path)
    await call.until(said)
    call.interrupt()
    call.interrupt()
    await call.end()
    assert "Traceback" not in call.said


async def started(scenario: str, folder: Path) -> Run:
    whole = Answers.parse(answers(folder).read_text(), "answers.yaml")
    choice = choose(whole.config())
    chosen = Wanted(whole.config(), whole.text, choice, plan_of(choice))
    pretend_secrets(chosen)
    clock = run_clock()
    asked = terms(chosen.config, simulate=scenario, speed=clock.speed, skipped={})
    there = await ready(chosen, clock)
    return Run(chosen.plan, there, RunDirectory.create(asked, chosen.answers, plan_json(chosen.plan)), clock)


async def found(run: Run, number: str) -> Finding:
    async with asyncio.timeout(120):
        while True:
            for finding in run.diagnosis.findings:
                if finding.id == number:
                    return finding
            await asyncio.sleep(0.05)


async def test_a_new_driver_pod_loads_peermem(tmp_path: Path) -> None:
    """What the finding spells out is done, once, and the run comes to its end."""
    with simulation("peermem-fails", SPEED):
        run = await started("peermem-fails", tmp_path)
        going = asyncio.create_task(run.start())
        try:
            finding = await found(run, "F-64")
            assert finding.remedy.acts and not finding.remedy.danger
            assert finding.confidence == "sure"
            assert [line.text for line in finding.evidence if line.healthy] == [
                "vmss000000, same image and kernel: module loaded"
            ]
            (pod,) = finding.subjects
            path = run.diagnosis.export(finding, tmp_path / "evidence")
            written = {file.relative_to(path).parts[0] for file in path.rglob("*") if file.is_file()}
            assert written == {"finding.md", "objects", "logs", "events.txt"}
            assert await run.diagnosis.remedy(finding) == f"pod {pod.name} deleted."
            async with asyncio.timeout(150):
                assert await going == "done"
            await run.diagnosis.look()
            assert not run.diagnosis.findings
        finally:
            going.cancel()
            await run.close()


async def test_a_phase_that_azure_refused_is_retried(tmp_path: Path) -> None:
    with simulation("no-capacity", SPEED):
        run = await started("no-capacity", tmp_path)
        going = asyncio.create_task(run.start())
        try:
            finding = await found(run, "F-101")
            assert finding.remedy.steps[0].verb == "retry"
            assert (await run.diagnosis.remedy(finding)).endswith("tries again.")
            if not run.running:
                going = asyncio.create_task(run.start())
            async with asyncio.timeout(150):
                assert await going == "done"
        finally:
            going.cancel()
            await run.close()
