"""The phases as rows: those of one request together, each with when it ran, runs, or may run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from llmd_tui.run.progress import PhaseProgress, PhaseState, RunProgress

_WORST_FIRST: tuple[PhaseState, ...] = (
    "failed",
    "slow",
    "running",
    "waiting",
    "blocked",
    "pending",
    "done",
    "skipped",
)
_ONE_REQUEST = ("cluster", "gpu-pool")
"""A new cluster comes with its GPU pool, by one PUT."""


@dataclass(frozen=True)
class PhaseRow:
    """`names` are one phase, or several that one request makes. `elapsed` and `normal` in seconds.

    `begin` and `end` are seconds since the run began, estimated for what has not happened yet.
    """

    names: tuple[str, ...]
    state: PhaseState
    elapsed: float | None
    normal: float
    begin: float
    end: float
    critical: bool
    cut_off: bool = False
    """One of them went on when the run ended."""

    @property
    def key(self) -> str:
        return self.names[0]

    @property
    def title(self) -> str:
        return ", ".join(self.names)


def phase_rows(progress: RunProgress, now: float, stuck: Collection[str] = ()) -> list[PhaseRow]:
    """In the plan's order. `stuck` are running phases of which it is known that they cannot end: they have failed.

    What is ahead of those is blocked by them.
    """
    times = expected(progress, now)
    states = _states(progress, now, stuck)
    critical = set(progress.plan.critical_path)
    rows: list[PhaseRow] = []
    for names in _together(list(progress.phases)):
        phases = [progress.phases[name] for name in names]
        rows.append(
            PhaseRow(
                names=names,
                state=_state([states[name] for name in names]),
                elapsed=_elapsed(phases, now),
                normal=sum(phase.normal for phase in phases),
                begin=min(times[name][0] for name in names),
                end=max(times[name][1] for name in names),
                critical=bool(critical & set(names)),
                cut_off=any(phase.cut_off and phase.state == "running" for phase in phases),
            )
        )
    return rows


def _together(names: Sequence[str]) -> list[tuple[str, ...]]:
    first, *others = _ONE_REQUEST
    if not all(name in names for name in _ONE_REQUEST):
        return [(name,) for name in names]
    return [_ONE_REQUEST if name == first else (name,) for name in names if name not in others]


def _states(progress: RunProgress, now: float, stuck: Collection[str]) -> dict[str, PhaseState]:
    states: dict[str, PhaseState] = {}
    for phase in progress.plan.phases:
        state = progress.phases[phase.name].shown_state(now)
        if phase.name in stuck and state in ("running", "slow", "waiting"):
            state = "failed"
        elif stuck and state == "pending" and any(states[name] in ("failed", "blocked") for name in phase.predecessors):
            state = "blocked"
        states[phase.name] = state
    return states


def _state(states: Sequence[PhaseState]) -> PhaseState:
    worst: PhaseState = next(state for state in _WORST_FIRST if state in states)
    return "running" if worst == "pending" and "done" in states else worst


def _elapsed(phases: Sequence[PhaseProgress], now: float) -> float | None:
    known = [elapsed for phase in phases if (elapsed := phase.elapsed(now)) is not None]
    return sum(known) if known else None


def expected(progress: RunProgress, now: float) -> dict[str, tuple[float, float]]:
    """When each phase began and ended, in seconds since the run began; estimates for what lies ahead."""
    begun = progress.started if progress.started is not None else now
    current = now - begun
    times: dict[str, tuple[float, float]] = {}
    for phase in progress.plan.phases:
        own = progress.phases[phase.name]
        ready = max((times[name][1] for name in phase.predecessors), default=0.0)
        if own.state == "skipped":
            times[phase.name] = (ready, ready)
        elif own.started is None or own.overlaps or own.state in ("pending", "blocked"):
            begin = max(ready, current)
            times[phase.name] = (begin, begin + own.normal)
        elif own.ended is not None:
            times[phase.name] = (own.started - begun, own.ended - begun)
        else:
            times[phase.name] = (own.started - begun, max(current, own.started - begun + own.normal))
    return times
