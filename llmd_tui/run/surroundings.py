"""The real world of a run: Azure, one cluster, helm, checks."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.pipeline import telling
from llmd_tui.clock import Clock
from llmd_tui.config.model import Target
from llmd_tui.errors import UserError
from llmd_tui.files import write_private
from llmd_tui.helm import Helm as HelmCommand
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.observe import Observer
from llmd_tui.kube.store import Store
from llmd_tui.plan.actions import Action, Apply, Arm, Checks, Helm, Manifest, Wait
from llmd_tui.plan.graph import Plan
from llmd_tui.run.actions import apply, checks, helm, manifest
from llmd_tui.run.actions.arm import ArmExecutor, goes_on
from llmd_tui.run.actions.patience import insist
from llmd_tui.run.kinds import watched
from llmd_tui.run.kubeconfig import flattened, write_credentials
from llmd_tui.run.vault import Vault
from llmd_tui.run.world import Report

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm as ArmClient
    from llmd_tui.azure.person import Person

CREDENTIALS = "/listClusterUserCredential"


class Surroundings:
    """Satisfies `World`. `store` is what is seen of the cluster; `cluster`, `helm` and `observer` come with `connect`.

    `checker` is made from these surroundings and asked by the actions that check.
    """

    def __init__(
        self,
        target: Target,
        clock: Clock,
        *,
        arm: "ArmClient | None" = None,
        checker: "Callable[[Surroundings], checks.Checker] | None" = None,
    ) -> None:
        self.target = target
        self.clock = clock
        self.arm = arm
        self.vault = Vault()
        self.store = Store()
        self.cluster: Cluster | None = None
        self.helm: HelmCommand | None = None
        self.observer: Observer | None = None
        self.kubeconfig: Path | None = None
        self._checker = checker(self) if checker else None
        self._plan: Plan | None = None
        self._observing: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @classmethod
    async def reach(
        cls,
        target: Target,
        clock: Clock,
        checker: "Callable[[Surroundings], checks.Checker] | None" = None,
        person: "Person | None" = None,
    ) -> "Surroundings":
        """Logs in to Azure, or reads the kubeconfig; and asks whether anybody answers there. Raises UserError.

        `person` is asked when somebody has to log in, now and when a login ends in the middle.
        """
        surroundings = cls(target, clock, checker=checker)
        try:
            await surroundings._reach(person)
        except BaseException:
            await surroundings.close()
            raise
        return surroundings

    async def _reach(self, person: "Person | None") -> None:
        if azure := self.target.azure:
            from llmd_tui.azure.client import Arm as ArmClient

            self.arm = await ArmClient.connect(azure.subscription, clock=self.clock, person=person)
            await self.arm.locations()
            self.arm.wait_for_login()
            await self.arm.lend()
        elif chosen := self.target.kubeconfig:
            self.cluster = await Cluster.connect(Path(chosen.file) if chosen.file else None, chosen.context)
            await self.cluster.version()

    def settle(self, plan: Plan, directory: Path) -> None:
        """Says what will be run, and where the run keeps its kubeconfig."""
        self._plan = plan
        self.kubeconfig = directory / "kubeconfig"

    @property
    def view(self) -> Store:
        return self.store

    async def look(self, action: Action, report: Report) -> bool:
        with telling(report.waiting):
            return await self._look(action, report)

    async def _look(self, action: Action, report: Report) -> bool:
        match action:
            case Arm():
                return await ArmExecutor(self.arm).look(action, report)
            case Helm():
                return await helm.as_asked(self._helm(), action)
            case Apply():
                return await apply.as_asked(self._cluster(), action.objects, self.vault)
            case Manifest():
                return await manifest.established(self._cluster(), action)
            case Checks() | Wait():
                return False

    async def carry_out(self, action: Action, report: Report) -> bool:
        with telling(report.waiting):
            return await self._carry_out(action, report)

    async def _carry_out(self, action: Action, report: Report) -> bool:
        match action:
            case Arm():
                answer = await ArmExecutor(self.arm).carry_out(action, report)
                if not action.path.endswith(CREDENTIALS):
                    return True
                self._keep_credentials(answer)
            case Helm():
                await helm.upgrade(self._helm(), action, self.clock, report)
                return True
            case Apply():
                await apply.apply(self._cluster(), action.objects, self.vault, self.clock, report)
                return True
            case Manifest():
                objects = await manifest.objects_of(action)
                await apply.apply(self._cluster(), objects, self.vault, self.clock, report)
                return True
            case Checks():
                await checks.check(self._checks(), action, report)
            case Wait():
                raise TypeError("waits are waited for, not carried out")
        return False

    async def connect(self, report: Report) -> None:
        """Reaches the cluster with the run's own kubeconfig; returns when everything there was read once."""
        await self._disconnect()
        if self.kubeconfig is None or self._plan is None:
            raise RuntimeError("settle() comes first")
        if self.target.kubeconfig:
            chosen = self.target.kubeconfig
            write_private(self.kubeconfig, flattened(chosen.context, chosen.file))
        cluster = await Cluster.connect(self.kubeconfig)
        self.cluster = cluster
        await insist("the API server to answer", cluster.version, self.clock, report)
        self.helm = HelmCommand(kubeconfig=self.kubeconfig)
        self.observer = Observer(cluster, self.store, self.clock)
        for kind in watched(self._plan):
            self.observer.watch(kind.api_version, kind.kind, kind.namespace)
        self._observing = asyncio.create_task(self.observer.run(), name="observe")
        self._connected.set()
        report.waiting("the first look at the cluster")
        while self._unread():
            await self.observer.changed()

    async def changed(self) -> None:
        if self.observer is None:
            await self._connected.wait()
        else:
            await self.observer.changed()

    def trouble(self) -> str:
        """Nodes and pods stand for the connection: they are there on every cluster, and everybody may read them."""
        for kind in ("Node", "Pod"):
            freshness = self.store.freshness(kind)
            if freshness.state in ("stale", "reconnecting"):
                return freshness.error
        return ""

    def redact(self, text: str) -> str:
        return self.vault.redact(text)

    async def abort(self, action: Arm) -> str:
        """Asks Azure to give up an operation; returns of what, empty where there is none to give up."""
        return await ArmExecutor(self.arm).abort(action)

    def goes_on(self, actions: Sequence[Action]) -> str:
        return goes_on(actions)

    async def close(self) -> None:
        """Once is enough; more often does no harm."""
        await self._disconnect()
        if self.arm:
            await self.arm.close()
            self.arm = None

    async def _disconnect(self) -> None:
        self._connected.clear()
        if self._observing:
            self._observing.cancel()
            await asyncio.gather(self._observing, return_exceptions=True)
        if self.cluster:
            await self.cluster.close()
        self.cluster = self.helm = self.observer = self._observing = None

    def _unread(self) -> bool:
        assert self._plan is not None
        return any(self.store.freshness(kind.kind).state == "loading" for kind in watched(self._plan))

    def _keep_credentials(self, answer: Any) -> None:
        assert self.kubeconfig is not None
        write_credentials(self.kubeconfig, answer)

    def _cluster(self) -> Cluster:
        if self.cluster is None:
            raise UserError(
                "There is no connection to the cluster yet.", "The phase `access` makes it: do not skip it."
            )
        return self.cluster

    def _helm(self) -> HelmCommand:
        if self.helm is None:
            raise UserError(
                "There is no connection to the cluster yet.", "The phase `access` makes it: do not skip it."
            )
        return self.helm

    def _checks(self) -> checks.Checker:
        if self._checker is None:
            raise TypeError("these surroundings came without checks")
        return self._checker
