"""Logging in on the screens: a real device code against a small Entra, given up, another way, as somebody else."""

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from aiohttp import web

from llmd_tui.azure.login import forget
from llmd_tui.clock import Clock
from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import SUBSCRIPTION, Draft
from llmd_tui.presets.scenarios import Subscription, scenario
from llmd_tui.run.directory import directories
from llmd_tui.simulator.arm import ArmServer, Cloud, serve
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.login.dialog import LoginDialog
from screens.login.ways import LoginPicker
from screens.run.run import RunScreen
from screens.start.start import StartScreen
from screens.wizard.target import TargetScreen
from tests.azure.cli import FakeAz
from tests.azure.entra import CANARY, CODE, PAGE, USER, Entra
from tests.screens.stage import Stage, stage

OTHER = "6b0c3f1e-0000-4000-8000-5d1a70000009"
FABRIKAM = Subscription(
    id=OTHER, name="fabrikam-ml", tenant="11111111-2222-4333-8444-555555555555", tenant_name="Fabrikam"
)
OLD = Subscription(
    id=f"{OTHER[:-1]}8", name="contoso-old", tenant="6b0c3f1e-0000-4000-8000-5d1a70000002", state="Disabled"
)


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Generator[Entra]:
    """And no way to log in but by a person, over SSH."""
    folder = tmp_path_factory.mktemp("entra")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(folder / "azure"))
    with Entra(folder) as server:
        server.use(monkeypatch)
        yield server


def dialog(shown: Stage) -> LoginDialog | None:
    return shown.app.screen if isinstance(shown.app.screen, LoginDialog) else None


async def asked(shown: Stage) -> LoginDialog:
    """Until somebody has to log in."""
    await shown.until(lambda: dialog(shown) is not None and CODE in shown.text)
    found = dialog(shown)
    assert found
    return found


async def read(shown: Stage) -> None:
    """Until the account is known."""
    await shown.on("target")
    await shown.until(lambda: shown.app.session.azure.locations.state == "ready")


async def no_login_waits() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("login"):
            await asyncio.to_thread(thread.join)


def with_secret(*folders: Path) -> list[Path]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if CANARY.encode() in file.read_bytes()]


async def test_a_device_code_over_ssh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entra: Entra, capfd: pytest.CaptureFixture[str]
) -> None:
    async with stage(monkeypatch, ready=False) as shown:
        await shown.until(lambda: isinstance(shown.app.screen, LoginPicker))
        assert "the Azure CLI is not installed" in shown.text
        assert "no desktop here" in shown.text
        await shown.press("enter")
        await asked(shown)
        assert PAGE in shown.text
        assert "good for 14m" in shown.text or "good for 15m00s" in shown.text
        await shown.press("c")
        assert shown.app.clipboard == CODE
        await shown.press("u")
        assert shown.app.clipboard == PAGE
        pictures = shown.app.export_screenshot()
        entra.entered.set()
        await read(shown)
        assert shown.app.session.azure.login.value == "device code"
        assert shown.app.session.azure.connection
        assert shown.app.session.azure.connection.user == USER
        pictures += shown.app.export_screenshot()
        assert entra.asked.count("devicecode organizations") == 1
        assert len(entra.tokens) == 1
    assert CANARY not in pictures
    assert with_secret(Path.home(), tmp_path) == []
    said = capfd.readouterr()
    assert CODE not in said.out + said.err
    assert CANARY not in said.out + said.err


