"""`llmd-tui capacity`: which region can give how many nodes of which size, now and by its quota."""

import asyncio
import json
import time
from argparse import Namespace
from contextlib import aclosing
from difflib import get_close_matches
from typing import TYPE_CHECKING

from llmd_tui.azure.book import Known
from llmd_tui.azure.capacity import judged
from llmd_tui.azure.sweep import RegionAnswer, sweep
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.login import connect
from llmd_tui.commands.talk import data, talk
from llmd_tui.errors import UserError
from llmd_tui.plan.fit import path_fit
from llmd_tui.presets.paths import WellLitPath, well_lit_path
from llmd_tui.presets.sizes import Size, size, sizes
from llmd_tui.render.capacity import HEAD, Row, ages, closing, line, price_note, row_json
from llmd_tui.rollout.words import listing, many

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm
    from llmd_tui.azure.prices import Prices

PRICE_SECONDS = 3.0
"""How long rows wait for live prices."""


def run(arguments: Namespace) -> int:
    return asyncio.run(capacity(arguments))


async def capacity(arguments: Namespace) -> int:
    """The command itself. Raises UserError for a size, path or region that is not known."""
    path = well_lit_path(arguments.path) if arguments.path else None
    named = [size(arguments.size)] if arguments.size else list(sizes())
    chosen = [each for each in named if path is None or path_fit(path, each).fits]
    if not chosen and path is not None:
        raise UserError(f"{path_fit(path, named[0]).reason}.", "Leave --size out to see the sizes that can run it.")
    return await _Capacity(arguments, chosen, path).run()


class _Capacity:
    def __init__(self, arguments: Namespace, chosen: list[Size], path: WellLitPath | None) -> None:
        self._arguments = arguments
        self._sizes = chosen
        self._path = path
        self._rows: list[Row] = []
        self._failed: list[RegionAnswer] = []
        self._read: list[Known] = []
        self._text = arguments.output == "text"

    async def run(self) -> int:
        from llmd_tui.azure.prices import live_prices, price_endpoint

        async with await connect(self._arguments) as arm:
            regions = await _regions(arm, self._arguments.region)
            asking = asyncio.create_task(live_prices(price_endpoint(arm.endpoint), self._sizes))
            try:
                await asyncio.wait([asking], timeout=0)
                prices = await self._sweep(arm, regions, asking)
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        self._finish(arm.subscription, prices)
        return Exit.FAILED if self._failed else Exit.DONE

    async def _sweep(self, arm: "Arm", regions: list[str], asking: "asyncio.Task[Prices]") -> "Prices":
        prices: Prices | None = None
        if self._text:
            talk(f"Asks {many(len(regions), 'region')}.")
            data(HEAD.rstrip())
        async with aclosing(sweep(arm, regions=regions, fresh=self._arguments.fresh, on_wait=_tell)) as answers:
            async for answer in answers:
                if prices is None:
                    await asyncio.wait([asking], timeout=PRICE_SECONDS)
                    prices = asking.result() if asking.done() else {}
                self._take(answer, prices)
        return prices or {}

    def _take(self, answer: RegionAnswer, prices: "Prices") -> None:
        from llmd_tui.azure.prices import price_of

        if answer.known is None:
            self._failed.append(answer)
            talk(f"{answer.region}: {answer.error}")
            return
        spot = self._arguments.spot
        self._read.append(answer.known)
        for on, found in zip(self._sizes, judged(answer.known, answer.region, self._sizes, spot=spot), strict=True):
            nodes = self._arguments.nodes or (self._path and self._path.default_nodes(on.name)) or 1
            row = Row(found, on, nodes, price_of(on, answer.region, prices, spot=spot))
            self._rows.append(row)
            if self._text and (row.fits or (self._narrow and found.offered)):
                data(line(row))

    @property
    def _narrow(self) -> bool:
        """Few rows are asked for: what lacks is told too."""
        return bool(self._arguments.size or self._path)

    def _finish(self, subscription: str, prices: "Prices") -> None:
        if not self._text:
            rows = sorted(self._rows, key=lambda row: (not row.fits, row.capacity.region))
            failed = [{"region": a.region, "error": str(a.error)} for a in self._failed]
            answer = {
                "subscription": subscription,
                "spot": self._arguments.spot,
                "read_at": min((known.quotas_at for known in self._read), default=None),
                "offers_read_at": min((known.skus_at for known in self._read), default=None),
                "rows": [row_json(row, subscription) for row in rows],
                "failed": failed,
            }
            data(json.dumps(answer, indent=2))
            return
        if self._narrow and (closed := sorted({r.capacity.region for r in self._rows if not r.capacity.offered})):
            talk(f"Not offered in {listing(closed, 100)}.")
        for text in closing(self._rows, len(self._read), subscription):
            talk(text)
        if told := ages(self._read, time.time()):
            talk(f"{told}; --fresh asks anew.")
        if note := price_note([row.price for row in self._rows], prices):
            talk(note)


async def _regions(arm: "Arm", named: list[str]) -> list[str]:
    """Those named, else all physical ones. Raises UserError for one that the subscription does not have."""
    known = {location.name for location in await arm.locations()}
    for region in named:
        if region not in known:
            near = get_close_matches(region, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "`az account list-locations` lists them."
            raise UserError(f"{region} is not a region of this subscription.", hint)
    return sorted(set(named)) or sorted(known)


def _tell(region: str, why: str) -> None:
    talk(f"{region}: {why}")
