"""Whether so many nodes of a size can be had in a region, in a sentence."""

from llmd_tui.draft.everywhere import Place, ruled_out, why_not
from llmd_tui.draft.session import Session
from screens.widgets.frame import Verdict
from screens.wizard.size_verdict import asks_again, left_over

TAKE = "enter take it"


def regions_verdict(session: Session, place: Place) -> Verdict:
    if reason := why_not(session, place):
        lacks = place.shortage
        short = f"{place.region}: {lacks.left} free, ask for {lacks.more} more." if lacks else ""
        return Verdict("blocked", reason, key="c copy the command" if lacks else "", short=short)
    reading = place.reading
    if place.capacity is None and reading.state == "failed":
        return Verdict("slow", f"{place.region}: {reading.error}", reading.remedy, "r try again")
    if place.capacity is None:
        why = f"{reading.waits[:1].upper()}{reading.waits[1:]}." if reading.waits else "What fits is not known yet."
        return Verdict("running", f"Reading what {place.region} has room for.", why, TAKE)
    if later := ruled_out(session, place):
        sentence = f"{place.wanted} can be had in {place.region}, but {later[0].reason}."
        return Verdict("slow", sentence, asks_again(later), TAKE, short=f"{place.region}: {later[0].reason}.")
    return Verdict(
        "done", f"{place.region} has room for {place.wanted}.", left_over(place.offer, place.wanted.nodes), TAKE
    )
