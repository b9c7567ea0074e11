"""How long the steps of a rollout take: presets/stages.yaml, typed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeAlias

from llmd_tui.presets.loading import Preset, read
from llmd_tui.rollout.reading import seconds_between

State: TypeAlias = Literal["pending", "waiting", "running", "done", "slow", "failed", "blocked"]
"""`waiting` for a named thing that is on its way; `blocked` by one that failed. `done` is also a pod that is well."""

WORST_FIRST: tuple[State, ...] = ("failed", "slow", "running", "waiting", "blocked", "pending", "done")


def worst(states: Iterable[State]) -> State:
    """Of one state or more."""
    present = set(states)
    return next(state for state in WORST_FIRST if state in present)


class Step(Preset):
    """`doing` completes "... for 4m47s". Times in seconds; `stuck` None where only an error tells."""

    name: str
    doing: str
    usual: tuple[float, float]
    slow: float
    stuck: float | None

    def judge(self, since: datetime | None, now: datetime) -> State:
        """`running`, `slow` or, past the limit, `failed`; without a start it is `running`."""
        passed = seconds_between(since, now) or 0.0
        if self.stuck is not None and passed >= self.stuck:
            return "failed"
        return "slow" if passed >= self.slow else "running"


class Work(Preset):
    """What a container does between its start and being ready. `restarts` are part of a good rollout."""

    word: str = ""
    step: str = "starting"
    pull: str = "pull"
    restarts: int = 0


@cache
def steps() -> Mapping[str, Step]:
    """By name."""
    return {name: Step(name=name, **row) for name, row in _data("steps").items()}


@cache
def works() -> Mapping[str, Work]:
    """By container."""
    return {name: Work(**row) for name, row in _data("containers").items()}


def step(name: str) -> Step:
    return steps()[name]


def work(container: str) -> Work:
    """Of the container of that name; what any container does, where it is not listed."""
    return works().get(container, Work())


@cache
def node_problems() -> frozenset[str]:
    """Node conditions that tell of a failure when True."""
    return frozenset(read("stages.yaml")["node_problems"])


def _data(part: str) -> Mapping[str, Mapping[str, Any]]:
    return read("stages.yaml")[part]
