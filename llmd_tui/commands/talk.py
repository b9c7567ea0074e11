"""stdout is data, stderr is talk."""

import sys
from contextlib import suppress

from llmd_tui.errors import UserError


def data(text: str) -> None:
    """A line, or several, for whoever reads the output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def talk(text: str) -> None:
    """A line for the person at the terminal, if there still is one."""
    with suppress(OSError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def complain(error: UserError) -> None:
    """What is wrong, and what to do about it."""
    talk(f"llmd-tui: {error.message}")
    if error.remedy:
        talk(error.remedy)


def prepare_streams() -> None:
    """A terminal that cannot show a letter shows a question mark, not an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
