"""stdout is data, stderr is talk."""

import codecs
import sys
from contextlib import suppress

from llmd_tui.errors import UserError
from llmd_tui.text import block, one_line

TWINS = "llmd-tui-twins"
_ALIKE = str.maketrans({"×": "x", "…": "...", "–": "-", "—": "-", "─": "-", "━": "=", "›": ">", "·": "."})


LONGEST = 100_000
"""Characters of a line on the terminal: it wraps, so that a command stays whole."""


def data(text: str) -> None:
    """What a program reads, as it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line for people: what names and messages from outside could do to it, or to a terminal, is taken out."""
    data(one_line(text, LONGEST))


def talk(text: str) -> None:
    """A line for the person at the terminal, if there still is one."""
    with suppress(OSError):
        sys.stderr.write(block(text, LONGEST) + "\n")
        sys.stderr.flush()


def complain(error: UserError) -> None:
    """What is wrong, and what to do about it."""
    talk(f"llmd-tui: {error.message}")
    if error.remedy:
        talk(error.remedy)


def prepare_streams(encoding: str | None = None) -> None:
    """A terminal that cannot show a letter shows one like it, else a question mark; it is no error.

    `encoding` is what to write in; by default what the terminal can show.
    """
    codecs.register_error(TWINS, _twins)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding=encoding or stream.encoding, errors=TWINS)


def _twins(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].translate(_ALIKE).encode("ascii", "replace").decode(), error.end
