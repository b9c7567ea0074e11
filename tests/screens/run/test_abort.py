"""Giving up what Azure is at work on: offered while there is something, and another thing than leaving."""

import pytest

from screens.widgets.dialog import Dialog
from tests.pilots import until
from tests.screens.run.never_ends import never_ends


async def test_an_operation_is_aborted_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with never_ends(monkeypatch) as (pilot, screen):
        app = pilot.app
        await until(pilot, lambda: screen.abortable)
        assert screen.abortable == "cluster llm-d"
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.abortable, "nothing was given up"
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("A")
        await until(pilot, lambda: screen.live.progress.of("failed"))
        (failed,) = screen.live.progress.of("failed")
        assert failed.name == "cluster"
        assert "the operation ended Canceled" in failed.message
        assert "It was aborted: trying again makes it anew" in failed.remedy
        await until(pilot, lambda: not screen.abortable)
        await pilot.press("r")
        await until(pilot, lambda: screen.live.progress.phases["cluster"].state == "done")
