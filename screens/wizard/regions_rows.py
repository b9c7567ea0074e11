"""The rows of one size in every region: those that can be had, a heading, and those that cannot, with their reason."""

import time
from collections.abc import Sequence

from llmd_tui.draft.everywhere import Order, Place
from llmd_tui.rollout.words import many
from screens.glyphs import Role
from screens.widgets.table import Cell, Column, Row
from screens.wizard.size_rows import count_cell, price_cell

SORT_COLUMNS: dict[Order, str] = {"fit": "fits", "price": "price", "name": "region"}
HEADING = "not possible now"


def columns(*, spot: bool) -> tuple[Column, ...]:
    """All spot nodes of a region share one quota, which is the region's own."""
    regional = () if spot else (Column("regional", "ALL LEFT", "right", keep=3, over="all sizes"),)
    return (
        Column("region", "REGION", least=14),
        Column("title", "NAME", keep=9),
        Column("used", "USED", "right", width=5, keep=8, over="spot vCPU" if spot else "family vCPU"),
        Column("limit", "LIMIT", "right", width=5, keep=7),
        Column("left", "LEFT", "right", width=5, keep=2),
        *regional,
        Column("zones", "ZONES", keep=4),
        Column("price", "USD/H", "right"),
        Column("fits", "NODES THAT FIT", least=22, stretch=True),
    )


def region_rows(found: Sequence[Place]) -> list[Row]:
    can = [_row(place) for place in found if not place.reason]
    cannot = [_row(place) for place in found if place.reason]
    heading = [Row(HEADING, {"region": Cell(f"Not possible now  {len(cannot)}")}, heading=True)] if cannot else []
    return [*can, *heading, *cannot]


def _row(place: Place) -> Row:
    known = place.capacity
    offered = known is not None and known.offered
    soft: Role = "faint" if place.reason else "quiet"
    cells = {
        "region": Cell(place.region),
        "title": Cell(place.title, soft),
        "used": count_cell(known.used if known and offered else None, "faint"),
        "limit": count_cell(known.limit if known and offered else None, soft),
        "left": count_cell(known.left if known and offered else None),
        "regional": count_cell(known.regional.left if known and known.regional and offered else None, soft),
        "zones": Cell(" ".join(known.zones) if known else "", soft),
        "price": price_cell(place.offer.price),
        "fits": _fits(place),
    }
    return Row(place.region, cells, disabled=bool(place.reason))


def _fits(place: Place) -> Cell:
    reading = place.reading
    if place.reason:
        return Cell(f"✗ {place.reason}", "quiet")
    if place.capacity is None:
        if reading.state == "loading":
            return Cell(f"● {reading.words(time.monotonic())}", "quiet")
        return Cell("? cannot be read", "quiet") if reading.state == "failed" else Cell("· not read yet", "faint")
    if place.offer.nodes_fit is None:
        return Cell("? no quota told", "quiet")
    return Cell(f"✓ {many(place.offer.nodes_fit, 'node')}")
