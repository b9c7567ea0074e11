"""A plan as text: the graph in time, the critical path, the cost, and for each phase the equivalent commands."""

from collections.abc import Iterator

from llmd_tui.plan.actions import Checks
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.output import phase_commands
from llmd_tui.rollout.words import estimate, many

BAR_CELLS = 30


def in_short(plan: Plan) -> str:
    """One line: how many phases, how long, how much."""
    parts = [many(len(plan.phases), "phase"), f"about {estimate(plan.critical_seconds)}", cost(plan)]
    return ", ".join(part for part in parts if part) + "."


def cost(plan: Plan) -> str:
    """List price an hour with its date; empty when it is not known."""
    price = plan.cost_per_hour
    if price.amount is None:
        return ""
    amount = f"${price.amount:,.2f}" if price.currency == "USD" else f"{price.amount:,.2f} {price.currency}"
    most = f", up to ${price.at_most:,.2f}/h with all nodes of the autoscaler" if price.at_most else ""
    return f"{amount}/h list price of {price.as_of}{most}"


def plan_text(plan: Plan) -> str:
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield in_short(plan)
    together, apart = estimate(plan.critical_seconds), estimate(plan.sequential_seconds)
    yield f"Estimated: {together} with everything at once that can be, {apart} one after the other."
    yield ""
    yield from _table(plan)
    yield ""
    yield f"Critical path: {' > '.join(plan.critical_path)}"
    yield from (f"Warning: {warning}" for warning in plan.warnings)
    if plan.skipped:
        width = max(map(len, plan.skipped))
        yield ""
        yield "Not part of this plan"
        yield from (f"  {name:<{width}}  {reason}" for name, reason in plan.skipped.items())
    for phase in plan.phases:
        yield ""
        yield f"{phase.name}: {phase.why}"
        yield from (f"  checks {', '.join(action.ids)}" for action in phase.actions if isinstance(action, Checks))
        yield from (f"  {line}" for command in phase_commands(phase) for line in command.splitlines())
        yield from (f"  waits for {wait.what}" for wait in phase.done)


def _table(plan: Plan) -> Iterator[str]:
    critical = set(plan.critical_path)
    needs = {phase.name: reduced(plan, phase) for phase in plan.phases}
    width = max(len("PHASE"), *(len(name) for name in plan.by_name)) if plan.phases else 5
    wide = max(len("NEEDS"), *(len(text) for text in needs.values())) if plan.phases else 5
    yield f"  {'PHASE':<{width}}  {'USUAL':>6}  {'DONE AT':>7}  {'':<{BAR_CELLS}}  {'NEEDS':<{wide}}".rstrip()
    for phase in plan.phases:
        mark = "*" if phase.name in critical else " "
        usual, end = f"~{estimate(phase.seconds.normal)}", f"~{estimate(plan.finish[phase.name])}"
        bar = _bar(plan, phase, "━" if phase.name in critical else "─")
        yield f"{mark} {phase.name:<{width}}  {usual:>6}  {end:>7}  {bar}  {needs[phase.name]}".rstrip()
    yield "* on the critical path. `after`: starts when that phase has done its part, and is done when that one is."


def _bar(plan: Plan, phase: Phase, cell: str) -> str:
    """When the phase runs, on the time of the whole plan."""
    whole = plan.critical_seconds or 1
    end = plan.finish[phase.name]
    first = int((end - phase.seconds.normal) / whole * BAR_CELLS)
    last = max(first + 1, round(end / whole * BAR_CELLS))
    return (" " * first + cell * (last - first))[:BAR_CELLS].ljust(BAR_CELLS)


def reduced(plan: Plan, phase: Phase) -> str:
    """What it needs and comes after, without what those need themselves."""
    implied = {name for before in phase.predecessors for name in _ancestors(plan, before)}
    needs = [name for name in phase.needs if name not in implied]
    after = [name for name in phase.after if name not in implied]
    return ", ".join([*needs, *(f"after {name}" for name in after)]) or "-"


def _ancestors(plan: Plan, name: str) -> set[str]:
    found: set[str] = set()
    for before in plan.by_name[name].predecessors:
        found |= {before} | _ancestors(plan, before)
    return found
