"""`llmd-tui login`."""

import json

import pytest

from llmd_tui.cli import parser
from llmd_tui.commands.login import login
from tests.azure.cloud import SUBSCRIPTION, simulated


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
