"""Questions in their order, and back to an earlier one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llmd_tui.commands.talk import say
from llmd_tui.draft.draft import Draft
from llmd_tui.plain.ask import Back
from llmd_tui.plain.interview import Interview


def always(_: Draft) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """`when` tells whether the answers so far call for it. `ask` may find that there is nothing to ask.

    Raises Back when the user wants the question before, or it turns out that there is no other way.
    """

    ask: Callable[[Interview], None]
    when: Callable[[Draft], bool] = always


def walk(ask: Interview, questions: Sequence[Question]) -> None:
    """Asks them all. Raises Back from the first: what came before is for the caller to know."""
    at, back = 0, False
    while at < len(questions):
        question, asked = questions[at], ask.asker.read_lines
        try:
            if question.when(ask.draft):
                question.ask(ask)
        except Back:
            back = True
        else:
            # What was not asked is no place to stay at on the way back.
            back = back and ask.asker.read_lines == asked
        at += -1 if back else 1
        if at < 0:
            raise Back


def from_the_first(ask: Interview, questions: Sequence[Question]) -> None:
    """Like `walk`, where nothing was before."""
    while True:
        try:
            return walk(ask, questions)
        except Back:
            say("This is the first question.")
