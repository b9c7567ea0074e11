"""`llmd-tui validate`: the validation checklist alone."""

import asyncio
import tempfile
from argparse import Namespace
from pathlib import Path

from llmd_tui.checks.report import checks_json, summary
from llmd_tui.checks.result import Result
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, wanted
from llmd_tui.commands.ready import reached
from llmd_tui.commands.selection import skipped
from llmd_tui.commands.talk import data, say, talk
from llmd_tui.errors import UserError
from llmd_tui.events import CheckDone, Event, PhaseFailed
from llmd_tui.render.plain import Plain
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.timing import run_clock


def run(arguments: Namespace) -> int:
    return asyncio.run(_validate(wanted(arguments), arguments.output))


async def _validate(chosen: Wanted, output: str) -> int:
    clock = run_clock()
    surroundings = await reached(chosen, clock)
    found: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="llmd-tui-") as directory:
        surroundings.settle(chosen.plan, Path(directory))
        try:
            validation = Scheduler(chosen.plan, surroundings, clock, name="validate")
            for phase, reason in skipped(chosen.plan, only=["validate"]).items():
                validation.skip(phase, reason)
            running = asyncio.create_task(validation.start())
            async for event in validation.events():
                _show(event, output, found)
            await running
        finally:
            await surroundings.close()
    if output == "json":
        data(checks_json(found).rstrip("\n"))
    else:
        talk(summary(found))
    return Exit.FAILED if any(check.result == "fail" for check in found) else Exit.DONE


def _show(event: Event, output: str, found: list[Result]) -> None:
    if isinstance(event, CheckDone):
        e = event
        found.append(Result(e.id, e.title, e.result, e.evidence, e.remedy, e.command))
        if output == "text":
            for line in Plain().lines(event):
                say(line)
    elif isinstance(event, PhaseFailed) and not found:
        raise UserError(event.message, event.remedy)
