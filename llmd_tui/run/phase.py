"""One phase on its way: looks, carries out what is missing, waits until the cluster says that it is done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields

from llmd_tui.azure.errors import ArmError
from llmd_tui.clock import Clock
from llmd_tui.events import (
    ActionDone,
    ActionStarted,
    CheckDone,
    CheckLine,
    CheckStarted,
    Event,
    Output,
    PhaseWaiting,
)
from llmd_tui.plan.actions import Action, Arm, Wait
from llmd_tui.plan.commands import commands
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.output import action_file
from llmd_tui.run.board import ACCESS
from llmd_tui.run.tokens import Tokens
from llmd_tui.run.waiting import until
from llmd_tui.run.world import World

NOTHING: Mapping[str, str] = {}


class PhaseRun:
    """Carries out one phase; the Report of its actions.

    `gate` is awaited before each step, with whether that changes anything: it holds a paused run's changes back and
    ends a phase that must go no further.
    """

    def __init__(
        self,
        phase: Phase,
        world: World,
        clock: Clock,
        tokens: Tokens,
        emit: Callable[[Event], None],
        gate: Callable[[bool], Awaitable[None]],
        waived: Mapping[str, str] = NOTHING,
    ) -> None:
        self._phase = phase
        self._world = world
        self._clock = clock
        self._tokens = tokens
        self._emit = emit
        self._gate = gate
        self.waived = waived
        self._resting = False
        self._told: tuple[str, str] | None = None
        self._waits_since = 0.0
        self.action: Action | None = None

    @property
    def phase(self) -> str:
        return self._phase.name

    @property
    def begun(self) -> bool:
        """Also by an earlier process, which was ended in between."""
        return self._tokens.begun(self.phase)

    @property
    def in_flight(self) -> bool:
        """Whether something is being changed, so that leaving now would leave it half done."""
        return self.action is not None and not self._resting

    async def run(self, *, acted: Callable[[], None], predecessors: Callable[[], Awaitable[None]]) -> bool:
        """Returns whether everything was found as it should be, with nothing left to do.

        `acted` is called when the actions have been carried out; `predecessors` returns when the phases of `after`
        are done, without which this one cannot be.
        """
        found = True
        for action in self._phase.actions:
            found = await self._ensure(action) and found
        if self.phase == ACCESS:
            await self._world.connect(self)
        acted()
        await self._gate(False)
        found = await until(self._phase.done, self._world, self._clock, self._tell_wait) and found
        await predecessors()
        self._tokens.finish(self.phase)
        return found

    async def _ensure(self, action: Action) -> bool:
        """Returns whether it was as asked already."""
        if isinstance(action, Wait):
            await self._gate(False)
            return await until((action,), self._world, self._clock, self._tell_wait)
        command = "\n".join(commands(action, action_file(self._phase, action)))
        if await self._world.look(action, self):
            self._emit(ActionDone(self._clock.time(), self.phase, command, changed=False))
            return True
        await self._gate(True)
        self._emit(ActionStarted(self._clock.time(), self.phase, command))
        self._tokens.begin(self.phase)
        self.action = action
        try:
            changed = await self._world.carry_out(action, self)
        except ArmError:
            # The operation has ended: taken up again it would only tell of that once more.
            if isinstance(action, Arm):
                self._tokens.drop(action)
            raise
        finally:
            self.action = None
            self._told = None
        if isinstance(action, Arm):
            self._tokens.drop(action)
        self._emit(ActionDone(self._clock.time(), self.phase, command, changed))
        return False

    def _tell_wait(self, waits_for: str, error: str, since: float) -> None:
        self._emit(PhaseWaiting(self._clock.time(), self.phase, waits_for, since, error))

    def output(self, line: str) -> None:
        self._emit(Output(self._clock.time(), self.phase, line))

    def waiting(self, waits_for: str, error: str = "") -> None:
        now = self._clock.time()
        if self._told is None or self._told[0] != waits_for:
            self._waits_since = now
        if self._told != (waits_for, error):
            self._told = (waits_for, error)
            self._emit(PhaseWaiting(now, self.phase, waits_for, self._waits_since, error))

    def checking(self, check: str) -> None:
        self._emit(CheckStarted(self._clock.time(), self.phase, check))

    def checked(self, line: CheckLine) -> None:
        said = {field.name: getattr(line, field.name) for field in fields(CheckLine)}
        self._emit(CheckDone(at=self._clock.time(), phase=self.phase, **said))

    async def rest(self, seconds: float) -> None:
        self._resting = True
        try:
            await self._gate(True)
            await self._clock.sleep(seconds)
        finally:
            self._resting = False

    def token(self) -> str | None:
        return self._tokens.get(self.action) if isinstance(self.action, Arm) else None

    def keep_token(self, token: str) -> None:
        if isinstance(self.action, Arm):
            self._tokens.keep(self.action, token)
