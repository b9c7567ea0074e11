"""All regions, as the wizard reads them: each as it answers, its waits told, what is known not asked again."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.clock import Clock
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import REGION, SPOT, Session
from llmd_tui.presets.scenarios import AzureFault, scenario
from llmd_tui.presets.sizes import size
from llmd_tui.simulator.arm import ArmServer, Cloud, serve

H100 = size("Standard_ND96isr_H100_v5")
REGIONS = ["eastus2", "southcentralus", "westeurope"]


class Told:
    """Every change that the session told of; `until` waits for one after which something holds."""

    def __init__(self) -> None:
        self.changes = 0
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self.changes += 1
        self._event.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._event.clear()
            await self._event.wait()


@asynccontextmanager
async def session(
    monkeypatch: pytest.MonkeyPatch, *faults: AzureFault, speed: float = 600, record: Any = None
) -> AsyncGenerator[tuple[Session, ArmServer, Told]]:
    clock = Clock(speed=speed)
    cloud = Cloud(scenario().azure, clock)
    arm = await serve(clock, cloud, record=record)
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    told = Told()
    found = Session(Draft.begin(), told)
    try:
        await found.read_account()
        cloud.faults.add(*faults)
        yield found, arm, told
    finally:
        await found.close()
        await asyncio.shield(arm.close())


def states(found: Session) -> dict[str, str]:
    return {name: found.azure.region(name).state for name in REGIONS}


async def test_each_region_is_there_as_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = AzureFault(fault="slow", on="/locations/westeurope/", times=None, seconds=1000)
    async with session(monkeypatch, slow, speed=1) as (found, _, told):
        reading = asyncio.create_task(found.read_regions())
        await told.until(lambda: found.azure.regions_read == 2)
        assert states(found) == {"eastus2": "ready", "southcentralus": "ready", "westeurope": "loading"}
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert states(found)["westeurope"] == "unread", "given up, it is as it was before"
        assert found.azure.regions_read == 2
        left = [task for task in asyncio.all_tasks() if task.get_name().startswith("capacity of")]
        assert left == []


async def test_throttling_is_told_where_the_age_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    throttled = AzureFault(fault="throttled", on="/locations/eastus2/usages", seconds=12)
    async with session(monkeypatch, throttled, speed=1) as (found, _, told):
        reading = asyncio.create_task(found.read_regions())
        words = "throttled, next try in 12 s"
        await told.until(lambda: found.azure.region("eastus2").words(time.monotonic()) == words)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_what_is_known_of_the_last_minutes_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with session(monkeypatch, record=seen.append) as (found, _, _):
        await found.read_regions()
        asked = len(seen)
        first = found.azure.region("eastus2")
        await found.read_regions()
        assert len(seen) == asked
        assert found.azure.region("eastus2").at == pytest.approx(first.at, abs=0.5), "its age goes on"
        await found.read_regions(fresh=True)
        assert len(seen) == asked + len(REGIONS), "the quotas alone"


async def test_a_region_that_fails_says_why_and_keeps_what_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(monkeypatch) as (found, arm, _):
        await found.read_regions()
        denied = AzureFault(fault="denied", value="Microsoft.Compute/locations/usages/read")
        arm.cloud.faults.add(denied)
        await found.read_regions(fresh=True)
        assert set(states(found).values()) == {"failed"}
        assert found.azure.region("eastus2").value
        assert "Microsoft.Compute/locations/usages/read" in found.azure.region("eastus2").error


async def test_spot_and_the_system_pool_are_reckoned_with_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with session(monkeypatch, record=seen.append) as (found, _, _):
        found.draft.set(REGION, "eastus2")
        await found.read_regions()
        asked = len(seen)
        dedicated = found.capacity.value
        assert dedicated
        assert (dedicated[H100.name].family, dedicated[H100.name].limit) == (H100.family, 384)
        assert found.capacity is found.capacity, "reckoned once"
        found.draft.set(SPOT, True)
        spot = found.capacity.value
        assert spot
        row = spot[H100.name]
        assert (row.family, row.limit, row.nodes_fit) == ("lowPriorityCores", 400, 4)
        price = found.price(H100)
        assert price
        assert price.usd_per_hour == 19.664, "live, of spot nodes"
        offer = next(offer for offer in found.offers() if offer.size is H100)
        assert offer.price == price
        found.draft.set(SPOT, False)
        found.draft.set("target.azure.systemPool.size", "Standard_D16s_v5")
        found.draft.set("target.azure.systemPool.nodes", 100)
        assert len(seen) == asked, "nothing was asked"
        less = found.capacity.value
        assert less
        assert less[H100.name].nodes_fit == 3, "a system pool of 1600 vCPU takes of the region's 1952"


async def test_without_a_price_list_there_are_the_dated_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_PRICES_ENDPOINT", "http://127.0.0.1:1")
    async with session(monkeypatch) as (found, _, _):
        await found.read_regions()
        assert found.azure.prices.state == "ready"
        assert found.price(H100, "eastus2") == H100.price
        assert found.price(H100, "eastus2", spot=True) is None


async def test_who_begins_at_a_region_is_signed_in_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(monkeypatch) as (found, _, _):
        begun = Session(Draft.begin(), lambda: None)
        begun.draft.set(REGION, "eastus2")
        await begun.read_region()
        assert begun.azure.login.state == begun.azure.locations.state == begun.capacity.state == "ready"
        assert begun.draft.value("target.azure.subscription").value == found.azure.subscription
        await begun.close()


async def test_of_two_logins_at_a_time_the_later_one_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(monkeypatch) as (found, _, _):
        closed: list[Arm] = []
        close = Arm.close

        async def count(self: Arm) -> None:
            closed.append(self)
            await close(self)

        monkeypatch.setattr(Arm, "close", count)
        before = found.azure.connection
        await asyncio.gather(found.read_account(), found.read_account())
        assert found.azure.login.state == "ready"
        assert found.azure.connection not in (None, *closed)
        assert closed[0] is before
        assert len(closed) == 2, "none is left open"
