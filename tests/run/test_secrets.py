"""Nothing of a login is left anywhere: a canary in every token, code and client secret, the SDK's loggers at DEBUG."""

import asyncio
import logging
import traceback
from collections.abc import Generator
from pathlib import Path

import pytest

from llmd_tui import events as e
from llmd_tui.azure.client import Arm
from llmd_tui.azure.login import LOGGERS, forget
from llmd_tui.errors import UserError
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.azure.cloud import SUBSCRIPTION
from tests.azure.entra import CANARY, CODE, TENANT, Entra
from tests.azure.somebody import Somebody
from tests.run.test_azure import PLAN, TARGET, Runs

SECRETS = (CANARY.encode(), CODE.encode())


@pytest.fixture(autouse=True)
def at_debug() -> Generator[None]:
    """As somebody does who looks for a fault."""
    loggers = [logging.getLogger(name) for name in (*LOGGERS, "llmd_tui")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    forget()


def by_device_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")


def by_client_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "7d5c0000-0000-4000-8000-000000000007")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", f"{CANARY}-client")


@pytest.mark.parametrize("way", [by_device_code, by_client_secret])
async def test_a_run_leaves_nothing_of_its_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], way: object
) -> None:
    assert callable(way)
    async with Runs(monkeypatch, speed=6000) as runs:
        with Entra(tmp_path) as entra:
            entra.use(monkeypatch)
            entra.entered.set()
            way(monkeypatch)
            arm = await Arm.connect(SUBSCRIPTION, clock=runs.arm.clock, person=Somebody())
            run = Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), runs.directory, arm.clock)
            await arm.lend()
            await run.start()
            history = [event async for event in run.events()]
            await run.close()
        assert entra.tokens, "the login was a real one"
    assert isinstance(history[-1], e.RunEnded)
    assert history[-1].outcome == "done"
    log = (runs.directory.path / "logs" / "llmd-tui.log").read_text()
    assert log, "the SDK spoke"
    said = capfd.readouterr()
    assert said.out == said.err == ""
    places = {str(file): file.read_bytes() for root in (Path.home(), runs.directory.path, tmp_path)
              for file in root.rglob("*") if file.is_file()}  # fmt: skip
    places |= {f"event {number}": repr(event).encode() for number, event in enumerate(history)}
    assert [name for name, text in places.items() if any(secret in text for secret in SECRETS)] == []


@pytest.mark.parametrize("way", [by_device_code, by_client_secret])
async def test_a_login_that_is_refused_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, way: object
) -> None:
    """Not in its words, and not in what a bug report would hold of it."""
    assert callable(way)
    async with Runs(monkeypatch, speed=6000) as runs:
        with Entra(tmp_path, ["authorization_declined"]) as entra:
            entra.use(monkeypatch)
            entra.refuses = "invalid_client"
            way(monkeypatch)
            for logger in LOGGERS:
                logging.getLogger(logger).addHandler(caplog.handler)
            try:
                with pytest.raises(UserError) as failure:
                    async with await Arm.connect(SUBSCRIPTION, clock=runs.arm.clock, person=Somebody()) as arm:
                        await arm.locations()
            finally:
                for logger in LOGGERS:
                    logging.getLogger(logger).removeHandler(caplog.handler)
            # The login's thread ends with it.
            await asyncio.sleep(0)
    words = "".join(traceback.format_exception(failure.value)) + repr(failure.value.__cause__) + caplog.text
    assert CANARY not in words
    assert failure.value.remedy
