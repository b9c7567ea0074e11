"""What the run's screens look at: one run, its progress, and the cluster behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from llmd_tui.clock import Clock
from llmd_tui.events import Event
from llmd_tui.kube.store import View
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.run.progress import RunProgress


class Follow(Protocol):
    """Lines of a container's log, from the API."""

    def __call__(self, namespace: str, pod: str, container: str) -> AsyncIterator[str]: ...


class Control(Protocol):
    """What can be asked of a run."""

    @property
    def running(self) -> bool: ...
    @property
    def paused(self) -> bool: ...
    def retry(self, phase: str) -> None: ...
    def skip(self, phase: str, reason: str) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def cancel(self) -> None: ...
    def events(self, position: int = 0) -> AsyncIterator[Event]: ...


@dataclass
class LiveRun:
    """`start` begins or goes on with the run and returns when nothing is left that could go on."""

    plan: Plan
    choice: Choice
    control: Control
    view: Callable[[], View]
    age: Callable[[str], str]
    follow: Follow
    start: Callable[[], Awaitable[None]]
    clock: Clock
    name: str
    progress: RunProgress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = RunProgress(self.plan)

    def now(self) -> datetime:
        return self.clock.now()
