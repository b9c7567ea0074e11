"""Quotas and prices of so many nodes, as bars and in numbers that say the same."""

from textual.content import Content

from llmd_tui.azure.capacity import Capacity, Quota
from llmd_tui.azure.prices import source
from llmd_tui.azure.quota import SPOT
from llmd_tui.plan.offers import SizeOffer
from screens.glyphs import Symbols
from screens.widgets.bars import bar
from screens.widgets.frame import STYLES

QUIET, FAINT = STYLES["quiet"], STYLES["faint"]


def quotas(capacity: Capacity, takes: int, system_vcpus: int, width: int, symbols: Symbols) -> list[Content]:
    """The family's and the region's, of which a new system pool takes too; of spot nodes the one that there is."""
    spot = capacity.family == SPOT
    shown = [("Spot vCPU of the region" if spot else f"{capacity.family}, vCPU", family(capacity), takes)]
    shown += [] if spot else [("Total regional vCPUs", capacity.regional, takes + system_vcpus)]
    lines: list[Content] = []
    for title, quota, this in shown:
        if drawn := gauge("", quota, this, width, symbols):
            lines += [Content.styled(title, QUIET), *drawn, Content("")]
    return lines


def gauge(label: str, quota: Quota | None, takes: int, width: int, symbols: Symbols) -> list[Content]:
    """The bar, and in numbers the same; nothing where there is no quota."""
    if quota is None or not quota.limit:
        return []
    left = quota.limit - quota.used - takes
    drawn = bar([(quota.used, "╍", "quiet"), (takes, "━", "running")], quota.limit, width, symbols)
    rest = f"{left} left" if left >= 0 else f"{-left} too many"
    numbers = Content.assemble(
        (f"{quota.used} used  ", QUIET), (f"{takes} this", STYLES["running"]), "  ",
        (rest, "" if left > 0 else STYLES["slow"]),
    )  # fmt: skip
    return [Content.assemble((label, QUIET), drawn), numbers]


def family(capacity: Capacity | None) -> Quota | None:
    """What limit and used are of."""
    if capacity is None or capacity.limit is None or capacity.used is None:
        return None
    return Quota(capacity.limit, capacity.used)


def price(offer: SizeOffer, nodes: int) -> list[Content]:
    """An hour, a day, and where the price comes from."""
    if offer.price is None:
        return [Content.assemble(("Price   ", QUIET), ("not known", FAINT))]
    an_hour = offer.price.usd_per_hour * nodes
    return [
        Content.assemble(("Price   ", QUIET), f"${an_hour:,.2f}/h  ", (f"${an_hour * 24:.0f}/day", QUIET)),
        Content.styled(f"        {source(offer.size, offer.price)}", FAINT),
    ]
