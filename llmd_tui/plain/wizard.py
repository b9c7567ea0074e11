"""The wizard line by line: its steps in their order, then the plan, then the run in lines."""

import asyncio
import os
import time
from pathlib import Path

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.login import InLines
from llmd_tui.commands.talk import say
from llmd_tui.commands.terminal import DEMO
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import Session
from llmd_tui.errors import UserError
from llmd_tui.plain.ask import Asker, Back, asker
from llmd_tui.plain.flow import Question, from_the_first
from llmd_tui.plain.interview import Interview, sentence
from llmd_tui.plain.options import OPTIONS, Steps, change
from llmd_tui.plain.pool import DRIVERS_AND_OS, SIZE_AND_NODES
from llmd_tui.plain.review import Review
from llmd_tui.plain.serving import PATH_AND_MODEL
from llmd_tui.plain.target import TARGET
from llmd_tui.rollout.words import age
from llmd_tui.start.kept import forget, keep, kept

WELCOME = (
    "llmd-tui, line by line. Nothing is created before you type Y.",
    "Enter takes what stands in brackets, < goes back a question, ? tells more, ctrl+c leaves.",
)
STEPS: Steps = {
    "target": (*TARGET, *SIZE_AND_NODES),
    "size": SIZE_AND_NODES,
    "drivers": DRIVERS_AND_OS,
    "path": PATH_AND_MODEL,
}
"""Those that can be taken again."""


def start(*, answers: Path | None, demo: bool, scenario: str) -> Exit:
    """Asks until the user creates or leaves. `scenario` is the simulators' in a demo.

    Raises UserError for an answers file that cannot be read.
    """
    draft = Draft.begin(answers, preset=DEMO if demo and answers is None else None)
    if demo:
        # A simulator takes any token.
        os.environ.setdefault("HF_TOKEN", "hf_simulated")
    asks = asker()
    for line in WELCOME:
        say(line)
    keeping = not demo
    if keeping and answers is None:
        draft = _left_behind(asks) or draft
    begun_with = draft.answers.text
    with asyncio.Runner() as runner:
        session = Session(draft, lambda: None, InLines(say, chooses=True))
        ask = Interview(session, asks, runner.run)
        review = Review(STEPS, scenario if demo else None)
        try:
            from_the_first(ask, (*QUESTIONS, *review.questions))
        finally:
            runner.run(session.close())
            if not review.created:
                say("Nothing was created.")
            if keeping and not review.created and draft.answers.text != begun_with:
                keep(draft, "review" if review.reached else "target")
                say("Your answers are kept; the next start offers them.")
            elif keeping and review.created:
                forget()
    return review.code


def _left_behind(asks: Asker) -> Draft | None:
    """The draft that was kept, if the user wants it."""
    left = kept()
    if left is None:
        return None
    ago = age(time.time() - left.at)
    while True:
        try:
            typed = asks.line(f"A draft of {ago} ago is kept: {left.words or 'little was said'}. Go on with it?", "yes")
            return left.draft() if typed in ("y", "yes") else None
        except Back:
            say("This is the first question.")
        except UserError as error:
            say(f"Failed: {sentence(error.message)} {error.remedy}".rstrip())
            return None


def _settle(ask: Interview) -> None:
    """Until nothing is wrong with the draft."""
    if ask.draft.problems():
        change(ask, STEPS)


QUESTIONS = (*TARGET, *SIZE_AND_NODES, *DRIVERS_AND_OS, *PATH_AND_MODEL, *OPTIONS, Question(_settle))
