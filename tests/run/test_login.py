"""A run whose login ends in the middle: it says what to do, and goes on when it is back."""

import asyncio
import logging
from pathlib import Path

import pytest

from llmd_tui import events as e
from llmd_tui.azure.client import Arm
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.azure.cli import FakeAz
from tests.azure.cloud import SUBSCRIPTION
from tests.azure.entra import CANARY
from tests.run.test_azure import PLAN, TARGET, Runs, outcome


async def test_a_login_that_has_ended_pauses_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    az = FakeAz(tmp_path, monkeypatch)
    az.log_in()
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="expired-token", on="/operations/", skip=3))
        arm = await Arm.connect(SUBSCRIPTION, clock=runs.arm.clock)
        arm.wait_for_login()
        run = Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), runs.directory, arm.clock)
        waits: list[str] = []

        async def watch() -> None:
            async for event in run.events():
                if isinstance(event, e.PhaseWaiting) and "InProgress" in event.waits_for and not waits:
                    az.log_out()
                if isinstance(event, e.PhaseWaiting) and "not logged in" in event.waits_for:
                    waits.append(event.waits_for)
                    logging.getLogger("azure.identity").warning("AzureCliCredential.get_token_info failed")
                    az.log_in()

        watching = asyncio.create_task(watch())
        await run.start()
        await watching
        history = [event async for event in run.events()]
        await run.close()
        assert outcome(history) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd"], "nothing was asked for twice"
        log = (runs.directory.path / "logs" / "llmd-tui.log").read_text()
    assert waits
    assert waits[0].endswith(
        "a login to Azure: The Azure CLI is not logged in. Run `az login`. "
        "Tried again every 10s, then the run goes on from here"
    )
    assert "AzureCliCredential.get_token_info failed" in log
    said = capfd.readouterr()
    assert said.err == said.out == ""
    left = [file for file in runs.directory.path.rglob("*") if file.is_file()]
    assert left
    assert not [file for file in left if CANARY.encode() in file.read_bytes()]
