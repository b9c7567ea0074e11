"""The application on a moment of a recorded run."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import lru_cache

import pytest
from textual.pilot import Pilot

from screens.app import LlmdApp
from tests.pilots import redraw_often
from tests.snapshots.compare import settled
from tests.snapshots.looks import DARK, Look
from tests.snapshots.recording import Recording
from tests.snapshots.replay import live

REDRAWN = 4
"""Rounds of `settled` after which a run's screens have drawn everything they know."""
NOBODY = "http://127.0.0.1:9"

recording = lru_cache(Recording.load)


@asynccontextmanager
async def rerun(
    monkeypatch: pytest.MonkeyPatch, play: str, moment: str, size: tuple[int, int], look: Look = DARK
) -> AsyncGenerator[Pilot[int]]:
    """The Run screen, as it stood then. Azure cannot be asked."""
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", NOBODY)
    redraw_often(monkeypatch)
    app = LlmdApp(None, look.symbols)
    async with app.run_test(size=size) as pilot:
        look.put_on(app)
        await app._open(live(recording(play), moment))
        await settled(pilot, REDRAWN)
        yield pilot
