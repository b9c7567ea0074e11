"""The checklist of a run, folded from its events: for the scheduler, for screens and for reports."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from llmd_tui.events import (
    CheckDone,
    CheckStarted,
    CheckWaived,
    Event,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    RunEnded,
)
from llmd_tui.plan.actions import Checks
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.render.checklist import CheckReport


@dataclass
class Line:
    """One check of one phase. `started` is seconds since the epoch while it looks; `done` what it said last."""

    id: str
    phase: str
    started: float | None = None
    done: CheckDone | None = None

    @property
    def key(self) -> str:
        """The same check can be part of two phases."""
        return f"{self.phase}/{self.id}"


@dataclass
class ChecklistProgress:
    """All checks of a plan from the start on, in order. `apply` takes each event once, in order."""

    plan: Plan
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    waived: dict[str, str] = field(default_factory=dict[str, str])
    skipped: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        for phase in self.plan.phases:
            for action in _checks(phase):
                self.left_out |= action.left_out
                self.waived |= action.waived
                for name in action.ids:
                    line = Line(name, phase.name)
                    self.lines[line.key] = line

    def apply(self, event: Event) -> None:
        match event:
            case PhaseStarted():
                # It looks at everything anew.
                self.skipped.pop(event.phase, None)
                for line in self.of(event.phase):
                    line.started = line.done = None
            case CheckStarted():
                if line := self.find(event.phase, event.id):
                    line.started = event.at
            case CheckDone():
                if line := self.find(event.phase, event.id):
                    line.started, line.done = None, event
            case CheckWaived():
                self.waived[event.id] = event.reason
            case PhaseFailed() | PhaseSkipped():
                self._end(event.phase)
                if isinstance(event, PhaseSkipped):
                    self.skipped[event.phase] = event.reason
            case RunEnded():
                self._end(None)
            case _:
                pass

    def _end(self, phase: str | None) -> None:
        for line in self.lines.values():
            if phase in (None, line.phase):
                line.started = None

    def find(self, phase: str, check: str) -> Line | None:
        return self.lines.get(f"{phase}/{check}")

    def of(self, phase: str) -> list[Line]:
        return [line for line in self.lines.values() if line.phase == phase]

    @property
    def phases(self) -> tuple[str, ...]:
        """Those with checks, in the plan's order."""
        return tuple(dict.fromkeys(line.phase for line in self.lines.values()))

    @property
    def done(self) -> Iterator[CheckDone]:
        """What was said so far, in order."""
        return (line.done for line in self.lines.values() if line.done)

    @property
    def running(self) -> list[Line]:
        return [line for line in self.lines.values() if line.started is not None]

    def obstacles(self, phase: str) -> list[Line]:
        """The checks that keep a phase from being done."""
        return [
            line for line in self.of(phase) if line.done and line.done.result == "fail" and line.id not in self.waived
        ]

    def report(self, at: float, title: str, *phases: str) -> CheckReport:
        """As it stands, of these phases or of all. What was not reached says so."""
        lines = [line for line in self.lines.values() if not phases or line.phase in phases]
        return CheckReport(
            title=title,
            lines=tuple(line.done for line in lines if line.done),
            at=at,
            waiting=tuple(line.id for line in lines if not line.done),
            left_out=self.left_out,
        )


def _checks(phase: Phase) -> Iterator[Checks]:
    return (action for action in phase.actions if isinstance(action, Checks))
