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
        return Verdict("blocked", f"{reason.rstrip('.')}.", session.elsewhere(offer.size, nodes))
    what, region = f"{nodes} × {short(offer.size)}", session.region
    if later := misfits(session.draft, offer.size, nodes):
        return Verdict("slow", f"{what} can be chosen, but {later[0].reason}.", _anew(later), GO_ON)
    if region and session.capacity.state == "failed":
        return Verdict("slow", f"The quota of {region} cannot be read.", session.capacity.error, "r try again")
    if offer.capacity is None:
        usual = "What fits is not known yet." if region else ""
        return Verdict("done" if not region else "pending", f"{what} can be chosen.", usual, GO_ON)
    left = (offer.capacity.left or 0) - nodes * offer.size.vcpus
    quota = "the spot quota" if offer.capacity.family == SPOT else "the family"
    usual = f"{left} vCPU of {quota} stay free."
    if left < offer.size.vcpus:
        usual = f"The last {offer.capacity.left} vCPU of {quota}: no surge node at upgrades."
    return Verdict("done", f"{what} {'fits' if nodes == 1 else 'fit'} in {region}.", usual, GO_ON)


def _anew(later: tuple[Misfit, ...]) -> str:
    """What there is to choose again; everything else stays as it was said."""
    steps = list(dict.fromkeys(misfit.step for misfit in later))
    return f"The {' and the '.join(steps)} step{'s ask' if len(steps) > 1 else ' asks'} again, the rest stays."
