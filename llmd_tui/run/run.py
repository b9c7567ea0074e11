"""One run: a plan being carried out in the real world, with its directory."""

import logging
from contextlib import ExitStack, suppress

from llmd_tui.azure.login import logged
from llmd_tui.clock import Clock
from llmd_tui.events import CheckDone, CheckWaived, Event, FindingGone, RunEnded
from llmd_tui.kube.observe import Observer
from llmd_tui.kube.store import Store
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.graph import Plan
from llmd_tui.run.actions.arm import under_way
from llmd_tui.run.board import Outcome
from llmd_tui.run.diagnosis import Diagnosis
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.found import FoundSoFar
from llmd_tui.run.journal import Journal, read
from llmd_tui.run.logins import keep_login
from llmd_tui.run.report import write_report
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.surroundings import Surroundings
from llmd_tui.run.tokens import Tokens

REPORTED = RunEnded | CheckDone | CheckWaived | FindingGone
"""After the end each of these is a new word on the run."""


class Run(Scheduler):
    """A scheduler that keeps its journal, logs, continuation tokens and report in `directory`.

    `close` when it is not needed any more, not before: `store` and `diagnosis` are live until then, also after the end.
    """

    def __init__(self, plan: Plan, surroundings: Surroundings, directory: RunDirectory, clock: Clock) -> None:
        self.directory = directory
        self.surroundings = surroundings
        self._journal = Journal(directory)
        self._log = logging.FileHandler(directory.path / "logs" / "llmd-tui.log", delay=True)
        logging.getLogger("llmd_tui").addHandler(self._log)
        self._logged = ExitStack()
        self._logged.enter_context(logged(self._log))
        super().__init__(
            plan,
            surroundings,
            clock,
            name=directory.id,
            tokens=Tokens(directory.tokens),
            sink=self._hear,
        )
        self.diagnosis = Diagnosis(plan, surroundings, clock, emit=self._emit, retry=self.retry)
        surroundings.settle(plan, directory.path)
        if surroundings.arm:
            keep_login(directory, surroundings.arm)
        told = FoundSoFar()
        for event in read(directory):
            told.apply(event)
            if isinstance(event, CheckWaived):
                self.checklist.apply(event)
        self.diagnosis.accept(told.waived)
        for phase, reason in directory.terms.skipped.items():
            if phase in plan.by_name:
                self.skip(phase, reason)

    @property
    def store(self) -> Store:
        """What is seen of the cluster; empty until the phase `access` is done."""
        return self.surroundings.store

    @property
    def observer(self) -> Observer | None:
        """None until the phase `access` is done."""
        return self.surroundings.observer

    def _hear(self, event: Event) -> None:
        self._journal.write(event)
        self.diagnosis.hear(event)
        if not self.running and isinstance(event, REPORTED):
            with suppress(OSError):
                write_report(self.directory)

    async def start(self, *, resumed: bool = False) -> Outcome:
        self.diagnosis.start()
        self.directory.note_made_again()
        return await super().start(resumed=resumed)

    def abortable(self, phase: str) -> str:
        """What of Azure's the phase waits for, as `cluster llmd`; empty where there is nothing to give up."""
        work = self._work.get(phase)
        action = work.action if work else None
        return under_way(action) if isinstance(action, Arm) else ""

    async def abort(self, phase: str) -> str:
        """Asks Azure to give up what the phase waits for: that ends it there, which leaving does not.

        Returns what is given up, empty where nothing of Azure's is under way. The phase then fails, and can be retried.
        """
        work = self._work.get(phase)
        action = work.action if work else None
        return await self.surroundings.abort(action) if isinstance(action, Arm) else ""

    async def close(self) -> None:
        await self.diagnosis.close()
        await self.surroundings.close()
        self._journal.close()
        logging.getLogger("llmd_tui").removeHandler(self._log)
        self._logged.close()
        self._log.close()
        self.directory.unlock()
