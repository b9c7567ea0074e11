"""`llmd-tui validate`: the validation checklist alone."""

import asyncio
import tempfile
from argparse import Namespace
from pathlib import Path

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, wanted
from llmd_tui.commands.login import somebody
from llmd_tui.commands.ready import reached
from llmd_tui.commands.selection import skipped
from llmd_tui.commands.talk import data, talk
from llmd_tui.errors import UserError
from llmd_tui.events import CheckDone, Event, PhaseFailed
from llmd_tui.render.checklist import CheckReport, as_json, summary
from llmd_tui.render.formats import checks_format
from llmd_tui.render.plain import Plain
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.timing import run_clock

PHASE = "validate"


def run(arguments: Namespace) -> int:
    files: list[Path] = arguments.report
    for file in files:
        _writable(file)
    report = asyncio.run(_validate(wanted(arguments), arguments.output))
    for file in files:
        _write(file, report)
    if arguments.output == "json":
        data(as_json(report).rstrip("\n"))
    else:
        talk(summary(report.lines))
    return Exit.FAILED if any(check.result == "fail" for check in report.lines) else Exit.DONE


async def _validate(chosen: Wanted, output: str) -> CheckReport:
    clock = run_clock()
    surroundings = await reached(chosen, clock, somebody())
    checklist = ChecklistProgress(chosen.plan)
    with tempfile.TemporaryDirectory(prefix="llmd-tui-") as directory:
        surroundings.settle(chosen.plan, Path(directory))
        try:
            validation = Scheduler(chosen.plan, surroundings, clock, name=PHASE)
            for phase, reason in skipped(chosen.plan, only=[PHASE]).items():
                validation.skip(phase, reason)
            running = asyncio.create_task(validation.start())
            async for event in validation.events():
                checklist.apply(event)
                _show(event, output, checklist)
            await running
        finally:
            await surroundings.close()
    return checklist.report(clock.time(), "Checklist", PHASE)


def _show(event: Event, output: str, checklist: ChecklistProgress) -> None:
    if isinstance(event, CheckDone):
        if output == "text":
            for line in Plain().lines(event):
                data(line)
    elif isinstance(event, PhaseFailed) and not any(checklist.done):
        raise UserError(event.message, event.remedy)


def _writable(file: Path) -> None:
    """Said before anything is looked at."""
    checks_format(file)
    if not file.parent.is_dir():
        raise UserError(f"There is no directory {file.parent}.", "Make it, or name a file elsewhere.")


def _write(file: Path, report: CheckReport) -> None:
    try:
        file.write_text(checks_format(file)(report), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror or error}.", "Name a file elsewhere.") from None
