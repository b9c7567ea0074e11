"""The preflight checks of a plan that is only looked at: what a review can say before anything is created."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llmd_tui.checks.checklist import Checklist
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.events import CheckLine
from llmd_tui.helm import Helm
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


@dataclass(frozen=True)
class _Reached:
    cluster: Cluster | None
    arm: "Arm | None"
    clock: Clock
    helm: Helm | None = None


async def beforehand(choice: Choice, plan: Plan, arm: "Arm | None") -> AsyncIterator[CheckLine]:
    """One line for each check of the preflight phase, as it is told. Changes nothing.

    `arm` is the login that is there; a cluster of the kubeconfig is reached for the time that it takes.
    """
    async with AsyncExitStack() as stack:
        cluster = await _cluster(choice, stack)
        checklist = Checklist.of(choice, plan, _Reached(cluster, arm, arm.clock if arm else Clock()))
        for action in plan.by_name["preflight"].actions:
            if isinstance(action, Checks):
                async for line in checklist.run(action.ids):
                    yield line


RIGHTS = ("azure-role", "azure-providers")


async def rights(choice: Choice, plan: Plan, arm: "Arm") -> list[CheckLine]:
    """Whether the login may do there what the plan will do, and whether the subscription is ready for it."""
    checklist = Checklist.of(choice, plan, _Reached(None, arm, arm.clock))
    return [line async for line in checklist.run(RIGHTS)]


async def _cluster(choice: Choice, stack: AsyncExitStack) -> Cluster | None:
    """None where the plan makes it, and where it does not answer: the checks tell the reason."""
    chosen = choice.config.target.kubeconfig
    if chosen is None:
        return None
    try:
        made = await Cluster.connect(_file(chosen.file), chosen.context)
    except UserError:
        return None
    return await stack.enter_async_context(made)


def _file(said: str | None) -> Path | None:
    return Path(said).expanduser() if said else None
