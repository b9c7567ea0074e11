"""What somebody accepts of a run is kept in its journal, whenever it is said: for reports, and for later looks."""

import pytest

from llmd_tui import events as e
from llmd_tui.diagnose.finding import Finding
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.found import FoundSoFar
from llmd_tui.run.journal import read, summary
from llmd_tui.run.report import report
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.azure.cloud import SUBSCRIPTION
from tests.run.test_azure import PLAN, TARGET, Runs

REASON = "ticket 7, another region is asked for"


async def made(runs: Runs) -> Run:
    arm = await type(runs.arm).connect(SUBSCRIPTION, clock=runs.arm.clock)
    return Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), runs.directory, arm.clock)


async def found(run: Run) -> Finding:
    await run.diagnosis.look()
    (finding,) = run.diagnosis.findings
    return finding


def gone(directory: RunDirectory) -> list[str]:
    return [event.reason for event in read(directory) if isinstance(event, e.FindingGone)]


async def test_what_is_waived_after_the_end_is_in_the_journal_and_in_the_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="no-capacity", on="PUT .*/managedClusters/llmd$"))
        run = await made(runs)
        assert await run.start() == "failed"
        finding = await found(run)
        run.diagnosis.waive(finding, REASON)
        assert run.diagnosis.findings == ()
        await run.close()
        assert gone(runs.directory) == [REASON]
        told = FoundSoFar()
        for event in read(runs.directory):
            told.apply(event)
        assert [(each.seen.title, each.waived) for each in told.waived] == [(finding.title, REASON)]
        for text in (report("r", read(runs.directory)), (runs.directory.path / "report.md").read_text()):
            assert f"failed, held up cluster, waived: {REASON}." in text
        assert f"WAIVE {finding.title}: {REASON}" in (runs.directory.path / "logs" / "cluster.log").read_text()
        assert summary(runs.directory).outcome == "failed"


async def test_who_takes_the_run_up_again_is_not_told_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="no-capacity", on="PUT .*/managedClusters/llmd$", times=2))
        run = await made(runs)
        assert await run.start() == "failed"
        run.diagnosis.waive(await found(run), REASON)
        await run.close()
        again = await made(runs)
        assert await again.start(resumed=True) == "failed"
        await again.diagnosis.look()
        assert again.diagnosis.findings == ()
        await again.close()
        assert set(gone(runs.directory)) == {REASON}


async def test_what_shows_no_more_after_the_end_is_no_word_on_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="no-capacity", on="PUT .*/managedClusters/llmd$"))
        run = await made(runs)
        assert await run.start() == "failed"
        await found(run)
        run.retry("cluster")
        run.diagnosis.hear(e.PhaseStarted(run.clock.time(), "cluster", 300, 900))
        await run.diagnosis.look()
        assert run.diagnosis.findings == ()
        await run.close()
        assert gone(runs.directory) == []
