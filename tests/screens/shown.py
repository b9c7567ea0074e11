"""What a test sees of an application, and does with it."""

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from screens.base import FrameScreen
from tests.pilots import text, until


class Shown:
    """`verdict` is what the screen at hand says."""

    def __init__(self, app: App[Any], pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> FrameScreen:
        assert isinstance(self.app.screen, FrameScreen), self.app.screen
        return self.app.screen

    @property
    def verdict(self) -> str:
        return self.screen.verdict_line.verdict.sentence

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return text(self.app)

    async def until(self, holds: Callable[[], bool]) -> None:
        await until(self.pilot, holds)

    async def says(self, words: str) -> None:
        await self.until(lambda: words in self.verdict)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
