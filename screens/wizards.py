"""The routes through the wizard: of a new draft, of a kept one, of a file, on simulators."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.terminal import DEMO
from llmd_tui.errors import UserError
from llmd_tui.loading import load
from llmd_tui.start.settings import Settings
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.login.logins import Logins
from screens.messages import Begin, Continue, OpenFile, Rehearse
from screens.opening import OpeningScreen
from screens.widgets.frame import Verdict
from screens.wizard.messages import Found, Go

if TYPE_CHECKING:
    from llmd_tui.commands.simulation import Simulators
    from llmd_tui.draft.draft import Draft
    from llmd_tui.draft.session import Session
    from llmd_tui.draft.steps import Step
    from llmd_tui.run.directory import RunDirectory
    from screens.journey import Journey


@dataclass(frozen=True)
class Rehearsal:
    """What is tried without Azure: the scenario, and what the wizard begins with."""

    scenario: str = "smooth"
    speed: float = 60.0
    answers: Path | None = None


class Wizards(Logins):
    """`scenario` is that of the simulators which are there, None where Azure is the real one."""

    def __init__(self, symbols: Symbols, settings: Settings, rehearsal: Rehearsal) -> None:
        super().__init__(symbols, settings)
        self.journey: Journey | None = None
        self.scenario: str | None = None
        self._rehearsal = rehearsal
        self.simulators: Simulators | None = None
        self.refused: UserError | None = None
        """What is wrong with the file that the program was started for."""

    @property
    def session(self) -> "Session":
        """The wizard's."""
        assert self.journey
        return self.journey.session

    def go(self, draft: "Draft", show: Callable[[str], object], step: "Step" = "target") -> None:
        from screens.journey import Journey

        self.journey = Journey(self, draft, self.symbols, self.person)
        show(self.journey.at(step))

    @work(group="wizard", exclusive=True)
    async def _wizard(self, draft: Callable[[], "Draft"], step: "Step" = "target") -> None:
        """Another draft. The start screen says why not; a program that was started for it ends with that."""
        if self.journey or any(worker.group == "rehearse" and not worker.is_finished for worker in self.workers):
            # Another way into the wizard was taken a moment ago.
            return
        started_for_it = isinstance(self.screen, OpeningScreen)
        if not started_for_it:
            self.tell(Verdict("running", "The wizard opens.", "", ""))
        await load("screens.journey")
        try:
            made = await asyncio.to_thread(draft)
        except UserError as error:
            if started_for_it:
                self._refuse(error)
            else:
                self.complain(error, "")
            return
        self.go(made, self.switch_screen, step)

    def on_begin(self, message: Begin) -> None:
        def begin() -> "Draft":
            from llmd_tui.draft.draft import Draft

            draft = Draft.begin()
            if message.context:
                draft.aim("kubeconfig")
                draft.say("target.kubeconfig.context", message.context)
            return draft

        self._wizard(begin)

    def on_continue(self, _: Continue) -> None:
        from llmd_tui.start.kept import kept

        if left := kept():
            self._wizard(left.draft, left.step)

    def on_open_file(self, message: OpenFile) -> None:
        def read() -> "Draft":
            from llmd_tui.draft.draft import Draft

            return Draft.begin(message.path)

        self._wizard(read)

    @work(group="rehearse", exclusive=True)
    async def on_rehearse(self, _: Rehearse) -> None:
        """The wizard on simulators, which take a moment to come up."""
        if self.journey:
            return
        self.workers.cancel_group(self, "wizard")
        asked = self._rehearsal
        self.tell(Verdict("running", "The simulators start.", "Nothing will be bought.", "q quit"))
        await load("screens.journey")
        from llmd_tui.draft.draft import Draft

        try:
            draft = Draft.begin(asked.answers, preset=None if asked.answers else DEMO)
        except UserError as error:
            self._refuse(error)
            return
        try:
            await self.begin_simulators(asked.scenario, asked.speed)
        except UserError as error:
            self.complain(error, "t try again")
            return
        # A simulator takes any token.
        os.environ.setdefault("HF_TOKEN", "hf_simulated")
        self.scenario = asked.scenario
        self.go(draft, self.switch_screen)

    def _refuse(self, error: UserError) -> None:
        """The file that the program was started with: nothing was done, the command line says why."""
        self.refused = error
        self.exit(Exit.MISUSE)

    def on_go(self, message: Go) -> None:
        if self.journey:
            self.switch_screen(self.journey.at(message.step))
            self.keep_draft()

    def on_found(self, _: Found) -> None:
        # What is read may be given up after the last screen has gone.
        if self.journey and self.screen_stack:
            self.journey.show(self.screen)

    def keep_draft(self) -> None:
        """Not of a rehearsal: its choices are about a simulated account."""
        if self.journey and self.scenario is None and self.live is None:
            self.journey.keep()

    async def forget_journey(self) -> None:
        journey, self.journey = self.journey, None
        if journey:
            await journey.close()

    # Simulators

    async def begin_simulators(self, scenario: str, speed: float, directory: "RunDirectory | None" = None) -> None:
        from llmd_tui.commands.simulation import Simulators

        await self.end_simulators()
        self.simulators = Simulators(scenario, speed, directory)
        await asyncio.to_thread(self.simulators.start)

    async def end_simulators(self) -> None:
        simulators, self.simulators = self.simulators, None
        if simulators:
            await asyncio.to_thread(simulators.stop)

    # What is told

    def complain(self, error: UserError, key: str) -> None:
        self.tell(Verdict("failed", error.message, error.remedy, key))

    def tell(self, verdict: Verdict) -> None:
        if isinstance(self.screen, FrameScreen):
            self.screen.tell(verdict)
