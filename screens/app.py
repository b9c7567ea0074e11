"""The application: it routes between screens and does nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from llmd_tui.draft.session import Session, begin
from llmd_tui.draft.steps import STEPS, Step
from screens.glyphs import Symbols
from screens.terminal import ascii_only
from screens.widgets.help import HelpScreen
from screens.wizard.base import WizardScreen
from screens.wizard.drivers import DriversScreen
from screens.wizard.messages import Create, Found, Go
from screens.wizard.options import OptionsScreen
from screens.wizard.path import PathScreen
from screens.wizard.review import ReviewScreen
from screens.wizard.size import SizeScreen
from screens.wizard.target import TargetScreen

WIZARD: dict[Step, type[WizardScreen]] = {
    "target": TargetScreen,
    "size": SizeScreen,
    "drivers": DriversScreen,
    "path": PathScreen,
    "options": OptionsScreen,
    "review": ReviewScreen,
}


class LlmdApp(App[int]):
    """Begins with the wizard's first step."""

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

    def __init__(self, answers: Path | None, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self.session = begin(answers, lambda: self.post_message(Found()))
        self._installed: set[Step] = set()

    @property
    def fault(self) -> Exception | None:
        """Why the program had to stop, if it had to."""
        return self._exception

    def on_mount(self) -> None:
        self.theme = "textual-dark"
        self._show("target")

    async def on_unmount(self) -> None:
        await self.session.close()

    # Routes

    def on_go(self, message: Go) -> None:
        self._show(message.step)

    def on_found(self) -> None:
        if isinstance(self.screen, WizardScreen):
            self.screen.show()

    def on_create(self, message: Create) -> None:
        pass

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.screen, self.symbols))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action of the screen at hand, then the steps, then Textual's own."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description:
                yield SystemCommand(binding.description, binding.key, lambda key=binding.key: self.simulate_key(key))
        yield from super().get_system_commands(screen)

    def _show(self, step: Step) -> None:
        if step not in self._installed:
            self._installed.add(step)
            self.install_screen(WIZARD[step](self.session, self.symbols), step)
        if isinstance(self.screen, WizardScreen):
            self.switch_screen(step)
        else:
            self.push_screen(step)

    def _fatal_error(self) -> None:
        """The command line tells about it; Textual's own would print our variables over the screen."""
        self._close_messages_no_wait()


def start(*, answers: Path | None, demo: bool, plain: bool = False, ascii: bool = False) -> int:  # noqa: A002
    """Runs the screens until the user leaves; returns the exit code. Raises UserError before the first frame."""
    app = LlmdApp(answers, Symbols(ascii_only=ascii or ascii_only()))
    code = app.run()
    if app.fault:
        raise app.fault
    return code or 0


assert tuple(WIZARD) == STEPS
