"""What a run has come to, in lines: the checklist, and what there is now."""

from collections.abc import Iterator

from llmd_tui.plan.choice import Choice
from llmd_tui.plan.endpoint import endpoint
from llmd_tui.plan.graph import Plan
from llmd_tui.render.plan import cost
from llmd_tui.run.checklist import ChecklistProgress


def checklist_lines(checklist: ChecklistProgress) -> Iterator[str]:
    """`name: state, reason` for each check."""
    for line in checklist.lines.values():
        if line.done is None:
            yield f"{line.id}: {checklist.skipped.get(line.phase) or 'not run'}"
        else:
            state = "skip" if line.done.result == "skipped" else line.done.result
            waived = f"waived: {line.done.waived}" if line.done.waived else ""
            yield f"{line.id}: {', '.join(filter(None, (state, line.done.evidence, waived)))}"


def done_lines(plan: Plan, choice: Choice, checklist: ChecklistProgress) -> Iterator[str]:
    """Where llm-d answers, what that costs and how to stop it."""
    request = checklist.find("validate", "inference-request")
    answered = request.done.evidence if request and request.done else "the model servers are ready"
    reached = endpoint(choice)
    yield f"llm-d answers: {answered}"
    yield f"endpoint in the cluster: {reached.url}"
    yield f"command to reach it from here: {reached.port_forward}"
    yield f"command to ask it: {reached.curl}"
    yield f"cost until deleted: {cost(plan) or 'nothing was bought, the cluster was there already'}"
    yield from (f"command to stop it: {command}" for command in reached.stop)
