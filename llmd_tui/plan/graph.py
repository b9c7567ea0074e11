"""The plan: a graph of phases for one config."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import TopologicalSorter

from llmd_tui.plan.actions import Action, Wait


@dataclass(frozen=True)
class Seconds:
    """How long a phase takes, estimated: usually, and when it is to be called slow."""

    normal: float
    slow: float


@dataclass(frozen=True)
class Phase:
    """A named step of the rollout.

    It starts when every phase of `needs` is done and every phase of `after` has carried out its actions; it cannot be
    done before those of `after` are done. `seconds` count from when all of that is there.
    """

    name: str
    why: str
    actions: tuple[Action, ...]
    done: tuple[Wait, ...]
    seconds: Seconds
    undo: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

    @property
    def predecessors(self) -> tuple[str, ...]:
        return self.needs + self.after


@dataclass(frozen=True)
class Cost:
    """List price of what the plan keeps running. `as_of` is the date of the price list.

    `at_most` is what it comes to when the autoscaler has made all the nodes that it may; None without one.
    """

    amount: float | None
    currency: str
    as_of: str
    at_most: float | None = None


@dataclass(frozen=True)
class Plan:
    """Phases in an order that respects their needs; `skipped` tells why the others are not part of it."""

    phases: tuple[Phase, ...]
    skipped: Mapping[str, str]
    cost_per_hour: Cost
    warnings: tuple[str, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, Phase]:
        return {phase.name: phase for phase in self.phases}

    @cached_property
    def finish(self) -> Mapping[str, float]:
        """Seconds from the start to the end of each phase, when all take their normal time."""
        ends: dict[str, float] = {}
        for phase in self.phases:
            begin = max((ends[name] for name in phase.predecessors), default=0.0)
            ends[phase.name] = begin + phase.seconds.normal
        return ends

    @cached_property
    def critical_path(self) -> tuple[str, ...]:
        """The chain of phases that decides how long the rollout takes, first to last."""
        if not self.phases:
            return ()
        last = max(self.phases, key=lambda phase: self.finish[phase.name])
        chain = [last.name]
        while last.predecessors:
            last = self.by_name[max(last.predecessors, key=lambda name: self.finish[name])]
            chain.append(last.name)
        return tuple(reversed(chain))

    @property
    def critical_seconds(self) -> float:
        return max(self.finish.values(), default=0.0)

    @property
    def sequential_seconds(self) -> float:
        """One phase after the other, as numbered scripts do it."""
        return sum(phase.seconds.normal for phase in self.phases)


def order(phases: Iterable[Phase]) -> tuple[Phase, ...]:
    """Topological order that keeps the given order where it is free; needs outside the plan are dropped.

    Raises graphlib.CycleError on a cycle.
    """
    listed = list(phases)
    present = {phase.name for phase in listed}
    kept = {
        phase.name: replace(
            phase,
            needs=tuple(name for name in phase.needs if name in present),
            after=tuple(name for name in phase.after if name in present),
        )
        for phase in listed
    }
    sorter = TopologicalSorter({phase.name: phase.predecessors for phase in kept.values()})
    sorter.prepare()
    rank = {phase.name: position for position, phase in enumerate(listed)}
    ready: list[str] = []
    result: list[Phase] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
        name = ready.pop(0)
        result.append(kept[name])
        sorter.done(name)
    return tuple(result)
