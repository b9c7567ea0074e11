"""What a run has come to, folded from its events: for screens and for whoever joins late."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from llmd_tui.events import (
    ActionDone,
    ActionStarted,
    CheckDone,
    Event,
    FindingGone,
    Output,
    PhaseBlocked,
    PhaseDone,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    PhaseWaiting,
    RunEnded,
    RunStarted,
    RunStopping,
)
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.phases import phase_texts
from llmd_tui.rollout.words import estimate
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.found import FoundSoFar
from llmd_tui.run.times import Times

PhaseState: TypeAlias = Literal["pending", "waiting", "running", "slow", "done", "failed", "blocked", "skipped"]
LATEST = 50


@dataclass
class PhaseProgress:
    """One phase. Times in seconds since the epoch; `seconds` is how long it took, once it has ended.

    Its time begins when all of `overlaps`, which it goes along with, are done: the waiting until then is theirs.
    `cut_off`: it went on when the run ended, so nobody knows how far it is.
    """

    name: str
    normal: float
    slow: float
    state: PhaseState = "pending"
    started: float | None = None
    ended: float | None = None
    seconds: float | None = None
    doing: str = ""
    waits_for: str = ""
    error: str = ""
    message: str = ""
    remedy: str = ""
    by: str = ""
    overlaps: set[str] = field(default_factory=set[str])
    cut_off: bool = False

    def elapsed(self, now: float) -> float | None:
        """Seconds so far, or in all."""
        if self.seconds is not None:
            return self.seconds
        return None if self.started is None or self.overlaps else max(0.0, now - self.started)

    def shown_state(self, now: float) -> PhaseState:
        """The state, with a running phase called slow when it is or was cut off, and waiting before its own time."""
        elapsed = self.elapsed(now)
        if self.state == "running" and self.cut_off:
            return "slow"
        if self.state == "running" and self.overlaps:
            return "waiting"
        slow = self.state == "running" and elapsed is not None and elapsed > self.slow
        return "slow" if slow else self.state


@dataclass
class RunProgress:
    """The run as a whole. `apply` takes each event once, in order. `latest` is what happened, the newest first."""

    plan: Plan
    phases: dict[str, PhaseProgress] = field(default_factory=dict[str, PhaseProgress])
    checks: dict[str, CheckDone] = field(default_factory=dict[str, CheckDone])
    latest: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    output: list[tuple[float, str, str]] = field(default_factory=list[tuple[float, str, str]])
    started: float | None = None
    ended: RunEnded | None = None
    stopping: RunStopping | None = None
    checklist: ChecklistProgress = field(init=False)
    times: Times = field(default_factory=Times)
    found: FoundSoFar = field(default_factory=FoundSoFar)

    def __post_init__(self) -> None:
        self.checklist = ChecklistProgress(self.plan)
        for phase in self.plan.phases:
            self.phases[phase.name] = PhaseProgress(phase.name, phase.seconds.normal, phase.seconds.slow)

    def apply(self, event: Event) -> None:
        self.checklist.apply(event)
        self.times.apply(event)
        self.found.apply(event)
        match event:
            case RunStarted():
                self.started = self.started if self.started is not None and event.resumed else event.at
                self.ended = self.stopping = None
            case RunStopping():
                self.stopping = event
            case RunEnded():
                self.ended = event
                self._cut_off(event.at)
            case CheckDone():
                self.checks[event.id] = event
            case Output():
                self.output.append((event.at, event.phase, event.line))
            case FindingGone() if event.reason:
                self.tell(event.at, f"waived, {event.reason}: {event.title}")
            case _:
                if phase := self.phases.get(event.phase):
                    self._apply_to_phase(phase, event)

    def _apply_to_phase(self, phase: PhaseProgress, event: Event) -> None:
        match event:
            case PhaseStarted():
                phase.state, phase.started, phase.seconds, phase.ended = "running", event.at, None, None
                phase.overlaps, phase.cut_off = set(event.beside), False
                phase.message = phase.error = phase.waits_for = ""
            case ActionStarted():
                phase.doing, phase.waits_for, phase.error = event.command, "", ""
            case ActionDone():
                phase.doing = ""
            case PhaseWaiting():
                phase.waits_for, phase.error = event.waits_for, event.error
            case PhaseDone():
                phase.state, phase.seconds, phase.ended = "done", event.seconds, event.at
                self._count_from(phase.name, event.at)
                self.tell(event.at, _finished(phase.name) + (", found so" if event.found else ""))
            case PhaseFailed():
                phase.state, phase.seconds, phase.ended = "failed", event.seconds, event.at
                phase.message, phase.remedy = event.message, event.remedy
                self.tell(event.at, f"{phase.name} failed")
            case PhaseSkipped():
                phase.state, phase.message = "skipped", event.reason
                self._count_from(phase.name, event.at)
            case PhaseBlocked():
                phase.state, phase.by = "blocked", event.by
            case _:
                pass

    def _cut_off(self, at: float) -> None:
        for phase in self.of("running"):
            phase.seconds, phase.ended, phase.cut_off = phase.elapsed(at), at, True

    def _count_from(self, before: str, at: float) -> None:
        for phase in self.phases.values():
            if before in phase.overlaps:
                phase.overlaps.discard(before)
                phase.started = at

    def tell(self, at: float, text: str) -> None:
        """Puts news among the latest, where its time is."""
        self.latest = sorted([(at, text), *self.latest], key=lambda news: -news[0])[:LATEST]

    def of(self, *states: PhaseState) -> list[PhaseProgress]:
        return [phase for phase in self.phases.values() if phase.state in states]

    @property
    def finished(self) -> int:
        """Phases that are done."""
        return len(self.of("done"))

    def left(self, now: float) -> float:
        """Estimated seconds to the end, when what is left takes its normal time."""
        ends: dict[str, float] = {}
        for phase in self.plan.phases:
            own = self.phases[phase.name]
            begin = max((ends[name] for name in phase.predecessors), default=0.0)
            if own.state in ("done", "skipped"):
                ends[phase.name] = 0.0
            elif own.state == "running" and not own.overlaps:
                ends[phase.name] = max(begin, own.normal - (own.elapsed(now) or 0.0), 0.0)
            else:
                ends[phase.name] = begin + own.normal
        return max(ends.values(), default=0.0)

    def by_importance(self, now: float) -> Iterator[PhaseProgress]:
        """Running phases: slow ones first, then those on the critical path, then the longest."""
        critical = set(self.plan.critical_path)
        yield from sorted(
            self.of("running"),
            key=lambda p: (
                p.shown_state(now) != "slow",
                bool(p.overlaps),
                p.name not in critical,
                -(p.normal - (p.elapsed(now) or 0.0)),
            ),
        )

    def current(self, now: float) -> PhaseProgress | None:
        """The phase that the eye should be on: the failed one, else the most important that runs."""
        if failed := self.of("failed"):
            return failed[0]
        return next(self.by_importance(now), None)

    def time_left(self, now: float) -> str:
        """`about 16m left`; `waiting for you` once a failure has stopped all there is."""
        if self.ended:
            return "waiting for you" if self.ended.outcome == "failed" else ""
        return f"about {estimate(self.left(now)).removeprefix('~')} left"


def _finished(phase: str) -> str:
    text = phase_texts().get(phase)
    return text.finished if text else f"{phase} done"
