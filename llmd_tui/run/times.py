"""Where a run's time went, folded from its events: for the last screen and for reports."""

from dataclasses import dataclass, field

from llmd_tui.events import Event, PhaseDone, PhaseFailed, PhaseSkipped, PhaseStarted, RunEnded, RunStarted


@dataclass(frozen=True)
class Part:
    """A stretch of a phase's time, in seconds. `stuck` says what it failed at and waited with; empty: it worked."""

    seconds: float
    stuck: str = ""


@dataclass
class PhaseTime:
    """All attempts at one phase and the waits between them. `normal` and `slow` are estimates, in seconds."""

    phase: str
    normal: float = 0.0
    slow: float = 0.0
    parts: list[Part] = field(default_factory=list[Part])
    done: bool = False
    failed_at: float | None = None
    why: str = ""

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def stuck(self) -> float:
        """Seconds that something was wrong."""
        return sum(part.seconds for part in self.parts if part.stuck)

    @property
    def beyond(self) -> float:
        """How much longer it worked than what is called slow."""
        return max(0.0, self.seconds - self.stuck - self.slow) if self.slow else 0.0

    def goes_on(self, at: float) -> None:
        """After a failure: what lies between was spent stuck."""
        if self.failed_at is not None:
            self.parts.append(Part(max(0.0, at - self.failed_at), self.why))
            self.failed_at = None


@dataclass
class Times:
    """`apply` takes each event once, in order. Time in which nobody ran the run is nobody's."""

    phases: dict[str, PhaseTime] = field(default_factory=dict[str, PhaseTime])
    begun: float | None = None
    _ended: RunEnded | None = None
    _away: float = 0.0

    def apply(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._started(event)
            case RunEnded():
                self._ended = event
            case PhaseStarted():
                phase = self._of(event.phase)
                phase.normal, phase.slow = event.normal, event.slow
                phase.goes_on(event.at)
            case PhaseDone() if not (event.found and self._of(event.phase).done):
                phase = self._of(event.phase)
                phase.parts.append(Part(event.seconds))
                phase.done = True
            case PhaseFailed():
                phase = self._of(event.phase)
                phase.parts.append(Part(event.seconds))
                phase.failed_at, phase.why = event.at, event.message
            case PhaseSkipped():
                self._of(event.phase).goes_on(event.at)
            case _:
                pass

    def _started(self, event: RunStarted) -> None:
        if self.begun is None:
            self.begun = event.at
        elif self._ended and (self._ended.outcome == "interrupted" or event.resumed):
            away = max(0.0, event.at - self._ended.at)
            self._away += away
            for phase in self.phases.values():
                if phase.failed_at is not None:
                    phase.failed_at += away
        self._ended = None

    def _of(self, name: str) -> PhaseTime:
        return self.phases.setdefault(name, PhaseTime(name))

    def seconds(self, now: float) -> float:
        """From the beginning to the end, or until now."""
        if self.begun is None:
            return 0.0
        return max(0.0, (self._ended.at if self._ended else now) - self.begun - self._away)

    @property
    def taken(self) -> list[PhaseTime]:
        """Phases that took time, in the order in which they began."""
        return [phase for phase in self.phases.values() if phase.seconds >= 1]
