"""The terminal, as Textual drives it, with its title kept; what happens when it goes away is no fault."""

import os
import sys
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from llmd_tui.text import one_line

_PUSH, _POP = "\x1b[22;0t", "\x1b[23;0t"
"""Terminals without a stack of titles ignore both."""


class LastingDriver(LinuxDriver):
    """Reading and writing just end when the terminal is gone; SIGHUP tells the application what that means."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        out: Any = _Lenient()
        self._file = out

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self.write(_PUSH)

    def stop_application_mode(self) -> None:
        self.write(_POP)
        super().stop_application_mode()

    def resume_application_mode(self) -> None:
        """Not without a terminal: its end comes as SIGHUP and SIGCONT, and the latter means no `fg` then."""
        if os.isatty(self.fileno):
            super().resume_application_mode()

    def run_input_thread(self) -> None:
        with suppress(OSError):
            super().run_input_thread()


class _Lenient:
    """stderr, where Textual writes, but never an error: the writer's thread would end with it, and all with that."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            assert sys.__stderr__
            sys.__stderr__.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            assert sys.__stderr__
            sys.__stderr__.flush()

    def fileno(self) -> int:
        return 2

    def isatty(self) -> bool:
        return True


def let_go_of_terminal() -> None:
    """From now on nothing comes from it and nothing goes to it."""
    quiet, _ = os.pipe()  # The end to write to stays open: there is never anything to read, and no end either.
    os.set_blocking(quiet, False)  # Who was about to read what the terminal said must not wait for ever.
    os.dup2(quiet, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def title_sequence(text: str) -> str:
    """What sets the title of window and tab; nothing of the text can end it early."""
    return f"\x1b]0;{one_line(text, 80)}\x07"
