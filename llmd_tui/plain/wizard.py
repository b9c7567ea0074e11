"""The wizard line by line: its steps in their order, then the plan, then the run as `apply` makes it."""

import asyncio
import os
from pathlib import Path

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.talk import say
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import Session
from llmd_tui.errors import UserError
from llmd_tui.plain.ask import asker
from llmd_tui.plain.interview import Interview, not_taken, sentence
from llmd_tui.plain.options import Step, ask_options, change
from llmd_tui.plain.pool import ask_drivers, ask_pool
from llmd_tui.plain.review import ask_file, command_lines, plan_lines
from llmd_tui.plain.serving import ask_path
from llmd_tui.plain.target import ask_target
from llmd_tui.plan.make import plan_of

WELCOME = "llmd-tui, line by line. Enter takes what stands in brackets. Nothing is created before you type Y."
WHAT_NEXT = "Y creates this, c tells every command, o changes something, q leaves"
LEAVE = "q"
DEMO = "h100-pd-disaggregation"
"""What the demo begins with."""


def start(*, answers: Path | None, demo: bool, scenario: str) -> Exit:
    """Asks until the user creates or leaves. `scenario` is the simulators' in a demo.

    Raises UserError for an answers file that cannot be read.
    """
    draft = Draft.begin(answers, preset=DEMO if demo and answers is None else None)
    if demo:
        # A simulator takes any token.
        os.environ.setdefault("HF_TOKEN", "simulated")
    with asyncio.Runner() as runner:
        session = Session(draft, lambda: None)
        ask = Interview(session, asker(), runner.run)
        try:
            say(WELCOME)
            answer(ask)
            ask_file(ask)
            while wanted := confirmed(ask):
                try:
                    return _create(wanted, scenario if demo else None)
                except UserError as error:
                    say(f"Failed: {sentence(error.message)} {error.remedy}".rstrip())
        finally:
            runner.run(session.close())
    say("Nothing was created.")
    return Exit.DONE


def answer(ask: Interview) -> None:
    """Every question; afterwards nothing is wrong with the draft."""
    _ask_place(ask)
    ask_drivers(ask)
    ask_path(ask)
    ask_options(ask)
    if ask.draft.problems():
        change(ask, _steps(ask))
    _tell(ask)


def confirmed(ask: Interview) -> Wanted | None:
    """What the user wants created, None when that is nothing."""
    while True:
        typed = ask.asker.line(WHAT_NEXT, LEAVE)
        if typed == "Y":
            return _wanted(ask)
        if typed == LEAVE:
            return None
        if typed == "c":
            for line in command_lines(_wanted(ask).plan):
                say(line)
        elif typed == "o":
            change(ask, _steps(ask))
            _tell(ask)
            ask_file(ask)
        else:
            not_taken("Give Y, c, o or q; Y is a capital, because it buys")


def _steps(ask: Interview) -> tuple[Step, ...]:
    """Those that can be taken again."""
    return (
        ("target", lambda: _ask_place(ask)),
        ("size", lambda: ask_pool(ask)),
        ("drivers", lambda: ask_drivers(ask)),
        ("path", lambda: ask_path(ask)),
    )


def _ask_place(ask: Interview) -> None:
    """A target that has room for a size, and the size."""
    ask_target(ask)
    while not ask_pool(ask):
        ask_target(ask)


def _tell(ask: Interview) -> None:
    wanted = _wanted(ask)
    for line in plan_lines(wanted.plan, wanted.choice):
        say(line)


def _wanted(ask: Interview) -> Wanted:
    choice, whole = ask.draft.choice(), ask.draft.whole()
    return Wanted(whole.config(), whole.text, choice, plan_of(choice))


def _create(wanted: Wanted, scenario: str | None) -> Exit:
    # What runs takes a second to import: the first question does not wait for it.
    from llmd_tui.commands.apply import carry_out
    from llmd_tui.plan.output import plan_json
    from llmd_tui.run.directory import RunDirectory
    from llmd_tui.run.timing import run_clock

    asked = terms(wanted.config, simulate=scenario, speed=run_clock().speed, skipped={})
    return carry_out(
        wanted, lambda: RunDirectory.create(asked, wanted.answers, plan_json(wanted.plan)), consent=lambda: True
    )
