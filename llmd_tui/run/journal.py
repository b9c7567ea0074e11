"""The run's journal and logs: written as things happen, read again by `runs` and by the next start."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from llmd_tui.events import Event, Output, PhaseDone, PhaseSkipped, RunEnded, RunStarted
from llmd_tui.render.jsonl import decode, encode
from llmd_tui.render.plain import Plain
from llmd_tui.run.directory import RunDirectory

log = logging.getLogger(__name__)


class Journal:
    """Every event as a line of journal.jsonl, on disk before anybody hears of it; and each phase's lines in its log.

    Events carry no secrets any more. The journal is a hint to people and to `runs`: what is done, the cluster says.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        self._file = directory.journal.open("a", encoding="utf-8")
        self._logs: dict[str, TextIO] = {}
        self._plain = Plain()
        self._full = False

    def write(self, event: Event) -> None:
        """A full disk ends the writing, not the run: what is done, the cluster says."""
        if self._full:
            return
        try:
            self._write(event)
        except OSError as error:
            self._full = True
            log.warning("the journal ends here: %s", error)

    def _write(self, event: Event) -> None:
        self._file.write(encode(event) + "\n")
        self._file.flush()
        phase = getattr(event, "phase", None)
        if phase:
            log = self._log(phase)
            log.writelines(f"{line}\n" for line in self._lines(event))
            log.flush()

    def close(self) -> None:
        for file in (self._file, *self._logs.values()):
            with suppress(OSError):
                file.close()

    def _lines(self, event: Event) -> list[str]:
        at = f"{datetime.fromtimestamp(event.at, UTC):%Y-%m-%dT%H:%M:%SZ}"
        lines = [event.line] if isinstance(event, Output) else self._plain.lines(event)
        return [f"{at} {line}" for line in lines]

    def _log(self, phase: str) -> TextIO:
        if phase not in self._logs:
            path = self._directory.path / "logs" / f"{phase}.log"
            self._logs[phase] = path.open("a", encoding="utf-8")
        return self._logs[phase]


def read(directory: RunDirectory) -> list[Event]:
    """The events of a run so far. A line that a killed process left half written is left out."""
    if not directory.journal.exists():
        return []
    events: list[Event] = []
    for line in directory.journal.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            events.append(decode(line))
        except ValueError:
            continue
    return events


def outcome_of(directory: RunDirectory, events: Sequence[Event]) -> str:
    """running, done, failed, interrupted or destroyed."""
    # Checks are repeated and waived after the end, too.
    last = next((event for event in reversed(events) if isinstance(event, RunEnded | RunStarted)), None)
    outcome = last.outcome if isinstance(last, RunEnded) else "interrupted"
    # One that is done may still be looked at by who made it; one that failed may be tried again by them.
    if outcome != "done" and directory.locked():
        return "running"
    return "destroyed" if directory.destroyed else outcome


@dataclass(frozen=True)
class Summary:
    """A run in one row. `started` is seconds since the epoch."""

    id: str
    cluster: str
    outcome: str
    started: float | None
    done: int
    phases: int
    simulated: bool

    @property
    def resumable(self) -> bool:
        return self.outcome in ("failed", "interrupted")


def summary(directory: RunDirectory) -> Summary:
    events = read(directory)
    begun = [event for event in events if isinstance(event, RunStarted)]
    phases = begun[-1].phases if begun else ()
    done = {event.phase for event in events if isinstance(event, PhaseDone | PhaseSkipped)} & set(phases)
    return Summary(
        id=directory.id,
        cluster=directory.terms.cluster,
        outcome=outcome_of(directory, events),
        started=begun[0].at if begun else None,
        done=len(done),
        phases=len(phases),
        simulated=directory.terms.simulate is not None,
    )
