"""Somebody who answers: with what was agreed for a question, else with enter."""

import asyncio
from collections.abc import Mapping, Sequence

from llmd_tui.azure.person import Person
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import Session
from llmd_tui.plain.ask import Lines, Option
from llmd_tui.plain.flow import from_the_first
from llmd_tui.plain.interview import Interview
from llmd_tui.plain.wizard import QUESTIONS

MOST = 60
LEAVE = "ctrl+c"


class Script(Lines):
    """`answers` holds, by the beginning of a question, what is typed when it comes the first, the second ... time.

    LEAVE leaves, as Ctrl+C does; so does being asked too much.
    """

    def __init__(self, answers: Mapping[str, str | list[str]]) -> None:
        super().__init__(self._next)
        self._answers = {key: [said] if isinstance(said, str) else list(said) for key, said in answers.items()}
        self._question = ""
        self.asked: list[str] = []
        self.defaults: dict[str, str] = {}
        self.options: dict[str, Sequence[Option]] = {}

    def choose(self, question: str, options: Sequence[Option], default: str) -> str:
        self._question = question
        self.options[question] = options
        self.defaults[question] = default
        try:
            return super().choose(question, options, default)
        finally:
            self._question = ""

    @property
    def left(self) -> dict[str, list[str]]:
        """What was agreed and never asked for."""
        return {key: said for key, said in self._answers.items() if said}

    def _next(self, prompt: str) -> str:
        question = self._question or prompt
        self.asked.append(question)
        agreed = next((said for key, said in self._answers.items() if said and question.startswith(key)), [""])
        typed = agreed.pop(0)
        if typed == LEAVE or len(self.asked) > MOST:
            raise KeyboardInterrupt
        return typed


def answered(script: Script, draft: Draft | None = None, person: Person | None = None) -> Interview:
    """After all questions; everything that was agreed has been asked for."""
    with asyncio.Runner() as runner:
        ask = Interview(Session(draft or Draft.begin(), lambda: None, person), script, runner.run)
        try:
            from_the_first(ask, QUESTIONS)
        finally:
            runner.run(ask.session.close())
    assert script.left == {}
    return ask
