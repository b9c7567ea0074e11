"""The application: it routes between screens and does nothing else."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import Step
from llmd_tui.draft.summary import save
from llmd_tui.errors import UserError
from screens.glyphs import Symbols
from screens.messages import RunFinished
from screens.terminal import ascii_only
from screens.widgets.frame import Verdict
from screens.widgets.help import HelpScreen
from screens.wizard.base import WizardScreen
from screens.wizard.drivers import DriversScreen
from screens.wizard.messages import Found, Go
from screens.wizard.options import OptionsScreen
from screens.wizard.path import PathScreen
from screens.wizard.review import ReviewScreen
from screens.wizard.size import SizeScreen
from screens.wizard.target import TargetScreen

if TYPE_CHECKING:
    from llmd_tui.run.run import Run
    from screens.run.live import LiveRun

WIZARD: dict[Step, type[WizardScreen]] = {
    "target": TargetScreen,
    "size": SizeScreen,
    "drivers": DriversScreen,
    "path": PathScreen,
    "options": OptionsScreen,
    "review": ReviewScreen,
}
DEMO = "h100-pd-disaggregation"
"""What the demo begins with."""


class LlmdApp(App[int]):
    """Begins with the wizard's first step. `scenario` is the simulators' in a demo."""

    TITLE = "llmd-tui"
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]  # noqa: RUF012 - Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high"), (46, "-tall")]  # noqa: RUF012 - Textual's own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "help", id="app.help"),
        Binding("ctrl+p", "command_palette", "commands", key_display="ctrl+p", id="app.commands"),
        Binding("q", "quit", "quit", show=False, id="app.quit"),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True, id="app.interrupt"),
    ]

    def __init__(self, draft: Draft, symbols: Symbols, scenario: str | None = None) -> None:
        super().__init__()
        self.symbols = symbols
        self.session = Session(draft, self._found)
        self.live_run: Run | None = None
        self._scenario = scenario
        self._leaving = False
        self.outcome = ""

    @property
    def fault(self) -> Exception | None:
        """Why the program had to stop, if it had to."""
        return self._exception

    def on_mount(self) -> None:
        self.theme = "textual-dark"
        self.push_screen(self._step("target"))

    def _found(self) -> None:
        self.post_message(Found())

    async def on_unmount(self) -> None:
        await self.session.close()
        if self.live_run:
            await self.live_run.close()

    # Routes

    def on_go(self, message: Go) -> None:
        self.switch_screen(self._step(message.step))

    def on_found(self) -> None:
        if isinstance(self.screen, WizardScreen):
            self.screen.show()

    @work(group="create", exclusive=True)
    async def on_create(self) -> None:
        """Nothing is created before everything that is needed was found."""
        from screens.launch import launch

        try:
            self.live_run, live = await launch(self.session.draft, self._scenario)
        except UserError as error:
            if isinstance(self.screen, WizardScreen):
                self.screen.tell(Verdict("failed", error.message, error.remedy, "Y try again"))
            return
        self._open(live)

    def _open(self, live: "LiveRun") -> None:
        from screens.run.checklist import ChecklistScreen
        from screens.run.done import DoneScreen
        from screens.run.run import RunScreen

        self.install_screen(ChecklistScreen(live, self.symbols), "checklist")
        self.install_screen(DoneScreen(live, self.symbols), "done")
        self.switch_screen(RunScreen(live, self.symbols))

    def on_run_finished(self, message: RunFinished) -> None:
        self.outcome = message.outcome
        if self._leaving:
            self._leave()

    def _step(self, step: Step) -> Step:
        """A step's screen is made when it is first shown, and kept."""
        if not self.is_screen_installed(step):
            self.install_screen(WIZARD[step](self.session, self.symbols), step)
        return step

    # What can be asked everywhere

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.screen, self.symbols))

    def action_export(self) -> None:
        """The answers file, as it stands."""
        draft = self.session.draft
        name = draft.value("target.azure.cluster").text or draft.value("target.kubeconfig.context").text
        try:
            path = save(draft.whole(), name.replace(os.sep, "-") or "llmd", Path.cwd())
        except UserError as error:
            self.notify(self.symbols.text(str(error)), severity="error", timeout=4, markup=False)
        else:
            self.notify(self.symbols.text(f"written to {path.name}"), timeout=4, markup=False)

    async def action_quit(self) -> None:
        """While a run goes: the first time after what is in flight, the second time now."""
        run = self.live_run
        if run is None or not run.running:
            self._leave()
        elif self._leaving:
            run.cancel()
        else:
            self._leaving = True
            run.stop()

    def _leave(self) -> None:
        from llmd_tui.commands.exits import OUTCOMES

        self.exit(OUTCOMES.get(self.outcome, 0))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the screen at hand, then Textual's own."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and binding.action != "command_palette":
                yield SystemCommand(binding.description, f"key {binding.key}", self._presser(binding.key))
        yield from super().get_system_commands(screen)

    def _presser(self, key: str) -> Callable[[], None]:
        return lambda: self.simulate_key(key)

    def _fatal_error(self) -> None:
        """The command line tells about it; Textual's own would print our variables over the screen."""
        self._close_messages_no_wait()


def start(
    *,
    answers: Path | None,
    demo: bool,
    ascii: bool = False,  # noqa: A002 - the flag's name
    scenario: str = "smooth",
) -> int:
    """Runs the screens until the user leaves; returns the exit code. Raises UserError before the first frame."""
    draft = Draft.begin(answers, preset=DEMO if demo and answers is None else None)
    if demo:
        # A simulator takes any token.
        os.environ.setdefault("HF_TOKEN", "simulated")
    app = LlmdApp(draft, Symbols(ascii_only=ascii or ascii_only()), scenario if demo else None)
    code = app.run()
    if app.live_run:
        from screens.launch import tell_where

        tell_where(app.live_run, app.outcome)
    if app.fault:
        raise app.fault
    return code or 0
