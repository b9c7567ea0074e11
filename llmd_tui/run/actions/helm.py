"""Helm releases: upgraded only when something differs, for every upgrade adds a revision and runs the hooks again."""

from llmd_tui.clock import Clock
from llmd_tui.helm import Helm as Command
from llmd_tui.plan.actions import Helm
from llmd_tui.run.actions.patience import insist
from llmd_tui.run.world import Report


async def as_asked(helm: Command, wanted: Helm) -> bool:
    """Whether chart, version and values are those of the release that is deployed."""
    return await helm.is_current(wanted.release, wanted.namespace, wanted.chart, wanted.version, wanted.values)


async def upgrade(helm: Command, wanted: Helm, clock: Clock, report: Report) -> None:
    """Installs or upgrades; again when it failed for something that passes, such as a webhook that is not ready."""

    async def attempt() -> None:
        await helm.upgrade(
            wanted.release,
            wanted.namespace,
            wanted.chart,
            wanted.version,
            wanted.values,
            on_line=report.output,
            repository=wanted.repository,
        )

    await insist(f"release {wanted.release}", attempt, clock, report)
