"""All regions of a subscription, asked at once; each answer is there as soon as its region gave it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.book import Known
from llmd_tui.azure.capacity import Quota, read_quotas
from llmd_tui.azure.pipeline import telling
from llmd_tui.azure.skus import read_skus
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

PARALLEL = 64
"""Regions asked at a time, each by two requests; Azure takes 250 reads at once, and then 25 a second."""
APART = 0.002
"""Seconds between the starts: sending a hundred requests at once would hold the event loop."""

OnWait = Callable[[str, str], None]
"""Hears that a region's answer has to be waited for: region, why."""


@dataclass(frozen=True)
class RegionAnswer:
    """What is known of one region, or the `error` for which it could not be read."""

    region: str
    known: Known | None = None
    error: UserError | None = None


async def sweep(
    arm: "Arm",
    *,
    regions: Collection[str] = (),
    fresh: bool = False,
    on_wait: OnWait = lambda region, why: None,
) -> AsyncGenerator[RegionAnswer]:
    """Yields the answers as they come, asking in the order given. None named: all physical regions.

    What was read a short while ago is taken from `arm.book`; of that `fresh` asks for the quotas once more. Closing
    the generator cancels what is under way.
    """
    # Of sixty regions some megabyte, which would be felt on the event loop; so would keeping it.
    book = await asyncio.to_thread(lambda: arm.book)
    wanted = list(regions) or [location.name for location in await arm.locations()]
    limit = asyncio.Semaphore(PARALLEL)

    async def ask(region: str, ordinal: int) -> RegionAnswer:
        await asyncio.sleep(ordinal * APART)
        async with limit:
            try:
                with telling(lambda why: on_wait(region, why)):
                    return RegionAnswer(region, await _read(arm, region, fresh))
            except UserError as error:
                return RegionAnswer(region, error=error)

    tasks = [asyncio.create_task(ask(r, number), name=f"capacity of {r}") for number, r in enumerate(wanted)]
    try:
        for answer in asyncio.as_completed(tasks):
            yield await answer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(book.save)


async def _read(arm: "Arm", region: str, fresh: bool) -> Known:
    book, now = arm.book, time.time()
    offered, used = book.skus(region, anew=fresh), None if fresh else book.quotas(region)

    async def skus() -> tuple[Mapping[str, dict[str, Any]], float]:
        return (offered.skus, offered.skus_at) if offered else (await read_skus(arm, region, book.names), now)

    async def quotas() -> tuple[Mapping[str, Quota], float]:
        return (used.quotas, used.quotas_at) if used else (await read_quotas(arm, region), now)

    (entries, skus_at), (limits, quotas_at) = await asyncio.gather(skus(), quotas())
    known = Known(entries, skus_at, limits, quotas_at)
    book.keep(region, known)
    return known
