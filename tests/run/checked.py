"""A small world for checks: they look for as long as is asked, and say what they were told to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from llmd_tui.events import CheckLine, CheckResult
from llmd_tui.plan.actions import Action, Checks
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds
from llmd_tui.run.actions.checks import check
from llmd_tui.run.world import Report
from tests.run.town import FREE, Sketch, Step, Town, plan_of

VALIDATION = ("gpu-allocatable", "endpoint-picker", "services", "inference-request")
LEFT_OUT = {"gateway-programmed": "the router stands alone, without a gateway", "monitors": "monitoring is off"}
PREFLIGHT = ("helm", "permissions")
WORK = Sketch("model-server", lag=0.05)


def checked_plan(*, waived: Mapping[str, str] | None = None, cost: Cost = FREE) -> Plan:
    """Preflight, one phase that works, validation."""
    (work,) = plan_of([WORK]).phases
    return Plan(
        (
            _phase("preflight", Checks(PREFLIGHT, dict(waived or {}))),
            replace(work, needs=("preflight",)),
            _phase("validate", Checks(VALIDATION, dict(waived or {}), LEFT_OUT), needs=("model-server",)),
        ),
        {},
        cost,
    )


def _phase(name: str, checks: Checks, needs: tuple[str, ...] = ()) -> Phase:
    return Phase(name, "because", (checks,), (), Seconds(1, 1000), "nothing to undo", needs)


@dataclass
class Checking:
    """Satisfies `Checker`. `says` are the results of a check, one after the other; the last one stays."""

    says: dict[str, list[CheckResult]] = field(default_factory=dict[str, list[CheckResult]])
    holds: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    evidence: dict[str, str] = field(default_factory=dict[str, str])
    looked: list[str] = field(default_factory=list[str])

    async def run(self, ids: Sequence[str], *, begins: Callable[[str], None]) -> AsyncIterator[CheckLine]:
        for name in ids:
            begins(name)
            await asyncio.sleep(0)
            if name in self.holds:
                await self.holds[name].wait()
            self.looked.append(name)
            results = self.says.get(name, ["pass"])
            result = results.pop(0) if len(results) > 1 else results[0]
            evidence = self.evidence.get(name, f"{name} was looked at")
            remedy = "" if result == "pass" else f"Mend {name}."
            figures = (("gpu-0", 8.0, 8.0), ("gpu-1", 7.0, 8.0)) if name == "gpu-allocatable" else ()
            yield CheckLine(name, f"{name} is well", result, evidence, remedy, f"kubectl get {name}", 1.5, "", figures)


@dataclass
class CheckedTown(Town):
    """Satisfies `World` for plans with checks."""

    checking: Checking = field(default_factory=Checking)

    async def look(self, action: Action, report: Report) -> bool:
        return False if isinstance(action, Checks) else await super().look(action, report)

    async def carry_out(self, action: Action, report: Report) -> bool:
        if isinstance(action, Checks):
            await check(self.checking, action, report)
            return False
        return await super().carry_out(action, report)


def town(
    says: dict[str, list[CheckResult]] | None = None,
    holds: dict[str, asyncio.Event] | None = None,
    evidence: dict[str, str] | None = None,
) -> CheckedTown:
    """Its one phase that works takes next to no time."""
    made = CheckedTown([WORK], checking=Checking(says or {}, holds or {}, evidence or {}))
    made.steps = dict.fromkeys(made.steps, Step(0.05))
    return made
