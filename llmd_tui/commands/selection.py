"""`--only`, `--skip`, `--from`: which phases are taken for done."""

from collections.abc import Iterable
from difflib import get_close_matches

from llmd_tui.errors import UserError
from llmd_tui.plan.graph import Plan

ALWAYS = "access"
"""Everything that looks at the cluster goes through it, and it changes nothing."""


def skipped(
    plan: Plan, *, only: Iterable[str] = (), skip: Iterable[str] = (), start: str | None = None
) -> dict[str, str]:
    """Phases that are not carried out, and why. Raises UserError on a phase that the plan does not have."""
    for name in (*only, *skip, *([start] if start else [])):
        _known(plan, name)
    if ALWAYS in skip:
        raise UserError(
            f"{ALWAYS} cannot be skipped: without it nobody can look at the cluster.", "It changes nothing."
        )
    reasons: dict[str, str] = {}
    if start:
        kept = _descendants(plan, start)
        reasons |= {phase.name: f"before or beside --from {start}" for phase in plan.phases if phase.name not in kept}
    if only:
        chosen = ", ".join(only)
        reasons |= {phase.name: f"--only {chosen}" for phase in plan.phases if phase.name not in set(only)}
    reasons |= dict.fromkeys(skip, "--skip")
    reasons.pop(ALWAYS, None)
    return {phase.name: reasons[phase.name] for phase in plan.phases if phase.name in reasons}


def _known(plan: Plan, name: str) -> None:
    if name in plan.by_name:
        return
    if name in plan.skipped:
        raise UserError(f"{name} is not part of this plan: {plan.skipped[name]}.", "Leave it out.")
    near = get_close_matches(name, plan.by_name, n=1)
    raise UserError(
        f"{name} is not a phase of this plan.",
        f"Did you mean {near[0]}?" if near else f"Its phases: {', '.join(plan.by_name)}.",
    )


def _descendants(plan: Plan, start: str) -> set[str]:
    kept = {start}
    for phase in plan.phases:
        if kept & set(phase.predecessors):
            kept.add(phase.name)
    return kept
