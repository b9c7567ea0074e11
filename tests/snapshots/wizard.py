"""The wizard over the simulated Azure, in a moment that does not pass."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from llmd_tui.draft.steps import Step
from screens.glyphs import Symbols
from screens.wizard.messages import Found
from tests.screens.stage import Stage, stage
from tests.snapshots.compare import settled
from tests.snapshots.frozen import Frozen

PRESET = "h100-pd-disaggregation"
AGE_SECONDS = 8
"""How old what was read is in the pictures."""


class Scene:
    """`shown` is the application."""

    def __init__(self, shown: Stage, frozen: Frozen) -> None:
        self.shown = shown
        self._frozen = frozen

    async def open(self, step: Step) -> None:
        """The step's screen, everything read a while ago."""
        await self.shown.open(step)
        await self.rest()
        self._frozen.forward(AGE_SECONDS)
        self.shown.app.post_message(Found())
        await self.rest()

    async def press(self, *keys: str) -> None:
        await self.shown.press(*keys)
        await self.rest()

    async def rest(self) -> None:
        await settled(self.shown.pilot)


@asynccontextmanager
async def wizard(
    monkeypatch: pytest.MonkeyPatch, frozen: Frozen, size: tuple[int, int], symbols: Symbols | None = None
) -> AsyncGenerator[Scene]:
    async with stage(monkeypatch, size, preset=PRESET, symbols=symbols) as shown:
        await shown.until(lambda: shown.app.session.azure.clusters.state == "ready")
        yield Scene(shown, frozen)
