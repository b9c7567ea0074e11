"""`llmd-tui apply`: carries a plan out."""

import asyncio
import sys
from argparse import Namespace
from contextlib import AbstractContextManager, nullcontext

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, pretend_secrets, terms, wanted
from llmd_tui.commands.ready import ready
from llmd_tui.commands.selection import skipped
from llmd_tui.commands.showing import show
from llmd_tui.commands.simulation import simulation
from llmd_tui.commands.talk import talk
from llmd_tui.errors import UserError
from llmd_tui.plan.output import plan_json
from llmd_tui.render.plan import in_short, plan_text
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock


def run(arguments: Namespace) -> int:
    chosen = wanted(arguments)
    omitted = skipped(chosen.plan, only=arguments.only, skip=arguments.skip, start=arguments.start)
    asked = terms(chosen.config, simulate=arguments.simulate, speed=arguments.speed, skipped=omitted)
    if not arguments.yes and not sys.stdin.isatty():
        raise UserError("There is no terminal to ask for your consent.", "Look at `llmd-tui plan`, then add --yes.")
    with _simulators(asked), asyncio.Runner() as runner:
        if asked.simulate:
            pretend_secrets(chosen)
        return _carry_out(runner, arguments, chosen, asked)


def _simulators(asked: Terms) -> AbstractContextManager[None]:
    return simulation(asked.simulate, asked.speed) if asked.simulate else nullcontext()


def _carry_out(runner: asyncio.Runner, arguments: Namespace, chosen: Wanted, asked: Terms) -> int:
    clock = run_clock()
    surroundings = runner.run(ready(chosen, clock))
    try:
        if not arguments.yes and not _consent(chosen):
            talk("Nothing was created.")
            return Exit.MISUSE
        talk(in_short(chosen.plan))
        directory = RunDirectory.create(asked, chosen.answers, plan_json(chosen.plan))
        return runner.run(show(Run(chosen.plan, surroundings, directory, clock), arguments.output, resumed=False))
    finally:
        runner.run(surroundings.close())


def _consent(chosen: Wanted) -> bool:
    talk(plan_text(chosen.plan))
    sys.stderr.write("Type Y to create this: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "Y"
