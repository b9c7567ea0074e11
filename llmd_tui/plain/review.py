"""The plan before anything is created: in lines, as a file, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

from llmd_tui.commands.talk import say
from llmd_tui.draft.summary import cost_parts, created, save
from llmd_tui.errors import UserError
from llmd_tui.plain.interview import NONE, Interview, not_taken
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.output import phase_commands
from llmd_tui.render.plan import in_short, reduced
from llmd_tui.rollout.words import estimate

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
    yield from (f"Warning: {warning}" for warning in plan.warnings)


def command_lines(plan: Plan) -> Iterator[str]:
    """For each phase why it is there and what one would type for it."""
    for phase in plan.phases:
        yield f"{phase.name}: {phase.why}"
        yield from (f"  {line}" for command in phase_commands(phase) for line in command.splitlines())


def ask_file(ask: Interview) -> None:
    """Writes the answers file where the user wants it; no file is ever replaced by another content."""
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
