"""What the start screen's verdict says, and what its menu offers."""

import time
from typing import TYPE_CHECKING

from llmd_tui.rollout.words import age
from screens.start.menu import Entry
from screens.widgets.frame import Verdict

if TYPE_CHECKING:
    from llmd_tui.start.around import Around
    from llmd_tui.start.kept import Kept
    from llmd_tui.start.runs import PastRun

NEW = Entry(
    "new",
    "n",
    "New deployment",
    "choose target, size, drivers and path; nothing is created before you confirm",
)
OPEN = Entry(
    "open_file",
    "o",
    "Open a file",
    "an answers file (llmd-tui/v1): review it, create it, or change it in the wizard",
)
TRY = Entry(
    "rehearse",
    "t",
    "Try it without Azure",
    "the whole way on simulators: nothing is bought, no subscription, about 2 minutes",
)


def left_half_way(around: "Around") -> "PastRun | None":
    """The run to resume: the newest that costs money, else the newest."""
    runs = [run for run in (around.left.value.runs if around.left.value else ()) if run.resumable]
    costly = [run for run in runs if run.per_hour and not run.simulated]
    return next(iter(costly), next(iter(runs), None))


def resume_entry(run: "PastRun") -> Entry:
    place = f"{run.region}, " if run.region else ""
    word = "failed" if run.outcome == "failed" else "stopped"
    stopped = f"{word} in {run.at}" if run.at else word
    cost = f", ${run.per_hour:,.2f}/h meanwhile" if run.per_hour and not run.simulated else ""
    pretended = ", simulated" if run.simulated else ""
    words = f"{place}{stopped}{cost}{pretended}; looks first, then goes on"
    return Entry("resume", "r", f"Resume {run.cluster}", words)


def draft_entry(draft: "Kept") -> Entry:
    about = f"{draft.words}; " if draft.words else ""
    words = f"{about}left {age(time.time() - draft.at)} ago at {draft.step}"
    return Entry("continue", "c", "Continue the draft", words)


def verdict(around: "Around") -> Verdict:
    """What was left and costs money comes first, then what goes on, then what keeps from beginning."""
    left = around.left.value
    if run := left_half_way(around):
        return _left(run)
    running = [run for run in (left.runs if left else ()) if run.outcome == "running"]
    if running:
        run = running[0]
        goes_on = f"{run.at} goes on." if run.at else ""
        return Verdict("running", f"{run.cluster} is being created by another llmd-tui.", goes_on, "")
    if left and left.draft:
        ago = age(time.time() - left.draft.at)
        return Verdict("waiting", f"A draft of {ago} ago is kept.", "Nothing was created.", "c continue")
    return _account(around)


def _account(around: "Around") -> Verdict:
    if around.account.state == "failed":
        return Verdict("slow", around.account.error, around.account.remedy, "i log in")
    account = around.account.value
    if account is None:
        return Verdict("pending", "Nothing runs.", "", "n new")
    confirmed = account.good_for is not None
    return Verdict(
        "done" if confirmed else "pending",
        f"Ready: signed in as {account.user}." if confirmed else f"{account.user} was signed in.",
        "Nothing runs." if confirmed else "Azure is asked.",
        "n new",
    )


def _left(run: "PastRun") -> Verdict:
    ago = age(time.time() - run.changed)
    costs = f" and still costs ${run.per_hour:,.2f}/h" if run.per_hour and not run.simulated else ""
    if run.simulated:
        return Verdict("waiting", f"The rehearsal {run.cluster} was left half-way {ago} ago.", "", "r resume")
    if run.outcome == "failed":
        return Verdict(
            "failed", f"{run.cluster} failed in {run.at} {ago} ago{costs}.", "Resume looks again.", "r resume"
        )
    state = "slow" if costs else "waiting"
    return Verdict(state, f"{run.cluster} was left half-way {ago} ago{costs}.", "Nothing is lost.", "r resume")
