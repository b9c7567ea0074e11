"""The one thing to know of a run: is it stuck, why, and what to press."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from llmd_tui.azure.shared import NEEDS_LOGIN
from llmd_tui.diagnose.finding import Finding
from llmd_tui.kube.store import Freshness
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.news import short
from llmd_tui.rollout.stages import NodeProgress
from llmd_tui.rollout.words import between, duration, estimate, listing
from llmd_tui.run.doing import Doing, Normal, doing
from llmd_tui.run.progress import PhaseProgress, RunProgress

Mood: TypeAlias = Literal["pending", "waiting", "running", "slow", "stale", "failed", "done"]

CALM = "Nothing is stuck, nothing to do."
NARROW = 56
"""Cells for a sentence beside its keys in a terminal of 80 columns."""
QUIET_SECONDS = 5.0
"""A connection that is back within this time is not worth a word."""


@dataclass(frozen=True)
class Sentence:
    """What the verdict line says: `text` stands alone, `short` is its form for narrow terminals.

    `usual` follows where there is room. `key` is what to press, or that nothing is to be done. `elapsed` and `normal`
    are for the bar of what is normal.
    """

    state: Mood
    text: str
    usual: str = ""
    key: str = ""
    short: str = ""
    calm: str = ""
    elapsed: float | None = None
    normal: Normal | None = None


@dataclass(frozen=True)
class Situation:
    """What the verdict is judged from. `trouble` is the connection's state while it is lost, to `place`.

    `findings` are the worst first; `pods` those of the phase that matters now; `held` since when the view is held;
    `remedies` says whether they can be done from here.
    """

    progress: RunProgress
    now: datetime
    nodes: Sequence[NodeProgress] = ()
    pods: Sequence[PodHealth] = ()
    findings: Sequence[Finding] = ()
    trouble: Freshness | None = None
    place: str = "the cluster"
    paused: bool = False
    held: float | None = None
    cost: str = ""
    remedies: bool = False


def verdict(situation: Situation) -> Sentence:
    """Failed before what needs the user before slow before stale before running before done."""
    urgent = (_stopping, _done, _failed, _needs_login)
    found = (says(situation) for says in (*urgent, _interrupted, _paused, _in_trouble, _stale, _held))
    return next(filter(None, found), None) or _running(situation)


def _stopping(situation: Situation) -> Sentence | None:
    stopping = situation.progress.stopping
    if stopping is None or situation.progress.ended:
        return None
    text = f"Stopping after {listing(list(stopping.in_flight), 2)}." if stopping.in_flight else "Stopping now."
    key = "ctrl+c stops now" if stopping.in_flight else ""
    goes_on = stopping.message.partition(". ")[0].rstrip(".")
    return Sentence("waiting", text, f"{goes_on}." if goes_on else "", key, short="Stopping.")


def _done(situation: Situation) -> Sentence | None:
    progress = situation.progress
    if progress.ended is None or progress.ended.outcome != "done":
        return None
    skipped = len(progress.of("skipped"))
    text = f"All {progress.finished} phases are done after {duration(progress.ended.seconds)}."
    usual = " ".join(filter(None, [f"{skipped} skipped." if skipped else "", situation.cost]))
    return Sentence("done", text, usual, "enter checklist")


def _failed(situation: Situation) -> Sentence | None:
    """What the diagnosis says of it comes first: it names the cause, a phase only where it ended."""
    for finding in situation.findings:
        if finding.state == "failed":
            return _by_finding(finding, situation)
    if failed := situation.progress.of("failed"):
        first = failed[0]
        more = f" {len(failed) - 1} more failed." if len(failed) > 1 else ""
        text = f"Stuck: {first.name} failed: {first.message}"
        return Sentence("failed", text, first.remedy + more, "r retry   f why", short=f"Stuck: {first.name} failed.")
    broken = [node for node in situation.nodes if node.state == "failed" and node.step is None]
    if broken:
        node = broken[0]
        more = f" {len(broken) - 1} more nodes failed." if len(broken) > 1 else ""
        text = f"Stuck: {short(node.node)}: {node.text}".rstrip(".") + "."
        return Sentence("failed", text, more.strip(), "d describe", f"Stuck: {short(node.node)} at {node.stage}.")
    return None


def _by_finding(finding: Finding, situation: Situation) -> Sentence:
    remedy = finding.remedy
    acts = remedy.acts and situation.remedies
    if acts:
        kind = "It restarts or removes something" if remedy.danger else "The remedy is known and safe"
    elif remedy.command or remedy.text:
        kind = "The remedy is known"
    else:
        kind = "No remedy is known"
    takes = f", about {estimate(remedy.seconds)}" if remedy.seconds else ""
    title = finding.title.rstrip(".")
    if not finding.id and finding.cause:
        title = f"{title}: {finding.cause.rstrip('.')}"
    failed = bool(situation.progress.of("failed"))
    key = "x do it   f why" if acts else "r retry   f why" if failed else "f why"
    narrow = f"Stuck: {finding.title.rstrip('.')}."
    if len(narrow) > NARROW:
        narrow = f"Stuck: {finding.phase or 'the rollout'} does not go on."
    return Sentence("failed", f"Stuck: {title}.", f"{kind}{takes}.", key, narrow)


def _needs_login(situation: Situation) -> Sentence | None:
    """The login that a phase waits for, in the words of what is to be done about it."""
    for phase in situation.progress.of("running"):
        _, needs, why = phase.waits_for.partition(f"{NEEDS_LOGIN}: ")
        if needs:
            reason, _, then = why.partition(". ")
            short = "Needs you: the Azure login has ended."
            reason = _lower(reason) if reason.startswith("The ") else reason
            return Sentence("failed", f"Needs you: {reason}.", f"{then.rstrip('.')}.", "l log", short)
    return None


def _interrupted(situation: Situation) -> Sentence | None:
    if situation.progress.ended is None:
        return None
    return Sentence("slow", "The run was interrupted; nothing is lost.", "It goes on from here.", "r resume")


def _paused(situation: Situation) -> Sentence | None:
    if not situation.paused:
        return None
    what = "Nothing more is begun or changed; what is in flight ends."
    return Sentence("waiting", "The run is paused.", what, "P go on")


def _in_trouble(situation: Situation) -> Sentence | None:
    running = _running(situation)
    return running if running.state in ("failed", "slow") else None


def _held(situation: Situation) -> Sentence | None:
    if situation.held is None:
        return None
    running = _running(situation)
    text = f"The view is held still for {duration(situation.now.timestamp() - situation.held)}."
    return Sentence("waiting", text, f"The run goes on: {_lower(running.short or running.text)}", "p let go")


def _stale(situation: Situation) -> Sentence | None:
    trouble, now = situation.trouble, situation.now.timestamp()
    if trouble is None or now - trouble.since < QUIET_SECONDS:
        return None
    again = f" Trying again in {duration(trouble.again - now)}." if trouble.again and trouble.again > now else ""
    text = f"{situation.place} does not answer since {duration(now - trouble.since)}."
    return Sentence("stale", text, f"What you see is that old.{again}", "")


def _running(situation: Situation) -> Sentence:
    progress, now = situation.progress, situation.now.timestamp()
    phase = progress.current(now)
    if phase is None:
        return Sentence("running", "Starting the run.") if progress.started is None else _between(progress)
    if phase.overlaps:
        waited = listing(sorted(phase.overlaps), 2)
        return Sentence("running", f"{phase.name} waits for {waited}.", "", "nothing to do")
    return _of(phase, doing(phase, situation.nodes, situation.pods, situation.now), situation)


def _between(progress: RunProgress) -> Sentence:
    ahead = progress.of("pending")
    return Sentence("running", f"Going on with {ahead[0].name}." if ahead else "Ending the run.", "", "nothing to do")


def _of(phase: PhaseProgress, what: Doing, situation: Situation) -> Sentence:
    since = f" for {duration(what.elapsed)}" if what.elapsed is not None else ""
    place = f" {what.where}" if what.where else ""
    told = what.text[:1].upper() + what.text[1:]
    normal = what.normal
    usual = f"Usual is {between(normal.low, normal.high)}."
    bar = (what.elapsed, normal)
    if phase.error:
        text = f"{told}{place}{since}: {phase.error}".rstrip(".") + "."
        state: Mood = "slow" if what.state in ("slow", "failed") else "running"
        return Sentence(state, text, usual, "l log", f"{told}{since}.", "", *bar)
    why = "f why" if situation.findings else "l log"
    if what.state == "failed":
        return Sentence("failed", f"Stuck: {what.text}{place}{since}.", usual, why, f"Stuck: {what.text}.", "", *bar)
    if what.state == "slow":
        text, narrow = (f"{told}{at}{since}, longer than usual." for at in (place, ""))
        return Sentence("slow", text, usual, why, narrow, "", *bar)
    calm = "" if situation.findings else CALM
    return Sentence("running", f"{told}{place}{since}.", usual, "nothing to do", f"{told}{since}.", calm, *bar)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
