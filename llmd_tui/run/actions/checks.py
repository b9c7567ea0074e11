"""Checks, as actions: a failed one that was not waived fails its phase."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from llmd_tui.errors import UserError
from llmd_tui.events import CheckResult
from llmd_tui.plan.actions import Checks
from llmd_tui.run.world import Report


class Result(Protocol):
    """One line of a checklist."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def result(self) -> CheckResult: ...
    @property
    def evidence(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def command(self) -> str: ...


class Checker(Protocol):
    """Who knows the checks. Waived ones do not come out as failed."""

    def run(self, ids: Sequence[str]) -> AsyncIterator[Result]: ...


async def check(checker: Checker, action: Checks, report: Report) -> None:
    """Runs them all and reports each. Raises UserError naming those that failed."""
    failed: list[Result] = []
    async for line in checker.run(action.ids):
        report.check(line.id, line.title, line.result, line.evidence, line.remedy, line.command)
        if line.result == "fail":
            failed.append(line)
    if failed:
        first, *others = failed
        more = f", and {len(others)} more failed" if others else ""
        waive = f"`waive: [{', '.join(line.id for line in failed)}]` in the answers file lets it pass."
        raise UserError(f"{first.title}: {first.evidence or 'failed'}{more}.", f"{first.remedy} {waive}".strip())
