"""Whether everything that a plan needs is there, asked before a run begins: after this nothing was created yet."""

from typing import TYPE_CHECKING

from llmd_tui.checks.checklist import Checklist
from llmd_tui.clock import Clock
from llmd_tui.commands.inputs import Wanted
from llmd_tui.config.secrets import resolve
from llmd_tui.helm import Helm as HelmCommand
from llmd_tui.plan.actions import Action, Apply, Arm, Helm
from llmd_tui.run.actions.arm import content
from llmd_tui.run.references import references
from llmd_tui.run.surroundings import Surroundings

if TYPE_CHECKING:
    from llmd_tui.azure.person import Person


async def ready(chosen: Wanted, clock: Clock, person: "Person | None" = None) -> Surroundings:
    """The surroundings of a run, reached; `person` is asked to log in. Raises UserError for what is missing."""
    actions = [action for phase in chosen.plan.phases for action in phase.actions]
    for action in actions:
        _references(action)
    if any(isinstance(action, Helm) for action in actions):
        await HelmCommand().version()
    return await reached(chosen, clock, person)


async def reached(chosen: Wanted, clock: Clock, person: "Person | None" = None) -> Surroundings:
    """Azure or the cluster, which answered, with the checks of this plan."""
    target = chosen.config.target
    return await Surroundings.reach(target, clock, lambda on: Checklist.of(chosen.choice, chosen.plan, on), person)


def _references(action: Action) -> None:
    """What an action refers to can be had now: it will be asked for again in the moment of sending."""
    if isinstance(action, Apply):
        for reference in references(action.objects):
            resolve(reference)
    elif isinstance(action, Arm):
        for reference in references(action.body):
            content(reference)
