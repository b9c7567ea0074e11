"""The routes to runs: a new one, one to look at, one to go on with; and the simulators that some live on."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work
from textual.screen import Screen

from llmd_tui.errors import NotLoggedIn, UserError
from screens.messages import Destroy, DestroyRun, Gone, LogIn, LookAt, RunFinished, TakeUp
from screens.start.start import StartScreen
from screens.widgets.frame import Verdict
from screens.wizard.messages import Create
from screens.wizards import Wizards

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm
    from llmd_tui.plan.choice import Choice
    from llmd_tui.plan.graph import Plan
    from llmd_tui.run.directory import RunDirectory
    from screens.run.live import LiveRun


class Runs(Wizards):
    """`live` is the run that is shown, `live_run` the one that this process carries out."""

    _locked: "RunDirectory | None" = None
    """That of the run in the list which is asked about."""

    # To a run

    @work(group="create", exclusive=True)
    async def on_create(self, _: Create) -> None:
        """Nothing is created before everything that is needed was found."""
        from llmd_tui.start.kept import forget
        from screens.launch import launch

        try:
            self.live_run, live = await launch(self.session.draft, self.scenario, self.person)
        except NotLoggedIn:
            self.post_message(LogIn(lambda: self.post_message(Create())))
            return
        except UserError as error:
            self.complain(error, "Y try again")
            return
        if azure := live.choice.azure:
            name = self.session.azure.subscription_name(azure.subscription)
            live.account = name if name != azure.subscription else ""
        if self.simulators:
            self.simulators.belong_to(self.live_run.directory)
        else:
            forget()
        await self._open(live)

    @work(group="create", exclusive=True)
    async def on_look_at(self, message: LookAt) -> None:
        from llmd_tui.run.directory import find
        from screens.past import past

        def again(skip: dict[str, str]) -> None:
            self.post_message(TakeUp(message.run, skip))

        try:
            live = await asyncio.to_thread(past, find(message.run), again)
        except UserError as error:
            self.complain(error, "")
            return
        await self._open(live)

    @work(group="create", exclusive=True)
    async def on_take_up(self, message: TakeUp) -> None:
        """A run goes on: its lock, its simulators if it had some, and whatever else it needs."""
        from llmd_tui.commands.resume import lock
        from llmd_tui.run.directory import find

        if self.live:
            await self.to_start()
        self.tell(Verdict("running", f"Looking at what there is of {message.run}.", "Then the run goes on.", ""))
        directory: RunDirectory | None = None
        try:
            directory = find(message.run)
            await lock(directory)
            live = await self._taken_up(directory, message.skip)
        except BaseException as error:
            if directory:
                directory.unlock()
            await self.end_simulators()
            if not isinstance(error, UserError):
                raise
            self.complain(error, "r try again")
            if isinstance(error, NotLoggedIn):
                self.post_message(LogIn(lambda: self.post_message(TakeUp(message.run, message.skip))))
            return
        await self._open(live)

    async def _taken_up(self, directory: "RunDirectory", skip: Mapping[str, str]) -> "LiveRun":
        from screens.launch import reopen

        terms = directory.terms
        if terms.simulate:
            await self.begin_simulators(terms.simulate, terms.speed, directory)
        self.live_run, live = await reopen(directory, self.person)
        for phase, reason in skip.items():
            self.live_run.skip(phase, reason)
        return live

    async def _open(self, live: "LiveRun") -> None:
        from screens.run.checklist import ChecklistScreen
        from screens.run.done import DoneScreen
        from screens.run.run import RunScreen

        self.live = live
        await self.forget_run_screens()
        self.install_screen(ChecklistScreen(live, self.symbols), "checklist")
        self.install_screen(DoneScreen(live, self.symbols), "done")
        await self.switch_screen(RunScreen(live, self.symbols))
        await self.forget_journey()

    # Away with it

    def on_destroy(self, _: Destroy) -> None:
        if self.live:
            self._destroy(self.live.choice, self.live.plan, self.live.directory)

    @work(group="create", exclusive=True)
    async def on_destroy_run(self, message: DestroyRun) -> None:
        """Of a run in the list, which nobody carries out meanwhile: on its simulators, if it had some."""
        from llmd_tui.commands.resume import chosen_then, lock
        from llmd_tui.run.directory import find
        from llmd_tui.run.logins import same_login

        directory: RunDirectory | None = None
        try:
            directory = await asyncio.to_thread(find, message.run)
            await lock(directory)
            chosen = await asyncio.to_thread(chosen_then, directory)
            same_login(directory, chosen.config)
            if directory.terms.simulate:
                await self.begin_simulators(directory.terms.simulate, directory.terms.speed, directory)
        except BaseException as error:
            await self.end_simulators()
            if directory:
                directory.unlock()
            if not isinstance(error, UserError):
                raise
            self.complain(error, "")
            return
        self._locked = directory
        self._destroy(chosen.choice, chosen.plan, directory.path)

    def _destroy(self, choice: "Choice", plan: "Plan", files: Path | None) -> None:
        from llmd_tui.run.timing import run_clock
        from screens.destroy.screen import DestroyScreen

        clock, azure, kubeconfig = run_clock(), choice.azure, choice.config.target.kubeconfig

        async def connect() -> "Arm | None":
            from llmd_tui.azure.client import Arm

            return await Arm.connect(azure.subscription, clock=clock, person=self.person) if azure else None

        account = (self.live.account,) if self.live and self.live.account else ()
        crumbs = (azure.region, azure.cluster) if azure else (kubeconfig.context if kubeconfig else "",)
        screen = DestroyScreen(choice, plan, files, connect, clock, (*account, *crumbs), self.symbols)
        self.push_screen(screen, self._not_destroyed)

    @work(group="create", exclusive=True)
    async def on_gone(self, _: Gone) -> None:
        from screens.run.run import RunScreen

        while not isinstance(self.screen, RunScreen | StartScreen):
            await self.pop_screen()
        self._let_go()
        await self.to_start()

    async def _not_destroyed(self, _: None) -> None:
        """Simulators that were there for the question alone are ended."""
        if self.live is None:
            await self.end_simulators()
        self._let_go()

    def _let_go(self) -> None:
        if self._locked:
            self._locked.unlock()
        self._locked = None

    # Back to the start

    @work(group="create", exclusive=True)
    async def action_to_start(self) -> None:
        await self.to_start()

    async def to_start(self) -> None:
        """From the wizard's first step, or from a run that is over."""
        self.keep_draft()
        if self.live_run:
            # Start reads the runs: it is nobody's any more.
            self.live_run.directory.unlock()
        await self.switch_screen(StartScreen(self.symbols, self.person))
        self.live = None
        await self.forget_run_screens()
        await self.forget_journey()
        if self.live_run:
            await self.live_run.close()
            self.live_run = None
        self.outcome = ""
        await self.end_simulators()
        self.scenario = None

    async def forget_run_screens(self) -> None:
        for name in ("checklist", "done"):
            if self.is_screen_installed(name):
                screen = cast(Screen[None], self.get_screen(name))
                self.uninstall_screen(name)
                if screen.is_running:
                    await screen.remove()

    def on_run_finished(self, message: RunFinished) -> None:
        self.refresh_bindings()
        if self.live_run is None:
            return
        self.outcome = message.outcome
        if self.leaving:
            self.leave()
