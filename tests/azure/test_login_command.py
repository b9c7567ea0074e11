"""`llmd-tui login`."""

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from llmd_tui.commands.arguments import parser
from llmd_tui.commands.login import login
from llmd_tui.simulator.arm import ArmServer
from tests.azure.cloud import SUBSCRIPTION, simulated
from tests.azure.entra import CANARY, CODE, PAGE, Entra
from tests.plain.conftest import azure

__all__ = ["azure"]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("output", ["text", "json"])
async def test_what_the_login_sees(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    async with simulated(monkeypatch):
        assert await login(parser().parse_args(["login", "--output", output])) == 0
    out = capsys.readouterr().out
    if output == "text":
        assert out == f"* {SUBSCRIPTION}  contoso-ml  Simulated\n"
    else:
        answer = json.loads(out)
        assert answer["auth"] == "simulator"
        assert [(each["id"], each["chosen"]) for each in answer["subscriptions"]] == [(SUBSCRIPTION, True)]


def in_a_terminal(entra: Entra) -> "pexpect.spawn[str]":
    """Somebody sits there, and is asked."""
    env = {**os.environ, **entra.environment, "PYTHONPATH": str(ROOT)}
    command = ["-m", "llmd_tui", "login", "--auth", "device-code"]
    child = pexpect.spawn(sys.executable, command, env=env, encoding="utf-8", dimensions=(24, 200), timeout=60)
    child.expect_exact(f"To log in, open {PAGE} and enter the code {CODE} (good for 1")
    return child


def end(child: "pexpect.spawn[str]") -> str:
    """What it says until it ends."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before or ""


def test_a_device_code_in_a_terminal(azure: ArmServer, tmp_path: Path) -> None:
    with Entra(tmp_path) as entra:
        child = in_a_terminal(entra)
        entra.entered.set()
        said = end(child)
    assert child.exitstatus == 0
    assert "Logged in by device code." in said
    assert f"* {azure.cloud.subscription}  llmd-simulated  Simulated" in said
    assert CANARY not in said


@pytest.mark.usefixtures("azure")
def test_ctrl_c_gives_a_login_up(tmp_path: Path) -> None:
    with Entra(tmp_path, interval=5) as entra:
        child = in_a_terminal(entra)
        child.sendintr()
        said = end(child)
    assert child.exitstatus == 130
    assert "Stopped." in said
    assert "Traceback" not in said
