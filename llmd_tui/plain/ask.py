"""How a question is put: lines, numbers, nothing on the screen that moves. questionary reads the line."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llmd_tui.commands.talk import say
from llmd_tui.text import one_line

DUMB = ("", "dumb", "unknown")
"""What TERM says of terminals that can only append."""
BACK, HELP, WHY = "<", "?", "why"
MOST_REASONS = 5
"""More options than these that cannot be taken are counted, and listed when asked for."""
HELP_TEXT = "Enter takes what stands in brackets. < goes back to the question before. ctrl+c leaves; answers are kept."
CHOICE_HELP = "Type a number or a name of the list."


class Back(Exception):
    """To the question before."""


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
    """Raises KeyboardInterrupt when the user leaves, by Ctrl+C or by ending the input, and Back on `<`.

    `read_lines` is how many were.
    """

    read_lines: int

    def choose(self, question: str, options: Sequence[Option], default: str) -> str:
        """The key of an option that can be taken; at least one can, and `default` is the key of such a one."""
        ...

    def line(self, question: str, default: str = "", about: str = "") -> str:
        """What was typed, stripped; `default` when that was nothing. `about` is told when the user wants to know."""
        ...


class Lines:
    """`read` shows a prompt and returns what was typed."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self.read_lines = 0

    def choose(self, question: str, options: Sequence[Option], default: str) -> str:
        # Those that cannot be taken come last.
        ordered = sorted(options, key=lambda option: bool(option.reason))
        possible = sum(not option.reason for option in options)
        say(question)
        for number, option in enumerate(ordered[:possible], 1):
            say(f"  {number}. {option.text}")
        hidden = len(ordered) - possible
        if hidden > MOST_REASONS:
            say(f"  Not possible now, {hidden}: {WHY} lists them.")
        elif hidden:
            _tell_reasons(ordered, possible)
        known = {str(number): option for number, option in enumerate(ordered, 1)}
        known |= {word.lower(): option for option in options for word in (option.name, option.key)}
        preset = next(option.name for option in options if option.key == default)
        while True:
            typed = self.line("Number or name", preset, CHOICE_HELP)
            if typed == WHY and hidden:
                _tell_reasons(ordered, possible)
            elif option := _known(known, typed):
                return option.key

    def line(self, question: str, default: str = "", about: str = "") -> str:
        prompt = one_line(f"{question} [{default}]" if default else question)
        while True:
            try:
                typed = self._read(prompt).strip()
            except (KeyboardInterrupt, EOFError):
                say("")  # The prompt's row is over.
                raise KeyboardInterrupt from None
            self.read_lines += 1
            if typed == BACK:
                raise Back
            if typed != HELP:
                return typed or default
            say(f"{about} {HELP_TEXT}".strip())


def asker() -> Asker:
    """With questionary's editing where the terminal can move its cursor."""
    return Lines(_typed if os.environ.get("TERM", "") in DUMB else _edited())


def _typed(prompt: str) -> str:
    return input(f"{prompt}: ")


def _edited() -> Callable[[str], str]:
    # Else it asks the terminal where the cursor is, and waits in vain for those that do not tell.
    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
    import questionary

    # Its own colours say nothing.
    plain = questionary.Style([("question", "nobold"), ("answer", "fg:default nobold")])

    def read(prompt: str) -> str:
        asked: Any = questionary.text(f"{prompt}:", qmark="", style=plain)
        return str(asked.unsafe_ask())

    return read


def _tell_reasons(ordered: Sequence[Option], possible: int) -> None:
    say(f"  Not possible now, {len(ordered) - possible}:")
    for number, option in enumerate(ordered[possible:], possible + 1):
        say(f"  {number}. {option.text}")


def _known(options: Mapping[str, Option], typed: str) -> Option | None:
    """None, and why, for what is not there or cannot be taken."""
    option = options.get(typed.lower())
    if option is None:
        say(f"Not taken: {typed} is none of these.")
    elif option.reason:
        say(f"Not taken: {option.text.rstrip('.')}.")
        return None
    return option
