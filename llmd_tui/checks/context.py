"""What checks look at: Azure, helm and the cluster, read afresh for each checklist."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from llmd_tui.checks.expected import Expected
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.helm import Helm
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.kube.store import Store
from llmd_tui.rollout.progress import Progress
from llmd_tui.rollout.waits import KINDS, judge

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


class Surroundings(Protocol):
    """The connections of a run, as far as they are made."""

    @property
    def cluster(self) -> Cluster | None: ...
    @property
    def helm(self) -> Helm | None: ...
    @property
    def arm(self) -> "Arm | None": ...
    @property
    def clock(self) -> Clock: ...


class Context:
    """Of one checklist. Every kind is read once, when the first check asks: old news prove nothing."""

    def __init__(
        self, expected: Expected, surroundings: Surroundings, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.expected = expected
        self.environment = environment
        self._surroundings = surroundings
        self._store = Store()
        self._read: set[str] = set()

    @property
    def clock(self) -> Clock:
        return self._surroundings.clock

    @property
    def cluster(self) -> Cluster:
        """Raises UserError before there is a connection."""
        if self._surroundings.cluster is None:
            raise UserError("There is no connection to the cluster.", "The phase `access` makes it.")
        return self._surroundings.cluster

    @property
    def helm(self) -> Helm:
        """On the run's cluster or, before there is one, on the config's context."""
        if self._surroundings.helm:
            return self._surroundings.helm
        chosen = self.expected.kubeconfig
        if chosen is None:
            return Helm()
        return Helm(kubeconfig=Path(chosen.file).expanduser() if chosen.file else None, context=chosen.context)

    @property
    def arm(self) -> "Arm":
        """Raises UserError before there is a connection."""
        if self._surroundings.arm is None:
            raise UserError("There is no connection to Azure.", "Log in with `az login`, then try again.")
        return self._surroundings.arm

    async def view(self, *kinds: tuple[str, str]) -> Store:
        """With all objects of these kinds, by API version and kind; none of a kind that the cluster does not have."""
        for api_version, kind in kinds:
            if kind not in self._read:
                self._store.replace(kind, await self._list(api_version, kind))
                self._read.add(kind)
        return self._store

    async def judge(self, test: str, arguments: Mapping[str, Any]) -> Progress:
        """How far a wait is; see `llmd_tui.rollout.waits`."""
        view = await self.view(*KINDS[test])
        return judge(test, arguments, view, self.clock.now())

    async def _list(self, api_version: str, kind: str) -> list[dict[str, Any]]:
        try:
            return await self.cluster.list(api_version, kind)
        except KubeError as error:
            if error.status == 404:
                return []
            raise
