"""What all questions share: the draft that takes the answers, and how a refused one is asked again."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from llmd_tui.commands.talk import say
from llmd_tui.config.fields import fields
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.session import Session
from llmd_tui.plain.ask import Asker, Back, Option

NONE = "none"


@dataclass(frozen=True)
class Interview:
    """`wait` carries out a coroutine between two questions: within a loop Ctrl+C would not reach the question."""

    session: Session
    asker: Asker
    wait: Callable[[Coroutine[Any, Any, None]], None]

    @property
    def draft(self) -> Draft:
        return self.session.draft

    def read(self, what: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Says what is read, and reads it."""
        say(what)
        self.wait(coroutine)

    def choose(self, question: str, options: Sequence[Option], default: str = "") -> str:
        """The key of the option taken. Where none can be, every reason is told, and it goes back."""
        possible = [option.key for option in options if not option.reason]
        if not possible:
            say(f"{question}: nothing can be chosen.")
            for option in options:
                say(f"  {option.text}")
            raise Back
        return self.asker.choose(question, options, default if default in possible else possible[0])

    def text(
        self, path: str, question: str, default: str = "", *, refused: Callable[[], str] | None = None, hint: str = ""
    ) -> None:
        """Asks for a field until its text can be taken. `refused` tells what else is wrong once the draft has it."""
        while True:
            shown = default or self.draft.text(path)
            about = fields()[path].description
            typed = self.asker.line(f"{question} ({hint})" if hint else question, shown or NONE, about)
            if self.take(path, "" if typed == NONE else typed, refused):
                return

    def take(self, path: str, text: str, refused: Callable[[], str] | None = None) -> bool:
        """Whether the draft has the text now. Where not the reason is told, and the draft is as it was."""
        before = self.draft.value(path) if self.draft.said(path) else None
        problem = self.draft.set(path, text) or (refused() if refused else "")
        if problem:
            not_taken(problem)
            self.draft.reset(path)
            if before:
                self.draft.say(path, before.value, before.source)
        return not problem

    def yes(self, question: str, *, default: bool) -> bool:
        while True:
            typed = self.asker.line(f"{question} yes or no", "yes" if default else "no").lower()
            if typed in ("y", "yes", "n", "no"):
                return typed.startswith("y")
            not_taken("Give yes or no.")


def not_taken(problem: str) -> None:
    say(f"Not taken: {sentence(problem)}")


def failed(reading: Reading[Any]) -> None:
    """Why something could not be read, and what to do about it."""
    say(f"Failed: {sentence(reading.error)} {reading.remedy}".strip())


def sentence(text: str) -> str:
    return text if text.endswith((".", "?", ")")) else f"{text}."
