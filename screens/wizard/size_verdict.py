"""Whether so many nodes of a size can be taken, in a sentence."""

from llmd_tui.azure.quota import SPOT
from llmd_tui.draft.misfits import Misfit, misfits
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import SizeOffer
from screens.widgets.frame import Verdict

GO_ON = "enter continue"


def size_verdict(session: Session, offer: SizeOffer, nodes: int) -> Verdict:
    if reason := session.why_not(offer, nodes):
        key = "a all regions" if session.azure.locations.value and region_helps(session, offer) else ""
        return Verdict("blocked", f"{reason.rstrip('.')}.", session.elsewhere(offer.size, nodes), key)
    what, region = f"{nodes} × {short(offer.size)}", session.region
    if later := misfits(session.draft, offer.size, nodes):
        return Verdict("slow", f"{what} can be chosen, but {later[0].reason}.", asks_again(later), GO_ON)
    if region and session.capacity.state == "failed":
        return Verdict("slow", f"The quota of {region} cannot be read.", session.capacity.error, "r try again")
    if offer.capacity is None:
        return _not_read(session, what)
    return Verdict("done", f"{what} {'fits' if nodes == 1 else 'fit'} in {region}.", left_over(offer, nodes), GO_ON)


def _not_read(session: Session, what: str) -> Verdict:
    region, login = session.region, session.azure.login
    if not region:
        return Verdict("done", f"{what} can be chosen.", "", GO_ON)
    if login.state == "failed":
        return Verdict("slow", login.error, login.remedy, "r try again")
    usual = "Signing in to Azure" if login.state == "loading" else session.capacity.waits
    usual = f"{usual[:1].upper()}{usual[1:]}: w" if usual else "W"
    return Verdict("pending", f"{what} can be chosen.", f"{usual}hat fits is not known yet.", GO_ON)


def left_over(offer: SizeOffer, nodes: int) -> str:
    """What stays of the quota, in a sentence."""
    known = offer.capacity
    if known is None or known.left is None:
        return "Azure tells no quota, so it may refuse."
    left, quota = known.left - nodes * known.vcpus, "the spot quota" if known.family == SPOT else "the family"
    if left < known.vcpus:
        return f"The last {known.left} vCPU of {quota}: no surge node at upgrades."
    return f"{left} vCPU of {quota} stay free."


def region_helps(session: Session, offer: SizeOffer) -> bool:
    """Whether another region may have what this one has not."""
    return session.draft.target == "new" and bool(offer.paths) and offer.capacity is not None


def asks_again(later: tuple[Misfit, ...]) -> str:
    """What there is to choose again; everything else stays as it was said."""
    steps = list(dict.fromkeys(misfit.step for misfit in later))
    return f"The {' and the '.join(steps)} step{'s ask' if len(steps) > 1 else ' asks'} again, the rest stays."
