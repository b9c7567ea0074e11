"""The application on a simulated Azure, driven by keys."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from llmd_tui.clock import Clock
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.steps import Step
from llmd_tui.presets.scenarios import Region, Subscription, scenario
from llmd_tui.simulator.arm import ArmServer, Cloud, serve
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.wizard.base import WizardScreen
from screens.wizard.messages import Go
from tests.screens.shown import Shown

SIZES = [(80, 24), (120, 40), (200, 50)]


class Stage(Shown):
    """A running application."""

    def __init__(self, app: LlmdApp, pilot: Pilot[int], arm: ArmServer) -> None:
        super().__init__(app, pilot)
        self.app: LlmdApp = app
        self.arm = arm

    @property
    def screen(self) -> WizardScreen:
        assert isinstance(self.app.screen, WizardScreen)
        return self.app.screen

    async def on(self, step: str) -> None:
        """Until a step's screen is there."""
        await self.until(lambda: bool(self.app.screen_stack) and getattr(self.app.screen, "STEP", "") == step)

    async def open(self, step: Step) -> None:
        """A step without the way to it."""
        self.app.post_message(Go(step))
        await self.on(step)

    async def walk(self, *steps: str) -> None:
        """Takes what is shown, step by step."""
        for step in steps:
            await self.press("enter")
            await self.on(step)


@asynccontextmanager
async def stage(
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (120, 40),
    *,
    file: Path | None = None,
    preset: str | None = None,
    symbols: Symbols | None = None,
    ready: bool = True,
    regions: Mapping[str, Region] | None = None,
    others: tuple[Subscription, ...] = (),
) -> AsyncGenerator[Stage]:
    """`ready`: after the account and the region were read.

    `regions` are there beside the scenario's own, `others` are subscriptions beside the first.
    """
    clock = Clock(speed=600)
    azure = scenario().azure
    there = azure.model_copy(update={"regions": {**azure.regions, **(regions or {})}, "others": others})
    arm = await serve(clock, Cloud(there, clock))
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    monkeypatch.setenv("LLMD_TUI_HELM", "echo v4.0.0")
    app = LlmdApp(Draft.begin(file, preset), symbols or Symbols())
    try:
        async with app.run_test(size=size) as pilot:
            shown = Stage(app, pilot, arm)
            await shown.until(lambda: any(getattr(each, "STEP", "") == "target" for each in app.screen_stack))
            if ready:
                await shown.until(lambda: app.session.kube.contexts.state in ("ready", "failed"))
                await shown.until(lambda: any(r.state == "ready" for r in app.session.azure.regions.values()))
            yield shown
    finally:
        await asyncio.shield(arm.close())
