"""A run whose login ends in the middle: it says what to do, and goes on when it is back."""

import asyncio
import json
import logging
import os
from pathlib import Path

import pytest

from llmd_tui import events as e
from llmd_tui.azure.client import Arm
from llmd_tui.azure.login import forget
from llmd_tui.config.model import Config
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.logins import same_cloud, same_login
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.azure.cli import FakeAz
from tests.azure.cloud import SUBSCRIPTION
from tests.azure.entra import CANARY, TENANT, Entra
from tests.azure.somebody import Somebody
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


ELSEWHERE = "11111111-2222-4333-8444-555555555555"


async def test_the_tenant_of_a_device_code_is_the_one_of_the_resume(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is said to the next process: neither the way nor the tenant, which is not the person's own."""
    async with Runs(monkeypatch, speed=6000) as runs:
        with Entra(tmp_path) as entra:
            entra.use(monkeypatch)
            entra.entered.set()
            subscription = runs.cloud.azure.subscription.model_copy(update={"tenant": ELSEWHERE})
            runs.cloud.azure = runs.cloud.azure.model_copy(update={"subscription": subscription})
            monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
            monkeypatch.setenv("LLMD_TUI_TENANT", ELSEWHERE)
            async with await Arm.connect(SUBSCRIPTION, clock=runs.arm.clock, person=Somebody()) as arm:
                await arm.locations()
                run = Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), runs.directory, arm.clock)
                await run.close()
            # Another process:
            forget()
            monkeypatch.delenv("LLMD_TUI_AUTH")
            monkeypatch.delenv("LLMD_TUI_TENANT")
            kept = json.loads(runs.directory.login.read_text())
            assert kept == {"auth": "device-code", "tenant": ELSEWHERE, "cloud": "public"}
            assert runs.directory.login.stat().st_mode & 0o777 == 0o600
            same_login(runs.directory, Config.model_construct(target=TARGET))
            async with await Arm.connect(SUBSCRIPTION, clock=runs.arm.clock, person=Somebody()) as arm:
                assert arm.how == "device code"
                assert await arm.locations()
        forget()
    assert [each for each in entra.asked if each.startswith("devicecode")] == [f"devicecode {ELSEWHERE}"] * 2
    assert TENANT != ELSEWHERE


def test_a_run_of_another_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LLMD_TUI_ARM_ENDPOINT", raising=False)
    monkeypatch.delenv("LLMD_TUI_CLOUD", raising=False)
    directory = RunDirectory(tmp_path)
    directory.login.write_text(json.dumps({"auth": "cli", "tenant": "", "cloud": "usgovernment"}))
    with pytest.raises(UserError, match="is of the cloud usgovernment, not of public"):
        same_login(directory, Config.model_construct(target=TARGET))
    monkeypatch.setenv("LLMD_TUI_CLOUD", "")
    monkeypatch.delenv("LLMD_TUI_CLOUD")
    same_cloud(directory)
    same_login(directory, Config.model_construct(target=TARGET))
    assert os.environ["LLMD_TUI_CLOUD"] == "usgovernment"
    forget()


def test_what_was_kept_and_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    for text in ("", "[]", '{"who": 1}'):
        directory.login.write_text(text)
        same_login(directory, Config.model_construct(target=TARGET))
