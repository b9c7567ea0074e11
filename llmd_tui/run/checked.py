"""The checklist in a sentence: how far it is, what failed, what to press."""

from collections import Counter

from llmd_tui.presets.checks import check_texts
from llmd_tui.rollout.words import between, duration, listing, many
from llmd_tui.run.checklist import ChecklistProgress, Line
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.verdict import Sentence

CALM = "nothing to do"


def checklist_verdict(progress: RunProgress, now: float, speed: float = 1.0) -> Sentence:
    """Failed before running before waiting before done. `speed` is the clock's: checks take their time on the wall."""
    checklist = progress.checklist
    if not checklist.lines:
        return Sentence("pending", "This plan has no checks.", "", CALM)
    if running := checklist.running:
        return _running(checklist, running[0], now, speed)
    failed = [line for phase in checklist.phases for line in checklist.obstacles(phase)]
    if failed:
        return _failed(failed)
    to_go = to_look(progress)
    return _waiting(progress, to_go) if to_go else _done(progress)


def to_look(progress: RunProgress) -> list[Line]:
    """Checks that are still to come: not those of a phase that was skipped."""
    checklist = progress.checklist
    return [line for line in checklist.lines.values() if line.done is None and line.phase not in checklist.skipped]


def counted(checklist: ChecklistProgress, *, short: bool = False) -> str:
    """`11 of 16 checks passed, 1 warning, none failed.`"""
    words = Counter("waived" if line.waived else line.result for line in checklist.done)
    parts = [f"{words['pass']} of {len(checklist.lines)}{'' if short else ' checks'} passed"]
    parts += [many(words["warn"], "warning")] if words["warn"] else []
    parts += [f"{words['waived']} waived"] if words["waived"] else []
    parts += [f"{words['fail']} failed" if words["fail"] else "none failed"]
    return f"{', '.join(parts)}."


def _running(checklist: ChecklistProgress, line: Line, now: float, speed: float) -> Sentence:
    text, elapsed = check_texts()[line.id], (now - (line.started or now)) / speed
    normal, slow = text.normal_seconds, text.slow_seconds
    whole, narrow = counted(checklist), counted(checklist, short=True)
    if elapsed > slow:
        told = f"{line.id} runs for {duration(elapsed)}, longer than usual."
        return Sentence("slow", told, f"Usual is {between(normal, normal * 2)}. {whole}", CALM, narrow)
    doing = f"{line.id} runs for {duration(elapsed)}, usual {between(normal, normal * 2)}."
    return Sentence("running", whole, doing, CALM, narrow)


def _failed(failed: list[Line]) -> Sentence:
    first, *others = failed
    assert first.done
    more = f" {many(len(others), 'other')} failed: {listing([line.id for line in others])}." if others else ""
    told = f"{first.id} failed: {first.done.evidence}".rstrip(".") + "."
    narrow = f"{first.id} failed." + (f" {len(others)} more." if others else "")
    return Sentence("failed", told, f"{first.done.remedy}{more}".strip(), "r repeat   w waive", narrow)


def _waiting(progress: RunProgress, to_go: list[Line]) -> Sentence:
    checklist, phase = progress.checklist, to_go[0].phase
    whole, narrow = counted(checklist), counted(checklist, short=True)
    state = progress.phases[phase]
    if state.state == "blocked":
        text = f"{many(len(to_go), 'check')} cannot look: {phase} is blocked by {state.by}, which failed."
        return Sentence("failed", text, whole, "esc run", f"{phase} is blocked by {state.by}.")
    if state.state == "failed":
        return Sentence("failed", f"{phase} failed: {state.message}", state.remedy, "esc run", f"{phase} failed.")
    if progress.ended:
        text = f"The run was interrupted before {many(len(to_go), 'check')} could look."
        return Sentence("slow", text, whole, "esc run", f"Interrupted, {len(to_go)} to go.")
    if progress.started is None:
        return Sentence("pending", whole, "The run has not begun.", CALM, narrow)
    before = [name for name in progress.plan.by_name[phase].needs if progress.phases[name].state != "done"]
    begins = f"{phase} begins after {listing(before, 2)}." if before else f"{phase} goes on."
    return Sentence("running", whole, begins, CALM, narrow)


def _done(progress: RunProgress) -> Sentence:
    checklist = progress.checklist
    whole, narrow = counted(checklist), counted(checklist, short=True)
    left = [f"{name} was skipped: {reason}." for name, reason in checklist.skipped.items() if name in checklist.phases]
    finished = progress.ended is not None and progress.ended.outcome == "done"
    warned = any(line.result == "warn" for line in checklist.done)
    usual = " ".join([*left, *(["The warnings are worth a look."] if warned else [])])
    return Sentence("done", whole, usual, "enter what now" if finished else CALM, narrow)
