"""The wizard over the simulated Azure, in a moment that does not pass."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import pytest

from llmd_tui.draft.steps import Step
from llmd_tui.presets.scenarios import Region
from screens.glyphs import Symbols
from screens.wizard.messages import Found
from tests.screens.stage import Stage, stage
from tests.snapshots.compare import settled
from tests.snapshots.frozen import Frozen

PRESET = "h100-pd-disaggregation"
MANY_REGIONS = {
    name: Region.model_validate(
        {
            "display_name": title,
            "quota": {"cores": {"limit": cores, "used": 48}, "standardNDSH100v5Family": {"limit": limit, "used": used}}
            | ({"lowPriorityCores": {"limit": 400}}),
            "zones": zones,
        }
    )
    for name, title, cores, limit, used, zones in (
        ("swedencentral", "Sweden Central", 2000, 960, 96, ("1", "2", "3")),
        ("australiaeast", "Australia East", 1000, 384, 192, ("1", "2")),
        ("uksouth", "UK South", 700, 192, 0, ()),
        ("japaneast", "Japan East", 1000, 192, 96, ("1", "2", "3")),
        ("canadacentral", "Canada Central", 200, 384, 0, ("1", "2", "3")),
        ("northeurope", "North Europe", 350, 0, 0, ("1", "2")),
    )
}
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
    monkeypatch: pytest.MonkeyPatch,
    frozen: Frozen,
    size: tuple[int, int],
    symbols: Symbols | None = None,
    regions: Mapping[str, Region] | None = None,
) -> AsyncGenerator[Scene]:
    async with stage(monkeypatch, size, preset=PRESET, symbols=symbols, regions=regions) as shown:
        azure = shown.app.session.azure
        await shown.until(lambda: azure.clusters.state == azure.prices.state == "ready")
        yield Scene(shown, frozen)
