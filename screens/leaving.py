"""How the program ends: asked, interrupted, told by a signal, or without its terminal."""

import asyncio
import signal
from typing import TYPE_CHECKING

from textual.app import App

from llmd_tui.commands.exits import OUTCOMES, Exit
from screens.driver import LastingDriver, let_go_of_terminal
from screens.glyphs import Symbols

if TYPE_CHECKING:
    from llmd_tui.run.run import Run


class Leaving(App[int]):
    """A run that goes is never just dropped: the first request stops it after what is in flight, the second now.

    Without its terminal a run goes on to its end, in its journal.
    """

    symbols: Symbols

    def __init__(self) -> None:
        super().__init__(driver_class=LastingDriver)
        self.live_run: Run | None = None
        self.outcome = ""
        self.leaving = False
        self._interrupted = False

    @property
    def running(self) -> bool:
        """Whether this process carries out a run."""
        return self.live_run is not None and self.live_run.running

    @property
    def fault(self) -> Exception | None:
        """Why the program had to stop, if it had to."""
        return self._exception

    def listen_to_signals(self) -> None:
        """Once the screens are there."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    async def action_quit(self) -> None:
        """Asks first while a run goes."""
        if not self.running:
            self.leave()
        elif not self.leaving:
            from screens.widgets.dialog import Dialog

            words = "The run stops after what is in flight; resume goes on from there."
            dialog = Dialog("A run is going", words, safe="keep it", act=("Q", "stop and quit"), symbols=self.symbols)
            self.push_screen(dialog, self._answered)

    def _answered(self, stop: bool | None) -> None:
        if stop:
            self.stop()

    def action_interrupt(self) -> None:
        self._interrupt()

    def _interrupt(self) -> None:
        """Ctrl+C, and what `kill` sends."""
        self._interrupted = True
        if not self.running:
            self.leave()
        elif not self.leaving:
            self.stop()
        elif self.live_run:
            self.live_run.cancel()

    def stop(self) -> None:
        """The run ends after what is in flight, then the program."""
        self.leaving = True
        if self.live_run and self.live_run.running:
            self.live_run.stop()
        else:
            self.leave()

    def _hang_up(self) -> None:
        """The terminal is gone. A run goes on to its end, as far as that needs nobody."""
        let_go_of_terminal()
        self._interrupted = self.leaving = True
        if not (self.live_run and self.live_run.running):
            self.leave()
        elif self.live_run.paused:
            self.live_run.stop()

    def keep_draft(self) -> None:
        """What was said in the wizard outlives the program."""

    def leave(self) -> None:
        self.keep_draft()
        code = OUTCOMES.get(self.outcome, Exit.DONE)
        self.exit(Exit.INTERRUPTED if self._interrupted and code == Exit.DONE and not self.outcome else code)

    def _fatal_error(self) -> None:
        """The command line tells about it; Textual's own would print our variables over the screen."""
        self._close_messages_no_wait()
