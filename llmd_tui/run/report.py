"""The run's report: what was done, how long it took, what failed, what the checks said. Markdown, from the journal."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from llmd_tui.events import (
    CheckDone,
    Event,
    PhaseBlocked,
    PhaseDone,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    RunEnded,
    RunStarted,
)
from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.files import write_private
from llmd_tui.run.journal import read

_End = PhaseDone | PhaseFailed | PhaseSkipped | PhaseBlocked


def write_report(directory: RunDirectory) -> None:
    """Writes report.md beside the journal."""
    write_private(directory.path / "report.md", report(directory.id, read(directory)))


def report(run: str, events: Iterable[Event]) -> str:
    """The last word on each phase and check counts: a resumed run has said several."""
    history = list(events)
    lines = [f"# Run {run}", "", _outcome(history), "", "| Phase | Result | Time | Usual |", "|---|---|---|---|"]
    lines += _phases(history)
    failures = {event.phase: event for event in history if isinstance(event, PhaseFailed)}
    recovered = {event.phase for event in history if isinstance(event, PhaseDone | PhaseSkipped)}
    for phase, failure in failures.items():
        if phase not in recovered:
            lines += ["", f"## {phase} failed", "", failure.message, "", failure.remedy]
    checks = {event.id: event for event in history if isinstance(event, CheckDone)}
    if checks:
        lines += ["", "## Checks", "", "| Check | Result | Evidence |", "|---|---|---|"]
        lines += [f"| {_cell(c.title)} | {c.result} | {_cell(c.evidence)} |" for c in checks.values()]
    return "\n".join(lines) + "\n"


def _outcome(history: list[Event]) -> str:
    begun = next((event for event in history if isinstance(event, RunStarted)), None)
    ended = history[-1] if history and isinstance(history[-1], RunEnded) else None
    if begun is None:
        return "It has not begun."
    since = f"{datetime.fromtimestamp(begun.at, UTC):%Y-%m-%d %H:%M} UTC"
    if ended is None:
        return f"Begun {since}; how it ended was not written down."
    return f"Begun {since}, {ended.outcome} after {duration(ended.at - begun.at)}."


def _phases(history: list[Event]) -> Iterator[str]:
    usual = {event.phase: event.normal for event in history if isinstance(event, PhaseStarted)}
    ends: dict[str, _End] = {}
    for event in history:
        if isinstance(event, PhaseDone) and event.found and isinstance(ends.get(event.phase), PhaseDone):
            continue  # A later look found it done; the time that it took is the first one's.
        if isinstance(event, _End):
            ends[event.phase] = event
    names = next((event.phases for event in history if isinstance(event, RunStarted)), ())
    for phase in (*names, *(name for name in ends if name not in names)):
        end = ends.get(phase)
        seconds = end.seconds if isinstance(end, PhaseDone | PhaseFailed) else None
        took = "" if seconds is None else duration(seconds)
        yield f"| {phase} | {_cell(_word(end))} | {took} | {estimate(usual[phase]) if phase in usual else ''} |"


def _word(end: _End | None) -> str:
    match end:
        case PhaseDone(found=found):
            return "found as it should be" if found else "done"
        case PhaseFailed():
            return "failed"
        case PhaseSkipped(reason=reason):
            return f"skipped: {reason}"
        case PhaseBlocked(by=by):
            return f"blocked by {by}"
        case None:
            return "not done"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
