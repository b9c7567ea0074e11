"""`llmd-tui apply`: carries a plan out."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Callable

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, terms, wanted
from llmd_tui.commands.login import somebody
from llmd_tui.commands.ready import ready
from llmd_tui.commands.rehearsal import rehearsal
from llmd_tui.commands.selection import skipped
from llmd_tui.commands.showing import show
from llmd_tui.commands.talk import talk
from llmd_tui.errors import UserError
from llmd_tui.plan.output import plan_json
from llmd_tui.render.plan import in_short, plan_text
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock


def run(arguments: Namespace) -> int:
    chosen = wanted(arguments, arguments.simulate)
    omitted = skipped(chosen.plan, only=arguments.only, skip=arguments.skip, start=arguments.start)
    asked = terms(chosen.config, simulate=arguments.simulate, speed=arguments.speed, skipped=omitted)
    if not arguments.yes and not sys.stdin.isatty():
        raise UserError("There is no terminal to ask for your consent.", "Look at `llmd-tui plan`, then add --yes.")

    def create() -> RunDirectory:
        return RunDirectory.create(asked, chosen.answers, plan_json(chosen.plan))

    def consent() -> bool:
        return arguments.yes or _consent(chosen)

    if asked.simulate:
        return _rehearse(chosen, create(), consent, arguments.output)
    return carry_out(chosen, create, consent, arguments.output)


def _rehearse(chosen: Wanted, directory: RunDirectory, consent: Callable[[], bool], output: str) -> int:
    """On simulators, which write into the directory from their start on; one without a run is not left behind."""
    try:
        with rehearsal(chosen, directory):
            return carry_out(chosen, lambda: directory, consent, output)
    finally:
        if not directory.journal.exists():
            directory.remove()


def carry_out(
    chosen: Wanted, create: Callable[[], RunDirectory], consent: Callable[[], bool], output: str = "text"
) -> Exit:
    """Reaches what is needed, asks for consent, and only then creates the run and shows it.

    Raises UserError for what is missing; nothing is created then.
    """
    clock = run_clock()
    with asyncio.Runner() as runner:
        surroundings = runner.run(ready(chosen, clock, somebody()))
        try:
            # Outside of the loop: within it a Ctrl+C would not reach the question.
            if not consent():
                talk("Nothing was created.")
                return Exit.MISUSE
            talk(in_short(chosen.plan))
            run = Run(chosen.plan, surroundings, create(), clock)
            return runner.run(show(run, output, resumed=False))
        finally:
            runner.run(surroundings.close())


def _consent(chosen: Wanted) -> bool:
    talk(plan_text(chosen.plan))
    sys.stderr.write("Type Y to create this: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "Y"
