"""The plan as far as it can be told before everything is known."""

from llmd_tui.draft.draft import Draft
from llmd_tui.errors import UserError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import plan_of


def outline(draft: Draft) -> tuple[Choice, Plan] | None:
    """With stand-ins for what is not said yet. None while something does not fit."""
    config = draft.sketch()
    try:
        choice = choose(config) if config else None
        return (choice, plan_of(choice)) if choice else None
    except UserError:
        return None
