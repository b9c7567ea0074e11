"""Whether the target can be taken, in a sentence."""

from llmd_tui.draft.draft import Draft
from llmd_tui.draft.regions import largest
from llmd_tui.draft.reuse import conflicts
from llmd_tui.draft.session import CLUSTER, CONTEXT, GROUP, Session
from llmd_tui.plan.fit import short
from screens.widgets.frame import Verdict

GO_ON = "enter continue"


def target_verdict(session: Session, cursor: str, *, may: bool) -> Verdict:
    """`cursor` is the row of the table that is looked at: what `enter` takes while nothing is chosen.

    `may`: the login's role is known to suffice.
    """
    if session.draft.target == "kubeconfig":
        return _context(session, session.draft.value(CONTEXT).text or cursor)
    login = session.azure.login
    if login.state == "failed":
        again = "" if session.azure.nobody else "r try again   "
        return Verdict("failed", login.error, login.remedy, f"{again}i log in")
    if login.state != "ready":
        return Verdict("running", "Signing in to Azure and reading the account.", "", "nothing to do")
    if session.draft.target == "existing":
        return _cluster(session)
    return _region(session, session.region or cursor, may)


def _cluster(session: Session) -> Verdict:
    cluster = session.draft.answers.get(CLUSTER)
    if not cluster:
        return Verdict("pending", "Choose the cluster that gets the GPU pool.", "Nothing else of it is changed.")
    group = session.draft.answers.get(GROUP)
    known = session.azure.clusters.value or ()
    found = next((each for each in known if (each.resource_group, each.name) == (group, cluster)), None)
    if found and (problems := conflicts(session.draft, found)):
        reason, remedy = problems[0]
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        return Verdict("slow", f"{cluster}: {reason}{more}.", remedy, GO_ON)
    return Verdict("done", f"{cluster} gets a GPU pool and llm-d.", "Nothing else of it is changed.", GO_ON)


def _region(session: Session, region: str, may: bool) -> Verdict:
    if not region:
        return Verdict("pending", "Choose a region.")
    reading = session.capacity_in(region)
    if reading.state == "failed":
        return Verdict("slow", f"{region}: {reading.error}", reading.remedy, "r try again")
    if reading.value is None:
        return Verdict("running", f"Reading what {region} has room for.", "", GO_ON)
    if best := largest(reading.value):
        size, nodes = best
        usual = "Your role can create clusters here." if may else "Nothing is created yet."
        return Verdict("done", f"{region} has room for {nodes} × {short(size)}.", usual, GO_ON)
    return Verdict("slow", f"{region} has no GPU quota left.", "Another region may have.", GO_ON)


def refused_context(draft: Draft) -> tuple[str, str]:
    """Why the chosen context cannot be taken, and what to do; empty when it can."""
    name = draft.text(CONTEXT)
    if name == draft.value(CONTEXT).text:
        return "", ""
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return "The context's name holds half a character, so no file can keep it.", "`kubectl config` renames it."
    return draft.error(CONTEXT), ""


def _context(session: Session, context: str) -> Verdict:
    reason, remedy = refused_context(session.draft)
    if reason:
        return Verdict("failed", reason, remedy)
    if not context:
        failed = session.kube.contexts
        if failed.error:
            return Verdict("failed", failed.error, failed.remedy, "r try again")
        return Verdict("pending", "Choose a context.")
    reading = session.kube.nodes(context)
    if reading.state == "failed":
        return Verdict("failed", reading.error, reading.remedy, "r try again")
    if reading.value is None:
        return Verdict("running", f"Asking {context} for its nodes.", "", GO_ON)
    gpus = sum(reading.value.gpu.values())
    return Verdict("done", f"{context} answers: {gpus} GPU nodes of {reading.value.total}.", "", GO_ON)
