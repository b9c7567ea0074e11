"""The state of the simulated Azure: what is registered, what exists, what goes on, what quota is left."""

import asyncio
import base64
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.objects import Object
from llmd_tui.presets.scenarios import Azure, Region
from llmd_tui.simulator.arm.faults import Faults, insufficient_quota
from llmd_tui.simulator.arm.kubeconfigs import kubelogin, renamed
from llmd_tui.simulator.arm.quota import demand
from llmd_tui.simulator.arm.wire import Fault

OnNodes = Callable[[Object, int], Awaitable[None]]
"""Called with a node pool as ARM shows it and how many nodes it has from now on; 0 when it is deleted."""

PROVIDERS = ("Microsoft.ContainerService", "Microsoft.Compute", "Microsoft.Network", "Microsoft.Storage")


@dataclass
class Operation:
    """A long-running operation; how it ended is what became of its task."""

    location: str
    started: datetime
    task: asyncio.Task[None]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ended: datetime | None = None

    @property
    def status(self) -> str:
        if not self.task.done():
            return "InProgress"
        if self.task.cancelled():
            return "Canceled"
        return "Failed" if self.task.exception() else "Succeeded"

    @property
    def error(self) -> dict[str, Any]:
        """As a failed operation's status shows it."""
        failure = None if self.task.cancelled() else self.task.exception()
        if isinstance(failure, Fault):
            return failure.error
        return {"code": "InternalOperationError", "message": str(failure)} if failure else {}


@dataclass
class Cluster:
    """`resource` is the managedCluster without its agentPoolProfiles, which are `pools` by name."""

    resource: Object
    pools: dict[str, Object]
    operation: Operation | None = None

    @property
    def location(self) -> str:
        return self.resource["location"]

    @property
    def busy(self) -> bool:
        return self.operation is not None and not self.operation.task.done()


class Cloud:
    """What a scenario's `azure` describes, and what was made in it since.

    `kubeconfig` reaches the cluster that stands behind every AKS cluster here. `failures` maps the name of a cluster
    or node pool to the error with which its next operation ends, None when it never does; `faults` are what the
    scenario makes go wrong; `networks` are virtual networks by id in small letters; `untold` are quota names that the
    usages leave out; `unfiltered_seconds` (wall time) is what an unfiltered list of sizes takes; `filler_kib` is how
    much of other sizes a region's list holds.
    """

    def __init__(self, azure: Azure, clock: Clock, *, kubeconfig: bytes = b"", on_nodes: OnNodes | None = None) -> None:
        self.azure = azure
        self.clock = clock
        self.kubeconfig = kubeconfig
        self.on_nodes = on_nodes
        self.failures: dict[str, Fault | None] = {}
        self.faults = Faults(azure.faults)
        self.untold: set[str] = set()
        self.unfiltered_seconds = 24.0
        self.filler_kib = 0
        self.groups: dict[str, Object] = {}
        self.networks: dict[str, Object] = {}
        self.clusters: dict[tuple[str, str], Cluster] = {}
        self.operations: dict[str, Operation] = {}
        self._registered: dict[str, float] = {name.lower(): 0.0 for name in PROVIDERS}

    @property
    def subscription(self) -> str:
        return self.azure.subscription.id

    def region(self, name: str) -> Region:
        if name.lower() not in self.azure.regions:
            known = ",".join(self.azure.regions)
            raise Fault(
                400,
                "LocationNotAvailableForResourceType",
                f"The provided location '{name}' is not available for resource type "
                f"'Microsoft.ContainerService/managedClusters'. List of available regions for the resource type is "
                f"'{known}'.",
            )
        return self.azure.regions[name.lower()]

    def registration(self, name: str) -> str:
        """NotRegistered, Registering, Pending or Registered, for a provider or `provider/feature`."""
        at = self._registered.get(name.lower())
        if at is None:
            return "NotRegistered"
        if self.faults.pending(name):
            return "Pending"
        return "Registering" if self.clock.time() < at else "Registered"

    def register(self, name: str, kind: str) -> None:
        """`kind` (feature or provider) tells how long it takes."""
        self._registered.setdefault(name.lower(), self.clock.time() + self.azure.seconds[kind])

    def saved(self) -> dict[str, Any]:
        """All that was made here, as JSON values; what goes on has to be started anew by who restores it."""
        clusters = [[*key, c.resource, c.pools] for key, c in self.clusters.items()]
        made = {"registered": self._registered, "groups": self.groups, "clusters": clusters}
        return {**made, "faults": self.faults.met()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        self._registered.update(saved["registered"])
        self.groups.update(saved["groups"])
        self.faults.go_on(saved.get("faults", ()))
        for group, name, resource, pools in saved["clusters"]:
            self.clusters[group, name] = Cluster(resource, pools)

    def unregister(self, name: str) -> None:
        self._registered.pop(name.lower(), None)

    def begin(self, location: str, work: Coroutine[Any, Any, None], ended: Callable[[Operation], None]) -> Operation:
        """Starts an operation; `ended` is called when it is over, however it went."""
        operation = Operation(location, self.clock.now(), asyncio.create_task(work))

        def over(_: asyncio.Task[None]) -> None:
            operation.ended = self.clock.now()
            ended(operation)

        operation.task.add_done_callback(over)
        self.operations[operation.id] = operation
        return operation

    async def tell_nodes(self, pool: Object, count: int) -> None:
        if self.on_nodes:
            await self.on_nodes(pool, count)

    def usage(self, region: str) -> dict[str, int]:
        """vCPUs in use by quota name: the scenario's own and those of the clusters here."""
        used = {name: quota.used for name, quota in self.region(region).quota.items()}
        for cluster in self.clusters.values():
            if cluster.location == region:
                for pool in cluster.pools.values():
                    _add(used, demand(pool["properties"]))
        return used

    def check_quota(self, region: str, wanted: Iterable[Object], replaced: Iterable[Object] = ()) -> None:
        """Raises the provider's own refusal when these node pools, in the place of `replaced`, do not fit."""
        quota, used = self.region(region).quota, self.usage(region)
        needed: dict[str, int] = {}
        for pool in wanted:
            _add(needed, demand(pool["properties"]))
        for pool in replaced:
            _add(used, {name: -amount for name, amount in demand(pool["properties"]).items()})
        for name, vcpus in needed.items():
            left = (quota[name].limit if name in quota else 0) - used.get(name, 0)
            if vcpus <= left or name == "virtualMachines":
                continue
            raise insufficient_quota(name, region, vcpus, left)

    def credentials(self, context: str, *, entra: bool = False) -> str:
        """The kubeconfig as ARM sends it, base64 in JSON; its one context is called `context`.

        `entra`: its user logs in by a plugin, as in clusters without local accounts.
        """
        user = kubelogin(self.azure.subscription.tenant) if entra else None
        return base64.b64encode(renamed(self.kubeconfig, context, user)).decode()

    async def close(self) -> None:
        """Ends what is still going on."""
        tasks = [operation.task for operation in self.operations.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount
