"""`llmd-tui resume`: takes a run up again. What is done, the cluster says; the journal is a hint."""

import asyncio
from argparse import Namespace
from contextlib import AbstractContextManager, nullcontext

from llmd_tui.commands.inputs import planned, pretend_secrets
from llmd_tui.commands.ready import ready
from llmd_tui.commands.showing import show
from llmd_tui.commands.simulation import simulation
from llmd_tui.commands.talk import talk
from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.errors import UserError
from llmd_tui.render.plan import in_short
from llmd_tui.run.directory import RunDirectory, directories, find
from llmd_tui.run.journal import summary
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock


def run(arguments: Namespace) -> int:
    directory = find(arguments.id) if arguments.id else _newest()
    directory.lock()
    try:
        with _simulators(directory), asyncio.Runner() as runner:
            return _go_on(runner, arguments, directory)
    finally:
        directory.unlock()


def _newest() -> RunDirectory:
    for directory in directories():
        if summary(directory).resumable:
            return directory
    raise UserError("There is no run to take up again.", "`llmd-tui runs` lists what was run.")


def _simulators(directory: RunDirectory) -> AbstractContextManager[None]:
    terms = directory.terms
    return simulation(terms.simulate, terms.speed, directory.simulation) if terms.simulate else nullcontext()


def _go_on(runner: asyncio.Runner, arguments: Namespace, directory: RunDirectory) -> int:
    # The answers hold what flags and environment said then; what the environment says now is about other runs.
    chosen = planned(Layered(environment={}, file=Answers.load(directory.answers)))
    if directory.terms.simulate:
        pretend_secrets(chosen)
    clock = run_clock()
    surroundings = runner.run(ready(chosen, clock))
    try:
        talk(in_short(chosen.plan))
        return runner.run(show(Run(chosen.plan, surroundings, directory, clock), arguments.output, resumed=True))
    finally:
        runner.run(surroundings.close())
