"""`llmd-tui resume`: takes a run up again. What is done, the cluster says; the journal is a hint."""

import asyncio
from argparse import Namespace

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, planned
from llmd_tui.commands.login import somebody
from llmd_tui.commands.ready import ready
from llmd_tui.commands.rehearsal import rehearsal
from llmd_tui.commands.showing import show
from llmd_tui.commands.talk import talk
from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.errors import UserError
from llmd_tui.render.plan import in_short
from llmd_tui.run.directory import RunDirectory, directories, find
from llmd_tui.run.journal import summary
from llmd_tui.run.logins import same_cloud, same_login
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock

REST_SECONDS = 15.0
"""On the wall."""


def run(arguments: Namespace) -> int:
    directory = find(arguments.id) if arguments.id else _newest()
    asyncio.run(lock(directory))
    try:
        same_cloud(directory)
        chosen = chosen_then(directory)
        same_login(directory, chosen.config)
        with rehearsal(chosen, directory):
            return _go_on(arguments, chosen, directory)
    finally:
        directory.unlock()


async def lock(directory: RunDirectory) -> None:
    """Locks a run. The simulators of a killed one hold its lock until they have put away what they hold."""
    loop = asyncio.get_running_loop()
    until = loop.time() + (REST_SECONDS if directory.terms.simulate else 0)
    while True:
        try:
            return directory.lock()
        except UserError:
            if loop.time() >= until:
                raise
        await asyncio.sleep(0.1)


def chosen_then(directory: RunDirectory) -> Wanted:
    """What a run is about: its answers hold what flags and environment said then; those of now are about other runs.

    Raises UserError.
    """
    return planned(Layered(environment={}, file=Answers.load(directory.answers)))


def _newest() -> RunDirectory:
    for directory in directories():
        if summary(directory).resumable:
            return directory
    raise UserError("There is no run to take up again.", "`llmd-tui runs` lists what was run.")


def _go_on(arguments: Namespace, chosen: Wanted, directory: RunDirectory) -> Exit:
    clock = run_clock()
    with asyncio.Runner() as runner:
        surroundings = runner.run(ready(chosen, clock, somebody()))
        try:
            talk(in_short(chosen.plan))
            return runner.run(show(Run(chosen.plan, surroundings, directory, clock), arguments.output, resumed=True))
        finally:
            runner.run(surroundings.close())
