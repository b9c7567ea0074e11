"""The runs of this machine in a row each, for people: where one stands, how long it took, what it costs meanwhile."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmd_tui.events import Event, PhaseDone, PhaseFailed, PhaseSkipped, PhaseStarted, RunEnded, RunStarted
from llmd_tui.render.jsonl import decode
from llmd_tui.run.directory import RunDirectory, directories
from llmd_tui.run.journal import outcome_of

PAID_FROM = "gpu-pool"
"""The phase that buys what costs."""

_QUIET = ('"event": "output"', '"event": "phase_waiting"', '"event": "action_')


@dataclass(frozen=True)
class PastRun:
    """`outcome` is running, done, failed, interrupted or destroyed; `at` names the phase that it was in.

    `seconds` is how long it took. `per_hour` is what it costs by list prices, in USD, as long as nobody deletes it;
    None where nothing was bought or nothing is known. `changed` is when its journal last grew, in seconds since the
    epoch.
    """

    id: str
    cluster: str
    region: str
    outcome: str
    at: str
    seconds: float
    per_hour: float | None
    changed: float
    simulated: bool

    @property
    def resumable(self) -> bool:
        return self.outcome in ("failed", "interrupted")


def past_runs() -> Iterator[PastRun]:
    """Newest first; one that cannot be read is left out."""
    for directory in directories():
        try:
            yield past_run(directory)
        except (OSError, ValueError, TypeError, KeyError):
            continue


def past_run(directory: RunDirectory) -> PastRun:
    """Raises OSError, ValueError, TypeError or KeyError when the directory's files are broken."""
    terms = directory.terms
    events = _events(directory.journal)
    plan: dict[str, Any] = json.loads((directory.path / "plan.json").read_text(encoding="utf-8"))
    paid = any(isinstance(event, PhaseStarted) and event.phase == PAID_FROM for event in events)
    outcome = outcome_of(directory, events)
    return PastRun(
        id=directory.id,
        cluster=terms.cluster,
        region=_region(directory.answers),
        outcome=outcome,
        at=_phase(events),
        seconds=_seconds(events),
        per_hour=plan["cost_per_hour"]["amount"] if paid and outcome != "destroyed" else None,
        changed=(directory.journal if directory.journal.exists() else directory.path).stat().st_mtime,
        simulated=terms.simulate is not None,
    )


def _events(journal: Path) -> list[Event]:
    """Those that begin or end something; the many others are not decoded."""
    events: list[Event] = []
    if not journal.exists():
        return events
    with journal.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(_QUIET, 1):
                continue
            try:
                events.append(decode(line))
            except ValueError:
                continue
    return events


def _phase(events: list[Event]) -> str:
    """The failed phase, else the one that was begun last and not ended."""
    open_phases: dict[str, bool] = {}
    for event in events:
        match event:
            case PhaseStarted(phase=phase):
                open_phases[phase] = False
            case PhaseFailed(phase=phase):
                open_phases[phase] = True
            case PhaseDone(phase=phase) | PhaseSkipped(phase=phase):
                open_phases.pop(phase, None)
            case _:
                pass
    failed = [phase for phase, has_failed in open_phases.items() if has_failed]
    return failed[0] if failed else next(reversed(open_phases), "")


def _seconds(events: list[Event]) -> float:
    """Of all attempts together, by the run's own clock."""
    total, began = 0.0, None
    for event in events:
        if isinstance(event, RunStarted):
            began = event.at
        elif isinstance(event, RunEnded) and began is not None:
            total, began = total + event.seconds, None
    return total + (events[-1].at - began if began is not None else 0.0)


def _region(answers: Path) -> str:
    """By its line: reading the file as answers would take as long as everything else."""
    try:
        lines = answers.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    found = (line.partition(":")[2].strip().strip("'\"") for line in lines if line.strip().startswith("region:"))
    return next(found, "")
