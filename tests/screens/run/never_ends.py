"""The whole program on simulators whose Azure never ends its work on the cluster, and a run that has just begun."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import Draft
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.run import RunScreen
from screens.wizard.messages import Go
from tests.pilots import until

SCENARIO = "never-ends"


@asynccontextmanager
async def never_ends(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[tuple[Pilot[int], RunScreen]]:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    with simulation(SCENARIO, 1200):
        app = LlmdApp(Draft.begin(preset="h100-pd-disaggregation"), Symbols(), SCENARIO)
        async with app.run_test(size=size) as pilot:
            app.post_message(Go("review"))
            await pilot.pause()
            await pilot.press("Y")
            await until(pilot, lambda: isinstance(app.screen, RunScreen))
            screen = app.screen
            assert isinstance(screen, RunScreen)
            yield pilot, screen
