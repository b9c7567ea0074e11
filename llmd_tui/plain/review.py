"""The plan before anything is created: in lines, as a file, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted
from llmd_tui.commands.talk import say
from llmd_tui.draft.summary import cost_parts, created, save
from llmd_tui.errors import UserError
from llmd_tui.plain.flow import Question
from llmd_tui.plain.interview import NONE, Interview, not_taken, sentence
from llmd_tui.plain.options import Steps, change
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import phase_commands
from llmd_tui.render.plan import in_short, reduced
from llmd_tui.rollout.words import estimate

WHAT_NEXT = "Y creates this, c tells every command, o changes something, q leaves"
LEAVE = "q"
NAME_ENDS = (".yaml", ".yml")


def plan_lines(plan: Plan, choice: Choice) -> Iterator[str]:
    """A line for each phase, and what it all creates and costs."""
    yield f"Plan: {in_short(plan)}"
    for phase in plan.phases:
        parts = [f"about {estimate(phase.seconds.normal)}", f"done after about {estimate(plan.finish[phase.name])}"]
        parts += [f"after {reduced(plan, phase).replace('after ', '')}"] if phase.predecessors else []
        parts += ["on the critical path"] if phase.name in plan.critical_path else []
        yield f"  {phase.name}: {'; '.join(parts)}"
    yield "Is created, and labelled as ours:"
    yield from (f"  {label}: {words}" for label, words in created(plan, choice))
    parts = cost_parts(choice)
    yield "Cost, by list prices:" if parts else "Cost: nothing is bought, the cluster is there already."
    yield from (f"  {name}: {'not known' if price is None else f'${price:,.2f}/h'}" for name, price in parts)
    if most := plan.cost_per_hour.at_most:
        yield f"  with all {choice.most_nodes} nodes of the autoscaler: ${most:,.2f}/h"
    yield from (f"Warning: {warning}" for warning in plan.warnings)


def command_lines(plan: Plan) -> Iterator[str]:
    """For each phase why it is there and what one would type for it."""
    for phase in plan.phases:
        yield f"{phase.name}: {phase.why}"
        yield from (f"  {line}" for command in phase_commands(phase) for line in command.splitlines())


class Review:
    """The last questions. `reached`: it came to them; `created`: a run was begun; `code` is how it all ended."""

    def __init__(self, steps: Steps, scenario: str | None) -> None:
        self._steps = steps
        self._scenario = scenario
        self.code = Exit.DONE
        self.created = False
        self.reached = False

    @property
    def questions(self) -> tuple[Question, ...]:
        return Question(_ask_file), Question(self._confirm)

    def _confirm(self, ask: Interview) -> None:
        self.reached = True
        while True:
            typed = ask.asker.line(WHAT_NEXT, LEAVE)
            if typed == LEAVE:
                return
            if typed == "Y":
                if self._create(ask):
                    return
            elif typed == "c":
                for line in command_lines(_wanted(ask).plan):
                    say(line)
            elif typed == "o":
                change(ask, self._steps)
                _ask_file(ask)
            else:
                not_taken("Give Y, c, o or q; Y is a capital, because it buys")

    def _create(self, ask: Interview) -> bool:
        """Whether there was a run; where not, what it lacks is told."""
        # What runs takes a second to import: the first question does not wait for it.
        from llmd_tui.plain.rollout import carry_out

        def begun() -> None:
            self.created = True

        try:
            self.code = carry_out(ask, _wanted(ask), self._scenario, begun)
        except UserError as error:
            say(f"Failed: {sentence(error.message)} {error.remedy}".rstrip())
        return self.created


def _wanted(ask: Interview) -> Wanted:
    choice, whole = ask.draft.choice(), ask.draft.whole()
    return Wanted(whole.config(), whole.text, choice, plan_of(choice))


def _ask_file(ask: Interview) -> None:
    """Tells the plan, and writes the answers where the user wants them; no file gets another content."""
    wanted = _wanted(ask)
    for line in plan_lines(wanted.plan, wanted.choice):
        say(line)
    draft = ask.draft
    name = draft.value("target.azure.cluster").text or draft.value("target.kubeconfig.context").text
    while True:
        file = ask.asker.line(f"Write the answers to a file, or {NONE}", f"{name.replace('/', '-') or 'llmd'}.yaml")
        if file == NONE:
            return
        path = Path(file).expanduser()
        stem = path.stem if path.suffix in NAME_ENDS else path.name
        try:
            say(f"Written to {save(draft.whole(), stem, path.parent)}.")
        except UserError as error:
            not_taken(str(error))
        else:
            return
