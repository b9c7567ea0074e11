"""One size in every region, in lines: asked when the region at hand has not what is wanted."""

import asyncio
import time

from llmd_tui.azure.prices import source
from llmd_tui.commands.talk import say
from llmd_tui.draft.everywhere import Place, Wanted, places, ruled_out, take, why_not
from llmd_tui.draft.session import Session
from llmd_tui.plain.ask import Option
from llmd_tui.plain.interview import Interview, sentence
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import size_offer
from llmd_tui.presets.sizes import Size, size, sizes
from llmd_tui.rollout.words import many

LOOK_SECONDS, STILL_SECONDS = 0.5, 15.0
"""Between two looks at what has to wait, and two lines that say how far it is."""


def look_everywhere(ask: Interview) -> None:
    """Which size, then which region; both become the answers. Raises Back when no region has room."""
    session = ask.session
    possible = [each for each in sizes() if not size_offer(each, None, None).reason]
    options = [Option(each.name, short(each), _hardware(each)) for each in possible]
    chosen = size(ask.choose("GPU size to look for in all regions", options, ask.draft.value("pool.size").text))
    wanted = Wanted(chosen, session.nodes_of(chosen), session.spot)
    say(f"Asking {many(len(session.azure.locations.value or ()), 'region')} for {wanted}.")
    ask.wait(_read(session))
    found = {place.region: place for place in places(session, wanted)}
    for place in found.values():
        if place.reading.error:
            say(f"Failed: {place.region}: {sentence(place.reading.error)} {place.reading.remedy}".rstrip())
    _tell_nearest(session, list(found.values()))
    regions = [Option(name, name, _about(place), _reason(session, place)) for name, place in found.items()]
    place = found[ask.choose(f"Region for {wanted}", regions)]
    for misfit in ruled_out(session, place):
        say(f"Does not fit any more: {sentence(misfit.reason)}")
    take(session, place)


async def _read(session: Session) -> None:
    """Says who waits for what, and now and then how far it is."""
    reading, told, begun = asyncio.create_task(session.read_regions()), set[tuple[str, str]](), time.monotonic()
    said = begun
    try:
        while not reading.done():
            await asyncio.wait([reading], timeout=LOOK_SECONDS)
            waits = {(name, each.waits) for name, each in session.azure.regions.items() if each.waits}
            for name, why in sorted(waits - told):
                say(f"{name}: {why}")
            told |= waits
            if not reading.done() and time.monotonic() - said > STILL_SECONDS:
                said = time.monotonic()
                known = len(session.azure.locations.value or ())
                say(f"still reading: {session.azure.regions_read} of {known} read")
        await reading
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _tell_nearest(session: Session, found: list[Place]) -> None:
    """What to ask for, where nothing fits."""
    lacking = [place.shortage for place in found if place.shortage]
    if lacking and not any(place.fits for place in found):
        least = min(lacking, key=lambda shortage: shortage.more)
        say(f"No region has room. The nearest {least}.")
        say(least.remedy(session.azure.subscription))


def _about(place: Place) -> str:
    known, price = place.capacity, place.offer.price
    if known is None:
        return "cannot be read" if place.reading.state == "failed" else "not read yet"
    fit = "no quota told" if known.nodes_fit is None else f"quota for {many(known.nodes_fit, 'node')}"
    parts = [fit, f"{known.left} of {known.limit} vCPU left"]
    if known.regional and known.nodes_fit is not None and known.nodes_fit < (known.left or 0) // known.vcpus:
        parts.append(f"{known.regional.left} of all sizes together")
    parts += [f"zones {' '.join(known.zones)}" if known.zones else "no zones"]
    parts += [f"${price.usd_per_hour:,.2f}/h ({source(place.wanted.size, price)})"] if price else []
    return ", ".join(parts)


def _reason(session: Session, place: Place) -> str:
    return why_not(session, place).rstrip(".")


def _hardware(each: Size) -> str:
    gpu = each.gpu
    return ", ".join([f"{gpu.count} × {gpu.model} with {gpu.memory_gb} GB", *(["RDMA"] if each.rdma else [])])