async def test_a_login_that_is_given_up_leaves_the_wizard_usable(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    async with stage(monkeypatch, ready=False) as shown:
        await asked(shown)
        await shown.press("escape")
        await shown.on("target")
        await shown.says("The login was cancelled.")
        assert "i log in" in shown.text
        await no_login_waits()
        await shown.press("i")
        assert isinstance(shown.app.screen, LoginPicker)
        await shown.press("escape")
        await shown.on("target")
        await shown.says("The login was cancelled.")
        await shown.press("r")
        await asked(shown)
        entra.entered.set()
        await read(shown)


async def test_a_code_that_was_declined_is_told(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    entra.first.append("authorization_declined")
    async with stage(monkeypatch, ready=False) as shown:
        await shown.until(lambda: "The login was declined on the page." in shown.text)


async def test_as_somebody_else(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    entra.entered.set()
    async with stage(monkeypatch) as shown:
        entra.entered.clear()
        await shown.press("i", "enter")
        await asked(shown)
        entra.entered.set()
        await read(shown)
        assert sum(each.startswith("devicecode") for each in entra.asked) == 2


async def test_a_subscription_of_another_tenant_logs_in_to_it(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    entra.entered.set()
    async with stage(monkeypatch, others=(FABRIKAM, OLD)) as shown:
        await shown.press("i")
        assert "Tenant Fabrikam" in shown.text
        await shown.press(*"tenant", "enter")
        await shown.on("target")
        await shown.until(lambda: shown.app.session.azure.subscription == OTHER)
        await read(shown)
        assert shown.app.session.draft.value(SUBSCRIPTION).value == OTHER
        assert f"devicecode {FABRIKAM.tenant}" in entra.asked


async def test_a_subscription_that_is_switched_off_says_so(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    entra.entered.set()
    async with stage(monkeypatch, others=(OLD,)) as shown:
        target = shown.screen
        assert isinstance(target, TargetScreen)
        assert [(option.label, option.reason) for option in target.subscription.options] == [
            ("llmd-simulated", ""),
            ("contoso-old", "Disabled: nothing can be created in it"),
        ]


async def test_a_login_by_the_cli_elsewhere_is_noticed(
    monkeypatch: pytest.MonkeyPatch, entra: Entra, tmp_path: Path
) -> None:
    az = FakeAz(tmp_path, monkeypatch)
    monkeypatch.delenv("LLMD_TUI_AUTH")
    async with stage(monkeypatch, ready=False) as shown:
        await shown.until(lambda: isinstance(shown.app.screen, LoginPicker))
        await shown.press(*"az", "enter")
        assert shown.app.clipboard == "az login --use-device-code"
        await shown.until(lambda: "Run `az login --use-device-code` in another terminal." in shown.text)
        az.log_in()
        await read(shown)
        assert shown.app.session.azure.login.value == "az CLI"
        assert len(az.spawns) == 1


async def test_while_the_ways_are_looked_at_too(monkeypatch: pytest.MonkeyPatch, entra: Entra, tmp_path: Path) -> None:
    az = FakeAz(tmp_path, monkeypatch)
    monkeypatch.delenv("LLMD_TUI_AUTH")
    async with stage(monkeypatch, ready=False) as shown:
        await shown.until(lambda: isinstance(shown.app.screen, LoginPicker))
        az.log_in()
        await read(shown)


async def test_on_the_start_screen(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    clock = Clock(speed=600)
    arm = await serve(clock, Cloud(scenario().azure, clock))
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    app = LlmdApp(None, Symbols())
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            shown = Stage(app, pilot, arm)
            await shown.until(lambda: isinstance(app.screen, StartScreen) and app.screen.around.nobody)
            await shown.until(lambda: "Nobody is logged in to Azure here." in shown.text)
            await shown.press("i")
            assert isinstance(app.screen, LoginPicker)
            await shown.press("enter")
            await asked(shown)
            entra.entered.set()
            await shown.until(lambda: f"signed in     {USER}" in shown.text)
            # The wizard goes on with it.
            await shown.press("n")
            await read(shown)
            assert len(entra.tokens) == 1
    finally:
        await asyncio.shield(arm.close())


async def test_a_run_begins_and_is_taken_up_with_a_login(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    with simulation("smooth", 1200):
        app = LlmdApp(Draft.begin(preset="h100-pd-disaggregation"), Symbols())
        async with app.run_test(size=(120, 40)) as pilot:
            shown = Stage(app, pilot, nowhere())
            await shown.until(lambda: isinstance(app.screen, LoginPicker))
            await shown.press("enter")
            await asked(shown)
            entra.entered.set()
            await read(shown)
            await shown.open("review")
            await shown.press("Y")
            await shown.until(lambda: isinstance(app.screen, RunScreen) and app.screen.live.progress.finished >= 2)
            await pilot.press("q", "Q")
            await shown.until(lambda: app.return_value is not None)
        assert entra.asked.count("devicecode organizations") == 1, "the run has the wizard's login"
        # Another process, in which nobody has logged in.
        forget()
        monkeypatch.delenv("LLMD_TUI_AUTH")
        entra.entered.clear()
        app = LlmdApp(None, Symbols())
        async with app.run_test(size=(120, 40)) as pilot:
            shown = Stage(app, pilot, nowhere())
            await shown.until(lambda: "Resume llm" in shown.text)
            await shown.press("r")
            await shown.until(lambda: isinstance(app.screen, LoginPicker))
            await shown.press("enter")
            await asked(shown)
            entra.entered.set()
            await shown.until(lambda: isinstance(app.screen, RunScreen) and app.screen.live.progress.finished >= 3)
            await pilot.press("q", "Q")
            await shown.until(lambda: app.return_value is not None)
    (directory,) = directories()
    assert with_secret(Path.home(), directory.path) == []


def nowhere() -> ArmServer:
    """The simulators have their own."""
    return ArmServer(web.AppRunner(web.Application()), "", Cloud(scenario().azure, Clock()))
