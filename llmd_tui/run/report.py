"""The run's report: what was done, how long it took, what was wrong, what the checks said. Made from its events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from llmd_tui.events import (
    CheckDone,
    CheckWaived,
    Event,
    PhaseBlocked,
    PhaseDone,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    RunEnded,
    RunStarted,
)
from llmd_tui.files import write_private
from llmd_tui.render.checklist import CheckReport, blocks_of, summary
from llmd_tui.render.document import Bar, Bars, Block, Cell, Code, Document, Heading, Mark, Paragraph, Table
from llmd_tui.render.html import to_html
from llmd_tui.render.markdown import to_markdown
from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.found import FoundSoFar
from llmd_tui.run.journal import read
from llmd_tui.run.times import PhaseTime, Times

_End = PhaseDone | PhaseFailed | PhaseSkipped | PhaseBlocked


def write_report(directory: RunDirectory) -> None:
    """Writes report.md and report.html beside the journal."""
    made = document(directory.id, read(directory))
    write_private(directory.path / "report.md", to_markdown(made))
    write_private(directory.path / "report.html", to_html(made))


def report(run: str, events: Iterable[Event]) -> str:
    """As Markdown."""
    return to_markdown(document(run, events))


def document(run: str, events: Iterable[Event]) -> Document:
    """The last word on each phase and check counts: a resumed run has said several."""
    history = list(events)
    times = Times()
    for event in history:
        times.apply(event)
    blocks: list[Block] = [Paragraph(_outcome(history, times)), Heading("Phases")]
    blocks += [Table(("Phase", "Result", "Time", "Usual"), list(_phases(history, times)), right=(2, 3))]
    blocks += [*_times(times), *_failures(history), *_findings(history), *_checks(history), *_waived(history)]
    return Document(f"Run {run}", blocks)


def _outcome(history: list[Event], times: Times) -> str:
    begun = next((event for event in history if isinstance(event, RunStarted)), None)
    last = next((event for event in reversed(history) if isinstance(event, RunStarted | RunEnded)), None)
    if begun is None:
        return "It has not begun."
    since = f"{datetime.fromtimestamp(begun.at, UTC):%Y-%m-%d %H:%M} UTC"
    if not isinstance(last, RunEnded):
        return f"Begun {since}; how it ended was not written down."
    took = f"{last.outcome} after {duration(last.at - begun.at)}"
    away = last.at - begun.at - times.seconds(last.at)
    return f"Begun {since}, {took}" + (f", {duration(away)} of it interrupted." if away >= 1 else ".")


def _phases(history: list[Event], times: Times) -> Iterator[tuple[Cell, ...]]:
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
        stuck = times.phases[phase].stuck if phase in times.phases else 0
        took += f", and {duration(stuck)} stuck" if stuck >= 1 else ""
        yield phase, _word(end), took, estimate(usual[phase]) if phase in usual else ""


def _word(end: _End | None) -> Cell:
    match end:
        case PhaseDone(found=found):
            return Mark("done", "found as it should be" if found else "done")
        case PhaseFailed():
            return Mark("failed", "failed")
        case PhaseSkipped(reason=reason):
            return Mark("skipped", f"skipped: {reason}")
        case PhaseBlocked(by=by):
            return Mark("skipped", f"blocked by {by}")
        case None:
            return "not done"


def _times(times: Times) -> Iterator[Block]:
    longest = max((phase.seconds for phase in times.taken), default=0.0)
    if longest:
        yield Heading("Where the time went")
        yield Bars(("Phase", "Time", "Remark"), [_bar(phase, longest) for phase in times.taken])


def _bar(phase: PhaseTime, longest: float) -> Bar:
    notes = [f"stuck for {duration(part.seconds)}: {part.stuck}" for part in phase.parts if part.stuck]
    notes += [f"{duration(phase.beyond)} longer than what is called slow"] if phase.beyond >= 1 else []
    share = phase.seconds / longest
    return Bar(phase.phase, duration(phase.seconds), share, phase.stuck / phase.seconds, "; ".join(notes))


def _failures(history: list[Event]) -> Iterator[Block]:
    failures = {event.phase: event for event in history if isinstance(event, PhaseFailed)}
    recovered = {event.phase for event in history if isinstance(event, PhaseDone | PhaseSkipped)}
    for phase, failure in failures.items():
        if phase not in recovered:
            yield Heading(f"{phase} failed")
            yield Paragraph(failure.message)
            yield Paragraph(failure.remedy)


def _findings(history: list[Event]) -> Iterator[Block]:
    """What the diagnosis said on the way, and whether it is gone."""
    so_far = FoundSoFar()
    for event in history:
        so_far.apply(event)
    told = list(so_far)
    if told:
        yield Heading("Findings")
    for each in told:
        finding = each.seen
        state = f"waived: {each.waived}" if each.waived else "gone" if each.gone else "still there"
        held = f", held up {finding.phase}" if finding.phase else ""
        yield Heading(finding.title, 3)
        yield Paragraph(f"{finding.state}{held}, {state}.")
        yield Table(("", ""), [("Evidence", finding.evidence), ("Cause", finding.cause), ("Remedy", finding.remedy)])
        if finding.command:
            yield Code(finding.command)


def _checks(history: list[Event]) -> Iterator[Block]:
    lines = {(event.phase, event.id): event for event in history if isinstance(event, CheckDone)}
    if lines:
        yield Heading("Checks")
        yield Paragraph(f"{summary(lines.values())}.")
        yield from blocks_of(CheckReport("", tuple(lines.values()), 0))


def _waived(history: list[Event]) -> Iterator[Block]:
    waived = {event.id: event.reason for event in history if isinstance(event, CheckWaived)}
    if waived:
        yield Heading("Waived")
        yield Table(("Check", "Reason"), list(waived.items()))
