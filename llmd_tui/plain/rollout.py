"""The run in lines, and what becomes of it when a phase failed."""

import asyncio
from collections.abc import Callable

from llmd_tui.commands.exits import OUTCOMES, Exit
from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.login import InLines
from llmd_tui.commands.ready import ready
from llmd_tui.commands.showing import Showing
from llmd_tui.commands.talk import say
from llmd_tui.plain.interview import Interview
from llmd_tui.plain.outcome import done_lines
from llmd_tui.plain.rescue import Rescue
from llmd_tui.plan.output import plan_json
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock


def carry_out(ask: Interview, wanted: Wanted, scenario: str | None, begun: Callable[[], None]) -> Exit:
    """Carries out what was confirmed; after a failure the user decides how it goes on. `begun` is called with the run.

    Raises UserError for what is missing; nothing is created then.
    """
    clock = run_clock()
    # A loop of its own, which rests while a question is open: within it Ctrl+C would not reach the question.
    with asyncio.Runner() as runner:
        surroundings = runner.run(ready(wanted, clock, InLines(say)))
        try:
            asked = terms(wanted.config, simulate=scenario, speed=clock.speed, skipped={})
            run = Run(
                wanted.plan, surroundings, RunDirectory.create(asked, wanted.answers, plan_json(wanted.plan)), clock
            )
            begun()
            showing = Showing(run, "text")
            try:
                outcome = runner.run(showing.attempt())
                after = Rescue(ask, run, showing.checklist, runner.run)
                while outcome == "failed" and after.goes_on():
                    outcome = runner.run(showing.attempt())
                if outcome == "done":
                    for line in done_lines(wanted.plan, wanted.choice, showing.checklist):
                        say(line)
            finally:
                runner.run(showing.close())
        finally:
            runner.run(surroundings.close())
    return OUTCOMES[outcome]
