"""One size in every region: what each can give, the best first, and what is lacking where it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from llmd_tui.azure.capacity import NOT_SPOT, Capacity
from llmd_tui.azure.quota import REGIONAL, Shortage
from llmd_tui.draft.misfits import Misfit, misfits
from llmd_tui.draft.session import Capacities, Session
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import SizeOffer, size_offer
from llmd_tui.presets.sizes import Size
from llmd_tui.rollout.words import age

Order: TypeAlias = Literal["fit", "price", "name"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True)
class Wanted:
    """So many nodes of a size, spot ones or not."""

    size: Size
    nodes: int
    spot: bool = False

    def __str__(self) -> str:
        return f"{self.nodes} × {short(self.size)}{' spot' if self.spot else ''}"


@dataclass(frozen=True)
class Place:
    """A region for what is wanted. `title` is how Azure calls it for people, `reading` what was read of it and when.

    `shortage` is what the quota lacks; None also where more of it would not help.
    """

    region: str
    title: str
    wanted: Wanted
    reading: Capacities
    offer: SizeOffer
    shortage: Shortage | None

    @property
    def capacity(self) -> Capacity | None:
        return self.offer.capacity

    @property
    def fits(self) -> bool:
        return (self.offer.nodes_fit or 0) >= self.wanted.nodes

    @property
    def reason(self) -> str:
        """Why it cannot be had, in a cell's few words; empty where it can, and where that is not known."""
        found, lacks = self.capacity, self.shortage
        if found is None or self.fits:
            return ""
        if not found.offered:
            return "not offered"
        if found.restricted:
            return "not as spot" if found.reason == NOT_SPOT else "closed to you"
        if lacks is None:
            return ""
        if lacks.limit == 0:
            return f"quota 0, needs {lacks.needed}"
        return f"region: {lacks.left} left" if lacks.name == REGIONAL else f"{lacks.left} left, needs {lacks.needed}"

    @property
    def why(self) -> str:
        """The same in a sentence."""
        found = self.capacity
        if found is None or self.fits:
            return ""
        if self.shortage:
            return f"{_begun(str(self.shortage))}."
        if not found.offered:
            return f"{short(self.wanted.size)} is {found.reason}."
        return f"{short(self.wanted.size)} in {self.region}: {found.reason}." if found.restricted else ""


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def places(session: Session, wanted: Wanted, order: Order = "fit") -> list[Place]:
    """Every region of the subscription, the best first; those that cannot give it come last in every order."""
    found = [_place(session, each.name, each.display_name, wanted) for each in session.azure.locations.value or ()]
    return sorted(found, key=lambda place: (_rank(place), _ordered(place, order), place.region))


def _place(session: Session, region: str, title: str, wanted: Wanted) -> Place:
    reading = session.capacity_in(region, spot=wanted.spot)
    capacity = (reading.value or {}).get(wanted.size.name)
    offer = size_offer(wanted.size, capacity, session.price(wanted.size, region, spot=wanted.spot))
    lacks = None
    if capacity and capacity.offered and not capacity.restricted:
        lacks = capacity.shortage(wanted.nodes, session.system_vcpus)
    return Place(region, title, wanted, reading, offer, lacks)


def _rank(place: Place) -> int:
    """What can be had, what is not told, what is not read, then by how far away it is."""
    found = place.capacity
    if place.fits:
        return 0
    if found is None:
        return 2
    if not place.reason:
        return 1
    if place.shortage:
        return 3
    return 4 if found.offered else 5


def _ordered(place: Place, order: Order) -> tuple[float, float]:
    price = place.offer.price.usd_per_hour if place.offer.price else float("inf")
    if order == "price":
        return (price, 0)
    if order == "name":
        return (0, 0)
    if place.shortage and not place.fits:
        return (place.shortage.more, price)
    return (-(place.offer.nodes_fit or 0), price)


@dataclass(frozen=True)
class Progress:
    """`state`: whether regions are being asked, some could not be read, or all is there."""

    state: Literal["loading", "failed", "ready"]
    words: str


def progress(found: Sequence[Place], now: float) -> Progress:
    """`47 of 60 read; throttled, next try in 12 s`, `read 8s ago, 2 failed`: of all regions together."""
    readings = [place.reading for place in found]
    asked = [reading for reading in readings if reading.state == "loading"]
    if asked:
        waits = next((f"; {reading.waits}" for reading in asked if reading.waits), "")
        return Progress("loading", f"{len(found) - len(asked)} of {len(found)} read{waits}")
    oldest = min((reading.at for reading in readings if reading.value), default=None)
    failed = sum(reading.state == "failed" for reading in readings)
    told = ["not read yet" if oldest is None else f"read {age(now - oldest)} ago"] if not failed or oldest else []
    told += [f"{failed} failed"] if failed else []
    return Progress("failed" if failed else "ready", ", ".join(told))


def why_not(session: Session, place: Place) -> str:
    """Why a region cannot be taken, in a sentence; empty when it can."""
    bare = size_offer(place.wanted.size, None, None)
    if bare.reason:
        return f"{bare.why}."
    own = session.region
    if session.draft.target == "existing" and place.region != own:
        return f"{session.draft.value('target.azure.cluster').text} is in {own}: its GPU pool cannot be elsewhere."
    return place.why


def ruled_out(session: Session, place: Place) -> tuple[Misfit, ...]:
    """What was chosen in later steps and would not fit there."""
    wanted, draft = place.wanted, session.draft
    found = misfits(draft, wanted.size, wanted.nodes)
    zone = draft.answers.get("pool.zone")
    if zone and place.capacity and place.capacity.offered and zone not in place.capacity.zones:
        there = " ".join(place.capacity.zones) or "none"
        found += (Misfit("options", f"zone {zone} is not there: zones {there}"),)
    return found


def take(session: Session, place: Place) -> str:
    """Makes the region, the size and its number of nodes the answers; a zone that is not there is unsaid.

    Returns why not, or nothing.
    """
    if reason := why_not(session, place):
        return reason
    draft, wanted = session.draft, place.wanted
    if any(misfit.step == "options" for misfit in ruled_out(session, place)):
        draft.reset("pool.zone")
    if wanted.spot != session.spot:
        draft.choose("pool.spot", wanted.spot)
    return (
        draft.choose("target.azure.region", place.region)
        or draft.choose("pool.size", wanted.size.name)
        or draft.choose("pool.nodes", wanted.nodes)
    )
