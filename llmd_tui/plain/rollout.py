"""The run in lines, and what becomes of it when a phase failed."""

import asyncio
from collections.abc import Callable

from llmd_tui.commands.exits import OUTCOMES, Exit
from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.ready import ready
from llmd_tui.commands.showing import Showing
from llmd_tui.commands.talk import say
from llmd_tui.plain.ask import Back, Option
from llmd_tui.plain.interview import Interview, not_taken
from llmd_tui.plain.outcome import checklist_lines, done_lines
from llmd_tui.plan.output import plan_json
from llmd_tui.rollout.words import listing
from llmd_tui.run.checklist import ChecklistProgress, Line
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock

AGAIN, SKIP, WAIVE, CHECKS, LEAVE = "r", "S", "w", "c", "q"
SKIPPED = "skipped by hand"


def carry_out(ask: Interview, wanted: Wanted, scenario: str | None, begun: Callable[[], None]) -> Exit:
    """Carries out what was confirmed; after a failure the user decides how it goes on. `begun` is called with the run.

    Raises UserError for what is missing; nothing is created then.
    """
    clock = run_clock()
    # A loop of its own, which rests while a question is open: within it Ctrl+C would not reach the question.
    with asyncio.Runner() as runner:
        surroundings = runner.run(ready(wanted, clock))
        try:
            asked = terms(wanted.config, simulate=scenario, speed=clock.speed, skipped={})
            run = Run(
                wanted.plan, surroundings, RunDirectory.create(asked, wanted.answers, plan_json(wanted.plan)), clock
            )
            begun()
            showing = Showing(run, "text")
            try:
                outcome = runner.run(showing.attempt())
                while outcome == "failed" and _goes_on(ask, run, showing.checklist):
                    outcome = runner.run(showing.attempt())
                if outcome == "done":
                    for line in done_lines(wanted.plan, wanted.choice, showing.checklist):
                        say(line)
            finally:
                runner.run(showing.close())
        finally:
            runner.run(surroundings.close())
    return OUTCOMES[outcome]


def _goes_on(ask: Interview, run: Run, checklist: ChecklistProgress) -> bool:
    """Whether there is something to try again."""
    while failed := [phase.name for phase in run.plan.phases if run.state(phase.name) == "failed"]:
        obstacles = [line for name in failed for line in checklist.obstacles(name)]
        try:
            typed = ask.asker.line(_question(failed, obstacles), LEAVE)
            if typed == WAIVE and obstacles:
                _waive(ask, run, obstacles)
                continue
        except KeyboardInterrupt:
            return False
        except Back:
            continue
        if typed == LEAVE:
            return False
        if typed == AGAIN:
            for name in failed:
                run.retry(name)
        elif typed == SKIP:
            run.skip(failed[0], SKIPPED)
        elif typed == CHECKS:
            for line in checklist_lines(checklist):
                say(line)
        else:
            not_taken("Give one of these letters; S is a capital, because it leaves something out")
    return True


def _question(failed: list[str], obstacles: list[Line]) -> str:
    parts = [f"r tries {listing(failed)} again", f"S skips {failed[0]}"]
    parts += ["w waives a check"] if obstacles else []
    return f"{', '.join(parts)}, c tells the checklist, q leaves, and resume goes on later"


def _waive(ask: Interview, run: Run, obstacles: list[Line]) -> None:
    """A check that may fail in this run, and why."""
    options = [Option(line.key, line.id, line.done.evidence if line.done else "") for line in obstacles]
    chosen = ask.choose("Waive which check?", options)
    line = next(line for line in obstacles if line.key == chosen)
    if reason := ask.asker.line("Why may it fail?"):
        run.waive(line.phase, line.id, reason)
    else:
        not_taken("A check is waived with a reason")
