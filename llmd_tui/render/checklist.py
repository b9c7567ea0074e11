"""A checklist as a document, as JSON and as a line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from llmd_tui.events import CheckLine
from llmd_tui.render.document import Block, Cell, Code, Document, Heading, Mark, Mood, Paragraph, Table
from llmd_tui.rollout.words import duration

MOODS: dict[str, Mood] = {"pass": "done", "warn": "slow", "fail": "failed", "skipped": "skipped"}


@dataclass(frozen=True)
class CheckReport:
    """`lines` are what the checks said, `waiting` those that have not looked yet, `left_out` why others did not.

    `at` is when, in seconds since the epoch.
    """

    title: str
    lines: Sequence[CheckLine]
    at: float
    waiting: Sequence[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])


def as_json(report: CheckReport) -> str:
    """`{"checks": [...]}`, as the Commands table of the design says."""
    whole: dict[str, object] = {"checks": [asdict(line) for line in report.lines]}
    if report.waiting:
        whole["waiting"] = list(report.waiting)
    if report.left_out:
        whole["left_out"] = dict(report.left_out)
    return json.dumps(whole, indent=2) + "\n"


def document(report: CheckReport) -> Document:
    """All lines, then what to do about those that ask for it, with the command to look oneself."""
    when = f"{datetime.fromtimestamp(report.at, UTC):%Y-%m-%d %H:%M} UTC"
    blocks: list[Block] = [Paragraph(f"{summary(report.lines)}. {when}."), *blocks_of(report)]
    return Document(report.title, blocks)


def blocks_of(report: CheckReport) -> Iterator[Block]:
    """The same for within another document."""
    yield Table(("Result", "Check", "Evidence", "Time"), [_row(line) for line in report.lines], right=(3,))
    if report.waiting:
        yield Paragraph(f"Not looked at: {', '.join(report.waiting)}.")
    if report.left_out:
        yield Heading("Not part of this path")
        yield Table(("Check", "Why"), [(name, reason) for name, reason in report.left_out.items()])
    for line in report.lines:
        if line.result in ("warn", "fail"):
            yield from _detail(line)


def _row(line: CheckLine) -> tuple[Cell, ...]:
    word = "waived" if line.waived else "skip" if line.result == "skipped" else line.result
    evidence = f"{line.evidence} (waived: {line.waived})" if line.waived else line.evidence
    return Mark(MOODS[line.result], word), f"`{line.id}`: {line.title}", evidence, duration(line.seconds)


def _detail(line: CheckLine) -> Iterator[Block]:
    yield Heading(f"{line.id}: {'waived' if line.waived else line.result}", 3)
    yield Paragraph(line.evidence)
    if line.waived:
        yield Paragraph(f"Waived: {line.waived}.")
    if line.remedy:
        yield Paragraph(f"Remedy: {line.remedy}")
    if line.command:
        yield Code(line.command)


def summary(lines: Iterable[CheckLine]) -> str:
    """`14 passed, 1 failed, 2 skipped`."""
    counted = Counter("waived" if line.waived else line.result for line in lines)
    words = {"pass": "passed", "fail": "failed", "warn": "to be looked at", "waived": "waived", "skipped": "skipped"}
    return ", ".join(f"{counted[result]} {word}" for result, word in words.items() if counted[result]) or "no checks"
