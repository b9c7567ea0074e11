"""Giving up what Azure is at work on: offered while there is something, and another thing than leaving."""

from collections.abc import Iterator

import pytest

from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import Draft
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.run import RunScreen
from screens.widgets.dialog import Dialog
from screens.wizard.messages import Go
from tests.pilots import until


@pytest.fixture
def simulators(pinned: None) -> Iterator[None]:
    with simulation("never-ends", 1200):
        yield


@pytest.mark.usefixtures("simulators")
async def test_an_operation_is_aborted_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    app = LlmdApp(Draft.begin(preset="h100-pd-disaggregation"), Symbols(), "never-ends")
    async with app.run_test(size=(120, 40)) as pilot:
        app.post_message(Go("review"))
        await pilot.pause()
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        screen = app.screen
        assert isinstance(screen, RunScreen)
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
