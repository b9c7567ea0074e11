"""Runs a plan: every phase as soon as what it needs is there, many at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any, TypeAlias

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.events import (
    CheckWaived,
    Event,
    PhaseBlocked,
    PhaseDone,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    RunEnded,
    RunStarted,
    RunStopping,
)
from llmd_tui.plan.actions import Checks
from llmd_tui.plan.graph import Plan
from llmd_tui.run.board import Board, Entry, Outcome, State
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.phase import PhaseRun
from llmd_tui.run.stream import Stream
from llmd_tui.run.tokens import Tokens
from llmd_tui.run.world import World

Sink: TypeAlias = Callable[[Event], None]

log = logging.getLogger(__name__)


class Scheduler:
    """Carries out a plan in a world.

    `start` returns when nothing is left that could go on; after a failure `retry` or `skip`, then start again.
    Events go to `sink` first, which is the journal's place, and then to every listener.
    """

    def __init__(
        self,
        plan: Plan,
        world: World,
        clock: Clock,
        *,
        name: str,
        tokens: Tokens | None = None,
        sink: Sink | None = None,
    ) -> None:
        self.plan = plan
        self.name = name
        self.running = False
        self._world = world
        self.clock = clock
        self._tokens = tokens or Tokens()
        self._sink = sink
        self._stream = Stream()
        self._board = Board(plan)
        self.checklist = ChecklistProgress(plan)
        self._work: dict[str, PhaseRun] = {}
        self._tasks: dict[str, asyncio.Task[bool]] = {}
        self._moved = asyncio.Event()
        self._settled = asyncio.Event()
        self._going = asyncio.Event()
        self._going.set()
        self._stopping = False

    def events(self, position: int = 0, *, forever: bool = False) -> AsyncIterator[Event]:
        """What happened from `position` on, and what happens; for any number of listeners, late ones included.

        Until the run ends; `forever` also hears what is asked of it afterwards, and when it goes on.
        """
        return self._stream.follow(position, forever=forever)

    def state(self, phase: str) -> State:
        return self._board[phase].state

    @property
    def paused(self) -> bool:
        return not self._going.is_set()

    async def start(self, *, resumed: bool = False) -> Outcome:
        """Runs until nothing can go on. Cancelling it ends the run as interrupted."""
        begun = self.clock.time()
        self.running, self._stopping = True, False
        self._emit(RunStarted(begun, self.name, tuple(self._board.entries), resumed))
        skipped = {entry.name: entry.skip_reason for entry in self._board if entry.state == "skipped"}
        for phase, reason in {**self.plan.skipped, **skipped}.items():
            self._emit(PhaseSkipped(begun, phase, reason))
        try:
            while self._launch():
                await self._moved.wait()
                self._moved.clear()
                self._collect()
        except asyncio.CancelledError:
            self._stopping = True
            raise
        finally:
            await self._leave()
            now = self.clock.time()
            self.running = False
            outcome = self._board.outcome(stopped=self._stopping)
            self._emit(RunEnded(now, self.name, outcome, now - begun))
        return outcome

    def retry(self, phase: str) -> None:
        """Lets a failed phase try again, and what waited for it."""
        entry = self._board[phase]
        if entry.state == "failed":
            entry.state = "pending"
            self._board.unblock()
            self._moved.set()

    def skip(self, phase: str, reason: str) -> None:
        """Takes a phase for done. What it is changing at this moment is broken off."""
        entry = self._board[phase]
        if entry.satisfied:
            return
        entry.skip_reason = reason
        if task := self._tasks.get(phase):
            task.cancel()
        else:
            self._skipped(entry)

    def waive(self, phase: str, check: str, reason: str) -> None:
        """Lets a check fail in this run. A phase that has failed for nothing else can go on then."""
        now = self.clock.time()
        self._emit(CheckWaived(now, phase, check, reason))
        line = self.checklist.find(phase, check)
        if line and line.done and line.done.result == "fail":
            self._emit(replace(line.done, at=now, result="warn", waived=reason))
        self._reconsider(phase)

    async def repeat_check(self, phase: str, check: str) -> None:
        """Looks once more, whatever the run is at. A phase that failed for it alone can go on when it passes."""
        begun = self.clock.time()
        work = self._phase_run(self._board[phase])
        try:
            await self._world.carry_out(Checks((check,)), work)
        except UserError:
            line = self.checklist.find(phase, check)
            if line is None or line.done is None or line.done.at < begun:
                raise
        self._reconsider(phase)

    def _reconsider(self, phase: str) -> None:
        entry = self._board[phase]
        if entry.state == "failed" and self.checklist.of(phase) and not self.checklist.obstacles(phase):
            self.retry(phase)

    @property
    def can_go_on(self) -> bool:
        """Whether a phase could begin now; `start` begins it when the run has ended."""
        return bool(self._board.ready())

    def pause(self) -> None:
        """Nothing more is begun or changed; what is in flight ends, and the cluster is still watched."""
        self._going.clear()

    def resume(self) -> None:
        """Goes on after `pause`."""
        self._going.set()
        self._moved.set()

    def stop(self) -> None:
        """Ends the run after what is in flight."""
        if self.running and not self._stopping:
            self._break_off(spare=[phase for phase, work in self._work.items() if work.in_flight])

    def cancel(self) -> None:
        """Ends the run now. What is in flight is broken off; Azure goes on with what it has begun."""
        if self.running:
            self._break_off(spare=[])

    def _break_off(self, spare: list[str]) -> None:
        if not self._stopping:
            in_flight = [phase for phase, work in self._work.items() if work.in_flight]
            self._emit(RunStopping(self.clock.time(), tuple(spare), self._goes_on(in_flight)))
        self._stopping = True
        for phase in self._tasks.keys() - spare:
            self._tasks[phase].cancel()
        self.resume()

    def _goes_on(self, in_flight: list[str]) -> str:
        """What Azure goes on with regardless, and about how long."""
        actions = [action for phase in in_flight if (action := self._work[phase].action)]
        message = self._world.goes_on(actions)
        ends = [self._board[phase].started + self._board[phase].phase.seconds.normal for phase in in_flight]
        left = max(ends, default=0.0) - self.clock.time()
        if not message or left <= 0:
            return message
        what, _, more = message.partition(". ")
        return f"{what.rstrip('.')}, about {max(1, round(left / 60))}m. {more}".rstrip()

    def _launch(self) -> bool:
        """Starts what is ready. Returns whether there is anything to wait for."""
        ready = [] if self._stopping else self._board.ready()
        if not self.paused:
            for entry in ready:
                self._begin(entry)
        return bool(self._tasks or (self.paused and ready))

    def _begin(self, entry: Entry) -> None:
        phase = entry.phase
        entry.state, entry.acted, entry.started = "running", False, self.clock.time()
        beside = tuple(self._board.unfinished_before(entry))
        self._emit(PhaseStarted(entry.started, phase.name, phase.seconds.normal, phase.seconds.slow, beside))
        work = self._phase_run(entry)
        run = work.run(acted=partial(self._acted, entry), predecessors=partial(self._predecessors, entry))
        task = asyncio.create_task(run, name=phase.name)
        task.add_done_callback(lambda _: self._moved.set())
        self._work[phase.name], self._tasks[phase.name] = work, task

    def _phase_run(self, entry: Entry) -> PhaseRun:
        gate, waived = partial(self._gate, entry), self.checklist.waived
        return PhaseRun(entry.phase, self._world, self.clock, self._tokens, self._emit, gate, waived)

    async def _gate(self, entry: Entry, changing: bool) -> None:
        """Before a phase's next step: holds changes back while paused, ends what must not begin anything more."""
        if changing:
            await self._going.wait()
        if self._stopping or self._board.cause(entry):
            raise asyncio.CancelledError

    def _acted(self, entry: Entry) -> None:
        entry.acted = True
        self._moved.set()

    async def _predecessors(self, entry: Entry) -> None:
        """Until the phases of `after` are done."""
        while names := self._board.unfinished_before(entry):
            self._work[entry.name].waiting(" and ".join(names))
            await self._settled.wait()

    def _collect(self) -> None:
        """Takes in the phases that have ended."""
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name], self._work[name]
                self._settle(self._board[name], task)

    def _settle(self, entry: Entry, task: asyncio.Task[bool]) -> None:
        now = self.clock.time()
        seconds = now - entry.started
        error = None if task.cancelled() else task.exception()
        if not task.cancelled() and error is None:
            entry.state = "done"
            self._board.count_from(entry, now)
            self._emit(PhaseDone(now, entry.name, seconds, found=task.result()))
        elif entry.skip_reason:
            self._skipped(entry)
        elif error is not None:
            entry.state = "failed"
            self._emit(PhaseFailed(now, entry.name, seconds, *_explain(error)))
            self._block()
        elif cause := self._board.cause(entry):
            entry.state = "blocked"
            self._emit(PhaseBlocked(now, entry.name, cause))
        else:
            entry.state = "pending"
        self._settled.set()
        self._settled = asyncio.Event()

    def _skipped(self, entry: Entry) -> None:
        now = self.clock.time()
        entry.state = "skipped"
        self._board.count_from(entry, now)
        if self.running:
            self._emit(PhaseSkipped(now, entry.name, entry.skip_reason))
        self._board.unblock()
        self._moved.set()

    def _block(self) -> None:
        """Blocks what depends on a failed phase. What is changing something ends that first."""
        for entry in self._board:
            if entry.state not in ("pending", "running") or not (cause := self._board.cause(entry)):
                continue
            if entry.state == "pending":
                entry.state = "blocked"
                self._emit(PhaseBlocked(self.clock.time(), entry.name, cause))
            elif not self._work[entry.name].in_flight:
                self._tasks[entry.name].cancel()

    async def _leave(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._collect()

    def _emit(self, event: Event) -> None:
        """To the journal and to all listeners, without secrets."""
        texts: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
        clean = {key: self._world.redact(value) for key, value in texts.items() if isinstance(value, str) and value}
        event = replace(event, **clean)
        self.checklist.apply(event)
        if self._sink:
            self._sink(event)
        self._stream.put(event)


def _explain(error: BaseException) -> tuple[str, str]:
    """What is wrong and the next step. A fault of this program goes to the log in full."""
    if isinstance(error, UserError):
        return error.message, error.remedy
    log.error("fault in a phase", exc_info=error)
    text = str(error) or "no text"
    return (
        f"{type(error).__name__}: {text}",
        "This is a fault of llmd-tui; the run's log has the details. Retry goes on.",
    )
