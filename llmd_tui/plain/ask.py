"""How a question is put: lines, numbers, nothing on the screen that moves. questionary reads the line."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llmd_tui.commands.talk import say

DUMB = ("", "dumb", "unknown")
"""What TERM says of terminals that can only append."""


@dataclass(frozen=True)
class Option:
    """`note` follows the name. `reason` says why it cannot be taken; empty where it can."""

    key: str
    name: str
    note: str = ""
    reason: str = ""

    @property
    def text(self) -> str:
        after = self.reason or self.note
        return f"{self.name}: {after}" if after else self.name


class Asker(Protocol):
    """Raises KeyboardInterrupt when the user leaves, by Ctrl+C or by ending the input."""

    def choose(self, question: str, options: Sequence[Option], default: str) -> str:
        """The key of an option that can be taken; at least one can, and `default` is the key of such a one."""
        ...

    def line(self, question: str, default: str = "") -> str:
        """What was typed, stripped; `default` when that was nothing."""
        ...


class Lines:
    """`read` shows a prompt and returns what was typed."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def choose(self, question: str, options: Sequence[Option], default: str) -> str:
        # Those that cannot be taken come last.
        ordered = sorted(options, key=lambda option: bool(option.reason))
        possible = sum(not option.reason for option in options)
        say(question)
        for number, option in enumerate(ordered, 1):
            if number == possible + 1:
                say(f"  Not possible now, {len(ordered) - possible}:")
            say(f"  {number}. {option.text}")
        known = {str(number): option for number, option in enumerate(ordered, 1)}
        known |= {word.lower(): option for option in options for word in (option.name, option.key)}
        preset = next(option.name for option in options if option.key == default)
        while True:
            if option := _known(known, self.line("Number or name", preset)):
                return option.key

    def line(self, question: str, default: str = "") -> str:
        try:
            return self._read(f"{question} [{default}]" if default else question).strip() or default
        except (KeyboardInterrupt, EOFError):
            # Questions come before anything is created: whoever leaves at one may know that.
            say("\nNothing was created.")
            raise KeyboardInterrupt from None


def asker() -> Asker:
    """With questionary's editing where the terminal can move its cursor."""
    return Lines(_typed if os.environ.get("TERM", "") in DUMB else _edited())


def _typed(prompt: str) -> str:
    return input(f"{prompt}: ")


def _edited() -> Callable[[str], str]:
    import questionary

    def read(prompt: str) -> str:
        asked: Any = questionary.text(f"{prompt}:", qmark="")
        return str(asked.unsafe_ask())

    return read


def _known(options: Mapping[str, Option], typed: str) -> Option | None:
    """None, and why, for what is not there or cannot be taken."""
    option = options.get(typed.lower())
    if option is None:
        say(f"Not taken: {typed} is none of these.")
    elif option.reason:
        say(f"Not taken: {option.text.rstrip('.')}.")
        return None
    return option
