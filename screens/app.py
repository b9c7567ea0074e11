"""The application: it routes between screens and does nothing else."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from llmd_tui.errors import UserError
from llmd_tui.start.settings import Settings, settings
from screens.glyphs import Symbols
from screens.messages import OpenFile, Rehearse
from screens.opening import OpeningScreen
from screens.runs import Runs
from screens.start.start import StartScreen
from screens.terminal import ascii_only
from screens.wizards import Rehearsal

if TYPE_CHECKING:
    from llmd_tui.draft.draft import Draft


class LlmdApp(Runs):
    """Begins with the start screen, or with the wizard when there is a draft or a file of answers."""

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
        answers: Path | None = None,
        rehearse: Rehearsal | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(symbols, settings or Settings(), rehearse or Rehearsal())
        self.scenario = scenario
        self._draft = draft
        self._answers = answers
        self._begin_on_simulators = rehearse is not None

    async def on_mount(self) -> None:
        self.dress()
        self.listen_to_signals()
        if self._draft:
            self.go(self._draft, self.push_screen)
            return
        if self._answers:
            self.push_screen(OpeningScreen(self._answers, self.symbols))
            self.post_message(OpenFile(self._answers))
            return
        self.push_screen(StartScreen(self.symbols, self.person))
        if self._begin_on_simulators:
            self.post_message(Rehearse())

    async def on_unmount(self) -> None:
        await self._end_workers()
        if self.journey:
            await self.journey.session.close()
        if self.live_run:
            await self.live_run.close()
        await self.end_simulators()

    async def _end_workers(self) -> None:
        """They may have processes to end."""
        for worker in self.workers:
            if not worker.is_cancelled:
                worker.cancel()
        await asyncio.gather(*(worker.wait() for worker in self.workers), return_exceptions=True)

    # Back to the start

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "to_start":
            return True
        if isinstance(self.screen, StartScreen) or len(self.screen_stack) > 2:
            return False
        return not self.running

    # What can be asked everywhere

    def action_help(self) -> None:
        from screens.widgets.help import HelpScreen

        self.push_screen(HelpScreen(self.screen, self.symbols))

    def action_export(self) -> None:
        """Of a run, all that can be taken along; in the wizard the answers file, as it stands."""
        from llmd_tui.draft.summary import save

        if self.live:
            from screens.run.takeaway import TakeawayDialog

            self.push_screen(TakeawayDialog(self.live, self.symbols))
            return
        draft = self.session.draft
        name = draft.value("target.azure.cluster").text or draft.value("target.kubeconfig.context").text
        try:
            path = save(draft.whole(), name.replace(os.sep, "-") or "llmd", Path.cwd())
        except UserError as error:
            self.notify(self.symbols.text(str(error)), severity="error", timeout=4, markup=False)
        else:
            self.notify(self.symbols.text(f"written to {path.name}"), timeout=4, markup=False)

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
    """Runs the screens until the user leaves; returns the exit code.

    Raises UserError for settings or a file that cannot be used; nothing was done then.
    """
    chosen = settings()
    rehearse = Rehearsal(scenario, speed, answers) if demo else None
    symbols = Symbols(ascii_only=ascii or ascii_only())
    app = LlmdApp(None, symbols, answers=None if demo else answers, rehearse=rehearse, settings=chosen)
    code = app.run()
    if app.refused:
        raise app.refused
    if app.live_run:
        from screens.launch import tell_where

        tell_where(app.live_run, app.outcome)
    if app.fault:
        raise app.fault
    return code or 0
