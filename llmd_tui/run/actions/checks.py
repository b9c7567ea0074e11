"""Checks, as actions: a failed one that was not waived fails its phase."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from llmd_tui.errors import UserError
from llmd_tui.events import CheckLine
from llmd_tui.plan.actions import Checks
from llmd_tui.run.world import Report


class Checker(Protocol):
    """Who knows the checks. `begins` is told the id of each before it looks."""

    def run(self, ids: Sequence[str], *, begins: Callable[[str], None]) -> AsyncIterator[CheckLine]: ...


async def check(checker: Checker, action: Checks, report: Report) -> None:
    """Runs them all and reports each. Raises UserError naming those that failed."""
    failed: list[CheckLine] = []
    async for line in checker.run(action.ids, begins=report.checking):
        reason = report.waived.get(line.id) or action.waived.get(line.id)
        if line.result == "fail" and reason:
            line = replace(line, result="warn", waived=reason)  # noqa: PLW2901 - what is reported is what counts
        report.checked(line)
        if line.result == "fail":
            failed.append(line)
    # Meanwhile somebody may have waived one.
    failed = [line for line in failed if line.id not in report.waived]
    if failed:
        first, *others = failed
        more = f", and {len(others)} more failed" if others else ""
        waive = f"`waive: [{', '.join(line.id for line in failed)}]` in the answers file lets it pass."
        raise UserError(f"{first.title}: {first.evidence or 'failed'}{more}.", f"{first.remedy} {waive}".strip())
