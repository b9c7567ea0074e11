"""What the run's screens look at: one run, its progress, and the cluster behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from llmd_tui.clock import Clock
from llmd_tui.diagnose.finding import Finding
from llmd_tui.events import Event
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.store import Freshness, Store
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.sight import Sight


class Follow(Protocol):
    """Lines of a container's log, from the API, each with its time before it where the server gives one.

    `previous`: of the container before its last restart; these end. Raises KubeError, UserError.
    """

    def __call__(self, namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]: ...


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
    @property
    def can_go_on(self) -> bool: ...
    def waive(self, phase: str, check: str, reason: str) -> None: ...
    async def repeat_check(self, phase: str, check: str) -> None: ...
    def events(self, position: int = 0, *, forever: bool = False) -> AsyncIterator[Event]: ...


def _nothing_found() -> Sequence[Finding]:
    return ()


def _not_connected(_: str) -> Freshness | None:
    return None


def _nothing_to_abort(_: str) -> str:
    return ""


def _no_cluster() -> Cluster | None:
    return None


@dataclass
class LiveRun:
    """`start` begins or goes on with the run and returns when nothing is left that could go on.

    `freshness` of a kind is None before there is a connection. `findings` are what the diagnosis says now, the worst
    first; `remedy` does what one of them proposes and returns what was done, as a sentence; `accept` waives one, with
    a reason; `save_evidence` writes its evidence and returns the directory; both raise UserError. `abortable` tells
    what of Azure's a phase waits for, `abort` asks Azure to give that up. `account` is the subscription's name,
    `directory` where the run keeps its files; both may be unknown. `cluster` is the connection, None while there is
    none.
    """

    plan: Plan
    choice: Choice
    control: Control
    view: Callable[[], Store]
    follow: Follow
    start: Callable[[], Awaitable[None]]
    clock: Clock
    name: str
    freshness: Callable[[str], Freshness | None] = _not_connected
    findings: Callable[[], Sequence[Finding]] = _nothing_found
    remedy: Callable[[Finding], Awaitable[str]] | None = None
    abortable: Callable[[str], str] = _nothing_to_abort
    abort: Callable[[str], Awaitable[str]] | None = None
    accept: Callable[[Finding, str], None] | None = None
    save_evidence: Callable[[Finding], Path] | None = None
    account: str = ""
    directory: Path | None = None
    cluster: Callable[[], Cluster | None] = _no_cluster
    here: bool = True
    """Whether this process carries it out, so that it can be asked for something."""
    written: dict[str, Path] = field(default_factory=dict[str, Path])
    """What was taken along, by key of `Takeaway.things`."""
    progress: RunProgress = field(init=False)
    sight: Sight = field(init=False)

    def __post_init__(self) -> None:
        self.progress = RunProgress(self.plan)
        self.sight = Sight(self.plan, self.choice, self.progress, self.view, self.clock)

    @property
    def unseen(self) -> str:
        """Why there is no cluster to look at; empty while there is one, or one is to come."""
        if self.here:
            return ""
        if self.control.running:
            return "No connection: another process carries this run out."
        ended = self.progress.ended
        again = "" if ended and ended.outcome == "done" else " r takes it up again."
        return f"No connection: this run is only looked at.{again}"

    def now(self) -> datetime:
        return self.clock.now()
