"""The application: it routes between screens and does nothing else."""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from llmd_tui.commands.terminal import DEMO
from llmd_tui.errors import UserError
from llmd_tui.start.settings import Settings, settings
from screens.glyphs import Symbols
from screens.messages import Begin, Continue, LookAt, OpenFile, Rehearse, RunFinished, TakeUp
from screens.personal import Personal
from screens.start.start import StartScreen
from screens.terminal import ascii_only
from screens.widgets.frame import Verdict
from screens.wizard.messages import Create, Found, Go

if TYPE_CHECKING:
    from llmd_tui.commands.simulation import Simulators
    from llmd_tui.config.answers import Answers
    from llmd_tui.draft.draft import Draft
    from llmd_tui.draft.session import Session
    from llmd_tui.draft.steps import Step
    from llmd_tui.run.directory import RunDirectory
    from screens.journey import Journey
    from screens.run.live import LiveRun


@dataclass(frozen=True)
class Rehearsal:
    """What is tried without Azure: the scenario, and what the wizard begins with."""

    scenario: str = "smooth"
    speed: float = 60.0
    answers: Path | None = None


class LlmdApp(Personal):
    """Begins with the start screen, or with the wizard when there is a draft.

    `scenario` is that of simulators which are there already; `rehearse` asks for simulators of its own.
    """

    TITLE = "llmd-tui"
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high"), (46, "-tall")]  # noqa: RUF012 - Textual's own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "to_start", "start", key_display="esc", id="app.start"),
        Binding("question_mark,f1", "help", "help", id="app.help"),
        Binding("ctrl+p", "command_palette", "commands", key_display="ctrl+p", id="app.commands"),
        Binding("q", "quit", "quit", show=False, id="app.quit"),
        Binding("ctrl+c", "interrupt", "stop", show=False, priority=True, id="app.interrupt"),
    ]

    def __init__(
        self,
        draft: "Draft | None",
        symbols: Symbols,
        scenario: str | None = None,
        *,
        rehearse: "Rehearsal | None" = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(symbols, settings or Settings())
        self.journey: Journey | None = None
        self._draft = draft
        self._scenario = scenario
        self._rehearse = rehearse or Rehearsal()
        self._begin_on_simulators = rehearse is not None
        self._simulators: Simulators | None = None

    @property
    def session(self) -> "Session":
        """The wizard's."""
        assert self.journey
        return self.journey.session

    async def on_mount(self) -> None:
        self.dress()
        self.listen_to_signals()
        if self._draft:
            self._go(self._draft, self.push_screen)
            return
        self.push_screen(StartScreen(self.symbols))
        if self._begin_on_simulators:
            self.post_message(Rehearse())

    async def on_unmount(self) -> None:
        if self.journey:
            await self.journey.session.close()
        if self.live_run:
            await self.live_run.close()
        await self._end_simulators()

    # To the wizard

    def _go(self, draft: "Draft", show: Callable[[str], object], step: "Step" = "target") -> None:
        from screens.journey import Journey

        self.journey = Journey(self, draft, self.symbols)
        show(self.journey.at(step))

    def _wizard(self, draft: Callable[[], "Draft"], step: "Step" = "target") -> None:
        """Another draft; the start screen says why not."""
        try:
            self._go(draft(), self.switch_screen, step)
        except UserError as error:
            self._tell(error, "")

    def on_begin(self, message: Begin) -> None:
        from llmd_tui.draft.draft import Draft

        def begin() -> Draft:
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
        from llmd_tui.draft.draft import Draft

        self._wizard(lambda: Draft.begin(message.path))

    @work(group="rehearse", exclusive=True)
    async def on_rehearse(self, _: Rehearse) -> None:
        """The wizard on simulators, which take a moment to come up."""
        from llmd_tui.draft.draft import Draft

        asked = self._rehearse
        self._say(Verdict("running", "The simulators start.", "Nothing will be bought.", "q quit"))
        try:
            draft = Draft.begin(asked.answers, preset=None if asked.answers else DEMO)
            await self._begin_simulators(asked.scenario, asked.speed)
        except UserError as error:
            self._tell(error, "t try again")
            return
        # A simulator takes any token.
        os.environ.setdefault("HF_TOKEN", "hf_simulated")
        self._scenario = asked.scenario
        self._go(draft, self.switch_screen)

    def on_go(self, message: Go) -> None:
        if self.journey:
            self.switch_screen(self.journey.at(message.step))
            self.keep_draft()

    def on_found(self, _: Found) -> None:
        # What is read may be given up after the last screen has gone.
        if self.journey and self.screen_stack:
            self.journey.show(self.screen)

    # To a run

    @work(group="create", exclusive=True)
    async def on_create(self, _: Create) -> None:
        """Nothing is created before everything that is needed was found."""
        from screens.launch import launch

        try:
            self.live_run, live = await launch(self.session.draft, self._scenario)
        except UserError as error:
            self._tell(error, "Y try again")
            return
        if self._simulators:
            self._simulators.belong_to(self.live_run.directory)
        else:
            self._forget_draft()
        await self._open(live)

    @work(group="create", exclusive=True)
    async def on_look_at(self, message: LookAt) -> None:
        from llmd_tui.run.directory import find
        from screens.past import past

        def again() -> None:
            self.post_message(TakeUp(message.run))

        try:
            live = await asyncio.to_thread(past, find(message.run), again)
        except UserError as error:
            self._tell(error, "")
            return
        await self._open(live)

    @work(group="create", exclusive=True)
    async def on_take_up(self, message: TakeUp) -> None:
        """A run goes on: its lock, its simulators if it had some, and whatever else it needs."""
        from llmd_tui.commands.resume import lock
        from llmd_tui.run.directory import find

        self._say(Verdict("running", f"Looking at what there is of {message.run}.", "Then the run goes on.", ""))
        directory: RunDirectory | None = None
        try:
            directory = find(message.run)
            await lock(directory)
            live = await self._taken_up(directory)
        except BaseException as error:
            if directory:
                directory.unlock()
            await self._end_simulators()
            if not isinstance(error, UserError):
                raise
            self._tell(error, "r try again")
            return
        await self._open(live)

    async def _taken_up(self, directory: "RunDirectory") -> "LiveRun":
        from screens.launch import reopen

        terms = directory.terms
        if terms.simulate:
            await self._begin_simulators(terms.simulate, terms.speed, directory)
        self.live_run, live = await reopen(directory)
        return live

    async def _open(self, live: "LiveRun") -> None:
        from screens.run.checklist import ChecklistScreen
        from screens.run.done import DoneScreen
        from screens.run.run import RunScreen

        self.live = live
        await self._forget_run_screens()
        self.install_screen(ChecklistScreen(live, self.symbols), "checklist")
        self.install_screen(DoneScreen(live, self.symbols), "done")
        await self.switch_screen(RunScreen(live, self.symbols))
        await self._forget_journey()

    # Back to the start

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "to_start":
            return True
        if isinstance(self.screen, StartScreen) or len(self.screen_stack) > 2:
            return False
        return not self.running

    @work(group="create", exclusive=True)
    async def action_to_start(self) -> None:
        """From the wizard's first step, or from a run that is over."""
        self.keep_draft()
        await self.switch_screen(StartScreen(self.symbols))
        self.live = None
        await self._forget_run_screens()
        await self._forget_journey()
        if self.live_run:
            await self.live_run.close()
            self.live_run = None
        self.outcome = ""
        await self._end_simulators()
        self._scenario = None

    def keep_draft(self) -> None:
        """Not of a rehearsal: its choices are about a simulated account."""
        if self.journey and self._scenario is None and self.live is None:
            self.journey.keep()

    def _forget_draft(self) -> None:
        from llmd_tui.start.kept import forget

        forget()

    async def _forget_journey(self) -> None:
        journey, self.journey = self.journey, None
        if journey:
            await journey.close()

    async def _forget_run_screens(self) -> None:
        for name in ("checklist", "done"):
            if self.is_screen_installed(name):
                screen = cast(Screen[None], self.get_screen(name))
                self.uninstall_screen(name)
                if screen.is_running:
                    await screen.remove()

    # Simulators

    async def _begin_simulators(self, scenario: str, speed: float, directory: "RunDirectory | None" = None) -> None:
        from llmd_tui.commands.simulation import Simulators

        await self._end_simulators()
        self._simulators = Simulators(scenario, speed, directory)
        await asyncio.to_thread(self._simulators.start)

    async def _end_simulators(self) -> None:
        simulators, self._simulators = self._simulators, None
        if simulators:
            await asyncio.to_thread(simulators.stop)

    # What is told

    def _tell(self, error: UserError, key: str) -> None:
        self._say(Verdict("failed", error.message, error.remedy, key))

    def _say(self, verdict: Verdict) -> None:
        from screens.base import FrameScreen

        if isinstance(self.screen, FrameScreen):
            self.screen.tell(verdict)

    def on_run_finished(self, message: RunFinished) -> None:
        self.outcome = message.outcome
        self.refresh_bindings()
        if self.leaving:
            self.leave()

    # What can be asked everywhere

    def action_help(self) -> None:
        from screens.widgets.help import HelpScreen

        self.push_screen(HelpScreen(self.screen, self.symbols))

    def action_export(self) -> None:
        """The answers file, as it stands."""
        from llmd_tui.draft.summary import save

        try:
            answers, name = self._answers()
            path = save(answers, name.replace(os.sep, "-") or "llmd", Path.cwd())
        except UserError as error:
            self.notify(self.symbols.text(str(error)), severity="error", timeout=4, markup=False)
        else:
            self.notify(self.symbols.text(f"written to {path.name}"), timeout=4, markup=False)

    def _answers(self) -> "tuple[Answers, str]":
        """What was said, and the cluster's name: of the wizard, or of the run that is shown."""
        if self.live and self.live.directory:
            from llmd_tui.config.answers import Answers

            return Answers.load(self.live.directory / "answers.yaml"), self.live.name
        draft = self.session.draft
        return draft.whole(), draft.value("target.azure.cluster").text or draft.value("target.kubeconfig.context").text

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the screen at hand, then Textual's own."""
        from screens.commands import commands

        yield from commands(self, screen)
        yield from super().get_system_commands(screen)


def keys() -> str:
    """Every key's id, as lines for keys.yaml."""
    from screens.keymap import listing

    return listing()


def start(
    *,
    answers: Path | None,
    demo: bool,
    ascii: bool = False,  # noqa: A002 - the flag's name
    scenario: str = "smooth",
    speed: float = 60.0,
) -> int:
    """Runs the screens until the user leaves; returns the exit code. Raises UserError before the first frame."""
    chosen = settings()
    draft = rehearse = None
    if demo:
        rehearse = Rehearsal(scenario, speed, answers)
    elif answers:
        from llmd_tui.draft.draft import Draft

        draft = Draft.begin(answers)
    app = LlmdApp(draft, Symbols(ascii_only=ascii or ascii_only()), rehearse=rehearse, settings=chosen)
    code = app.run()
    if app.live_run:
        from screens.launch import tell_where

        tell_where(app.live_run, app.outcome)
    if app.fault:
        raise app.fault
    return code or 0
