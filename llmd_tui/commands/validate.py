"""`llmd-tui validate`: the validation checklist alone."""

import asyncio
import json
import tempfile
from argparse import Namespace
from dataclasses import asdict, replace
from pathlib import Path

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, wanted
from llmd_tui.commands.talk import data, talk
from llmd_tui.errors import UserError
from llmd_tui.events import CheckDone, Event, PhaseFailed
from llmd_tui.plan.graph import order
from llmd_tui.render.plain import Plain
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.surroundings import Surroundings
from llmd_tui.run.timing import run_clock

PHASES = ("access", "validate")


def run(arguments: Namespace) -> int:
    return asyncio.run(_validate(wanted(arguments), arguments.output))


async def _validate(chosen: Wanted, output: str) -> int:
    plan = replace(chosen.plan, phases=order(p for p in chosen.plan.phases if p.name in PHASES), skipped={})
    clock = run_clock()
    surroundings = await Surroundings.reach(chosen.config.target, clock)
    found: list[CheckDone] = []
    with tempfile.TemporaryDirectory(prefix="llmd-tui-") as directory:
        surroundings.settle(plan, Path(directory))
        try:
            validation = Scheduler(plan, surroundings, clock, name="validate")
            running = asyncio.create_task(validation.start())
            async for event in validation.events():
                _show(event, output, found)
            await running
        finally:
            await surroundings.close()
    if output == "json":
        fields = ("id", "title", "result", "evidence", "remedy", "command")
        rows = [asdict(check) for check in found]
        data(json.dumps({"checks": [{name: row[name] for name in fields} for row in rows]}, indent=2))
    return Exit.FAILED if any(check.result == "fail" for check in found) else Exit.DONE


def _show(event: Event, output: str, found: list[CheckDone]) -> None:
    if isinstance(event, CheckDone):
        found.append(event)
        if output == "text":
            for line in Plain().lines(event):
                data(line)
    elif isinstance(event, PhaseFailed) and event.phase != "validate":
        raise UserError(event.message, event.remedy)
    elif isinstance(event, PhaseFailed) and not found:
        talk(event.message)
