"""Logging in: the ways there are, a code to enter, a browser that was opened."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from llmd_tui.azure.person import Prompt
from screens.app import LlmdApp
from screens.messages import LoginAsked, LoginOver
from tests.snapshots.around import bare
from tests.snapshots.compare import Album, settled
from tests.snapshots.frozen import Frozen
from tests.snapshots.looks import DARK

EXPIRES = datetime(2026, 11, 21, 10, 14, 52, tzinfo=UTC).timestamp()
CODE = Prompt("https://microsoft.com/devicelogin", "F8K2Q7RNX", EXPIRES, lambda: None)
BROWSER = Prompt("https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?x", "", EXPIRES, lambda: None)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_dialogs(
    monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, tmp_path: Path, size: tuple[int, int]
) -> None:
    bare(monkeypatch, tmp_path)
    app = LlmdApp(None, DARK.symbols)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for name, prompt in (("code", CODE), ("browser", BROWSER)):
            app.post_message(LoginAsked(prompt))
            await settled(pilot)
            album.take(app, f"login-{name}")
            app.post_message(LoginOver(prompt))
            await settled(pilot)
        await pilot.press("i")
        await settled(pilot)
        album.take(app, "login-ways")
