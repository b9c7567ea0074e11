"""Screenshots for the documentation: walks the demo and saves what it shows.

python -m tests.screens.shoot [DIRECTORY]     default: docs
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.steps import STEPS
from screens.app import DEMO, LlmdApp
from screens.glyphs import Symbols
from screens.run.run import RunScreen

SIZE = (120, 40)
SPEED = 60
SECONDS = 300
"""Wall seconds that anything may take."""


class Shoot:
    def __init__(self, app: LlmdApp, pilot: Pilot[int], directory: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.directory = directory

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(SECONDS * 10):
            if holds():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.1)
        raise TimeoutError

    def save(self, name: str) -> None:
        self.app.save_screenshot(f"{name}.svg", str(self.directory))

    async def wizard(self) -> None:
        for step in STEPS:
            await self.until(lambda step=step: getattr(self.app.screen, "STEP", "") == step)
            await self.until(lambda: bool(self.app.session.capacity.value))
            self.save(step)
            if step != STEPS[-1]:
                await self.pilot.press("enter")

    async def run(self) -> None:
        await self.pilot.press("Y")
        await self.until(lambda: isinstance(self.app.screen, RunScreen))
        screen = self.app.screen
        assert isinstance(screen, RunScreen)
        progress = screen.live.progress
        await self.until(lambda: progress.phases["gpu-operator"].state == "running" and _building(screen))
        self.save("run")
        await self.until(lambda: progress.ended is not None)
        for name in ("checklist", "done"):
            await self.pilot.press("enter")
            await self.pilot.pause(1)
            self.save(name)


def _building(screen: RunScreen) -> bool:
    """Whether the node matrix has something to show."""
    cells = [cell.text for row in screen.nodes.rows for key, cell in row.cells.items() if key != "node"]
    return sum("✓" in text for text in cells) >= 4 and any("●" in text for text in cells)


async def shoot(directory: Path) -> None:
    app = LlmdApp(Draft.begin(preset=DEMO), Symbols(), "smooth")
    async with app.run_test(size=SIZE) as pilot:
        session = Shoot(app, pilot, directory)
        await session.wizard()
        await session.run()


def main() -> None:
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "docs").resolve()
    directory.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_STATE_HOME=f"{home}/state", HF_TOKEN="simulated", TZ="UTC")
        with simulation("smooth", SPEED):
            asyncio.run(shoot(directory))


if __name__ == "__main__":
    main()
