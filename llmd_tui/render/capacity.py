"""What the regions can give, as rows of JSON and as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmd_tui.azure.book import Known
from llmd_tui.azure.capacity import Capacity
from llmd_tui.azure.quota import Shortage, quota_page
from llmd_tui.presets.sizes import Price, Size
from llmd_tui.rollout.words import age, listing, many

HEAD = f"{'REGION':<20} {'SIZE':<28} {'FIT':>4} {'FREE/LIMIT VCPU':>16} {'ALL FREE':>9}  {'ZONES':<7} {'$/H':>8}  "

MOST = 5
SOON = 1.0
"""Seconds: what is as old as this was read just now."""


@dataclass(frozen=True)
class Row:
    """A size in a region, and so many nodes of it."""

    capacity: Capacity
    size: Size
    nodes: int
    price: Price | None

    @property
    def shortage(self) -> Shortage | None:
        """None also where more quota would not help."""
        closed = not self.capacity.offered or self.capacity.restricted
        return None if closed else self.capacity.shortage(self.nodes)

    @property
    def fits(self) -> bool:
        return (self.capacity.nodes_fit or 0) >= self.nodes

    @property
    def price_an_hour(self) -> float:
        """To order by; what is not known comes last."""
        return self.price.usd_per_hour if self.price else float("inf")

    @property
    def note(self) -> str:
        """Why not; empty for what fits."""
        if self.fits:
            return ""
        return str(self.shortage or self.capacity.reason)


def row_json(row: Row, subscription: str) -> dict[str, Any]:
    found, price, lacks = row.capacity, row.price, row.shortage
    return {
        "region": found.region,
        "size": found.size,
        "family": found.family,
        "vcpus": found.vcpus,
        "limit": found.limit,
        "used": found.used,
        "left": found.left,
        "regional_left": found.regional.left if found.regional else None,
        "nodes": row.nodes,
        "nodes_fit": found.nodes_fit,
        "offered": found.offered,
        "restricted": found.restricted,
        "reason": row.note,
        "ask_for": lacks.more if lacks else None,
        "quota_command": (lacks.command(subscription) or None) if lacks else None,
        "zones": list(found.zones),
        "price": _price_json(price),
    }


def line(row: Row) -> str:
    found = row.capacity
    fit = "?" if found.nodes_fit is None else str(found.nodes_fit)
    quota = "not told" if found.limit is None else f"{found.left}/{found.limit}"
    price = f"{row.price.usd_per_hour:.2f}" if row.price else "?"
    zones = ",".join(found.zones)
    every = str(found.regional.left) if found.regional else "?"
    text = f"{found.region:<20} {found.size:<28} {fit:>4} {quota:>16} {every:>9}  {zones:<7} {price:>8}  {row.note}"
    return text.rstrip()


def closing(rows: Sequence[Row], regions: int, subscription: str) -> list[str]:
    """What the rows come to, and where to ask for what is lacking least."""
    fitting = sorted(
        (row for row in rows if row.fits), key=lambda row: (-(row.capacity.nodes_fit or 0), row.price_an_hour)
    )
    can = len({row.capacity.region for row in fitting})
    lines = [f"{many(regions, 'region')} read, {can} can give it. Quota that fits is no promise of machines."]
    if len({row.size.name for row in rows}) == 1 and fitting:
        lines.append(f"Most room: {listing([_room(row) for row in fitting], MOST)}.")
    lacking = [(row.shortage, row) for row in rows if row.shortage]
    if not fitting and lacking:
        least, row = min(lacking, key=lambda entry: entry[0].more)
        lines += [f"Nearest: {row.capacity.size} {least}.", least.remedy(subscription)]
    elif lacking:
        lines.append(f"More quota: {quota_page()}")
    return lines


def ages(read: Sequence[Known], now: float) -> str:
    """How old the oldest of what was kept is, when that is worth a word."""
    quotas = now - min((known.quotas_at for known in read), default=now)
    offers = now - min((known.skus_at for known in read), default=now)
    told = [f"quotas were read {age(quotas)} ago"] if quotas > SOON else []
    told += [f"sizes and zones {'' if told else 'were read '}{age(offers)} ago"] if offers > SOON else []
    return ", ".join(told).capitalize()


def _room(row: Row) -> str:
    return f"{row.capacity.region} for {many(row.capacity.nodes_fit or 0, 'node')}"


def price_note(prices: Sequence[Price | None], live: Mapping[Any, Price]) -> str:
    """Where the prices come from. None: there is none, which is so for spot nodes when it cannot be read."""
    current = set(live.values())
    listed = sorted({(price.as_of, price.region) for price in prices if price and price not in current})
    if prices and not any(prices):
        return "The prices could not be read."
    if not listed:
        oldest = min((price.as_of for price in prices if price), default=None)
        return f"Prices: pay-as-you-go, Linux, of {oldest}." if oldest else ""
    (oldest, where), (newest, _) = listed[0], listed[-1]
    when = f"{newest}" if oldest == newest else f"{oldest} to {newest}"
    return f"Prices {'partly ' if live else ''}by lists of {when} for {where}: the live ones could not be read."


def _price_json(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "amount": price.usd_per_hour,
        "currency": "USD",
        "as_of": price.as_of.isoformat(),
        "region": price.region,
    }
