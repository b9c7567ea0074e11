"""`a` on the size step: one size in every region, as they answer; enter takes one, esc leaves nothing running."""

import asyncio
from typing import Any

import pytest

from llmd_tui.azure import pipeline
from llmd_tui.azure.book import Known
from llmd_tui.azure.listed import Location
from llmd_tui.draft.reading import Reading
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault, Region
from screens.wizard.regions import RegionsScreen
from screens.wizard.size import SizeScreen
from tests.screens.stage import SIZES, Stage, stage

H100 = "Standard_ND96isr_H100_v5"
PRESET = "h100-pd-disaggregation"


def region(name: str, quota: int, **more: Any) -> dict[str, Region]:
    """With so many vCPUs of H100."""
    of = {"cores": {"limit": 5000}, "standardNDSH100v5Family": {"limit": quota}, "standardDSv5Family": {"limit": 100}}
    return {name: Region.model_validate({"display_name": name.title(), "quota": of, **more})}


async def to_regions(shown: Stage) -> RegionsScreen:
    await shown.open("size")
    await shown.until(lambda: bool(shown.app.session.azure.locations.value))
    await shown.press("a")
    await shown.until(lambda: isinstance(shown.app.screen, RegionsScreen))
    screen = shown.app.screen
    assert isinstance(screen, RegionsScreen)
    return screen


async def all_read(shown: Stage) -> None:
    session = shown.app.session
    await shown.until(lambda: session.azure.regions_read == len(session.azure.locations.value or ()))


@pytest.mark.parametrize("size", SIZES)
async def test_the_best_is_taken_and_the_wizard_goes_on(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    async with stage(monkeypatch, size, preset=PRESET, regions=region("swedencentral", 960)) as shown:
        screen = await to_regions(shown)
        await all_read(shown)
        await shown.says("swedencentral has room for 2 × ND96isr_H100_v5.")
        assert "✓ 10 nodes" in shown.text
        assert "98.32" in shown.text
        assert "✗ region: 4 left" in shown.text
        assert [row.key for row in screen.table.rows][-1] == "westeurope", "closed to the subscription"
        await shown.press("enter")
        await shown.on("drivers")
        draft = shown.app.session.draft
        assert shown.app.session.region == "swedencentral"
        assert (draft.answers.get("pool.size"), draft.answers.get("pool.nodes")) == (H100, 2)
        assert draft.answers.get("path.name") == "pd-disaggregation", "what still fits stays"
        await shown.press("escape")
        await shown.on("size")
        await shown.until(lambda: "in swedencentral" in shown.text)


async def test_what_is_lacking_can_be_copied_and_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET, regions=region("japaneast", 96)) as shown:
        await to_regions(shown)
        await all_read(shown)
        await shown.press("slash", *"japan", "enter")
        await shown.says("Needs 192 vCPU of standardNDSH100v5Family in japaneast, 96 free: ask for 96 more.")
        assert "https://portal.azure.com/" in shown.text
        await shown.press("c")
        assert shown.app.clipboard.startswith("az quota update --resource-name standardNDSH100v5Family")
        assert "--limit-object value=192 " in shown.app.clipboard
        before = shown.app.session.draft.answers.text
        await shown.press("enter")
        assert isinstance(shown.app.screen, RegionsScreen)
        assert shown.screen.verdict_line.verdict.band == "failed"
        assert shown.app.session.draft.answers.text == before
        await shown.press("minus")
        await shown.says("1 × ND96isr_H100_v5 can be had in japaneast, but pd-disaggregation needs 2")
        await shown.press("escape")
        assert isinstance(shown.app.screen, RegionsScreen), "esc clears the filter first"
        await shown.press("escape")
        size = shown.app.screen
        assert isinstance(size, SizeScreen)
        assert size.nodes == 1, "the number stays as it was made"


async def test_chips_and_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET, regions=region("swedencentral", 960)) as shown:
        screen = await to_regions(shown)
        await all_read(shown)
        await shown.press("1")
        assert [row.key for row in screen.table.rows] == ["swedencentral", "eastus2"]
        assert "2 of 4 for 2 × ND96isr_H100_v5" in shown.text
        await shown.press("2")
        assert "spot yes" in shown.text
        assert [row.key for row in screen.table.rows] == ["eastus2"], "of spot nodes there is room in one"
        assert "19.66" in shown.text
        await shown.press("enter")
        await shown.on("drivers")
        assert shown.app.session.draft.answers.get("pool.spot") is True
        await shown.open("size")
        assert "spot vCPU" in shown.text


async def test_rows_come_as_regions_answer_and_esc_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    # So long that it still waits when it is looked at.
    monkeypatch.setattr(pipeline, "THROTTLED_SECONDS", 10_000)
    async with stage(monkeypatch, preset=PRESET) as shown:
        await all_read(shown)
        slow = AzureFault(fault="slow", on="/locations/westeurope/", times=None, seconds=600_000)
        throttled = AzureFault(fault="throttled", on="/locations/southcentralus/", times=None, seconds=6_000)
        # So long is waited for here alone: the clock is a quick one.
        monkeypatch.setattr("llmd_tui.azure.pipeline.THROTTLED_SECONDS", 1e6)
        shown.arm.cloud.faults.add(slow, throttled)
        await to_regions(shown)
        await shown.press("r")
        await shown.until(lambda: "● 1 of 3 read; throttled, next try in 6000 s" in shown.text)
        await shown.press("escape")
        assert isinstance(shown.app.screen, SizeScreen)
        await shown.until(
            lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("capacity of")]
        )
        assert shown.app.session.azure.region("westeurope").state == "ready", "what was known stays"


async def test_a_region_that_cannot_be_read_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET, regions=region("swedencentral", 960)) as shown:
        await all_read(shown)
        shown.arm.cloud.faults.add(AzureFault(fault="denied", value="Microsoft.Compute/locations/usages/read"))
        await to_regions(shown)
        await shown.press("r")
        await shown.until(lambda: "4 failed" in shown.text)
        await shown.press("slash", *"sweden", "enter")
        assert "stale" in shown.text
        assert "Azure refused to tell" in shown.text
        shown.arm.cloud.faults.clear()
        await shown.press("r")
        await shown.until(lambda: "stale" not in shown.text)


async def test_a_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET) as shown:
        azure = shown.app.session.azure
        await all_read(shown)
        many = tuple(Location(f"region{n:04}", f"Region {n}") for n in range(1000))
        azure.locations = azure.locations.ready(many, azure.locations.at)
        azure.regions = {region.name: azure.region("eastus2") for region in many}
        await shown.open("size")
        monkeypatch.setattr(azure, "read_regions", _nothing)
        await shown.press("a")
        await shown.until(lambda: "1000 for 2 × ND96isr_H100_v5" in shown.text)
        await shown.press("G")
        await shown.says("region0999 has room")


async def _nothing(*_: object, **__: object) -> None:
    """Nobody asks for regions that there are not."""


async def test_the_target_says_who_is_throttled_and_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET) as shown:
        await all_read(shown)
        azure = shown.app.session.azure
        known, failed = dict(azure.regions), UserError("No answer.", "Try again.")
        azure.regions = known | {"westeurope": Reading[Known]().loading(0).waiting("throttled, next try in 7 s")}
        shown.screen.show()
        await shown.until(lambda: "● 2 of 3 read; throttled, next try in 7 s" in shown.text)
        azure.regions = known | {"westeurope": Reading[Known]().failed(failed)}
        shown.screen.show()
        await shown.until(lambda: "◇ 2 of 3 read, 1 failed" in shown.text)
