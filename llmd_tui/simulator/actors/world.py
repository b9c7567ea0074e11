"""What all actors share: one connection, one cache of what the API server says, one clock, one scenario."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster, KubeError, Unreachable
from llmd_tui.kube.observe import Observer
from llmd_tui.objects import Object, name, namespace
from llmd_tui.presets.scenarios import Fault, Scenario
from llmd_tui.simulator.actors.cache import Cache
from llmd_tui.simulator.actors.logs import LogWriter
from llmd_tui.simulator.actors.meta import stamp
from llmd_tui.simulator.actors.recorder import Recorder

_DISCOVERY_SECONDS = 0.25

_BUILT_IN = (
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("resource.k8s.io/v1", "ResourceSlice"),
)
_CUSTOM = (
    ("nvidia.com/v1", "ClusterPolicy"),
    ("mellanox.com/v1alpha1", "NicClusterPolicy"),
    ("nfd.k8s-sigs.io/v1alpha1", "NodeFeature"),
    ("nfd.k8s-sigs.io/v1alpha1", "NodeFeatureRule"),
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"),
    ("gateway.networking.k8s.io/v1", "GatewayClass"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("inference.networking.k8s.io/v1", "InferencePool"),
    ("agentgateway.dev/v1alpha1", "AgentgatewayParameters"),
)


class World:
    """Writes go to the API server and, with its answer, into the cache: an actor sees its own work at once.

    `struck` are the uids of the pods that a fault found on a node, in the order in which they came.
    """

    def __init__(self, cluster: Cluster, clock: Clock, scenario: Scenario) -> None:
        self.cluster = cluster
        self.clock = clock
        self.scenario = scenario
        self.struck: dict[tuple[Fault, str], list[str]] = {}
        self.cache = Cache()
        self.events = Recorder(cluster, clock)
        self.logs = LogWriter(cluster.server, clock)
        self._observer = Observer(cluster, self.cache, clock)
        self._known: set[str] = set()

    async def run(self) -> None:
        """Keeps the cache up to date, of custom kinds from when their group is there, and writes events."""
        for api_version, kind in _BUILT_IN:
            self._observer.watch(api_version, kind)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._observer.run())
            group.create_task(self.events.run())
            group.create_task(self.logs.run())
            while len(self._known) < len(_CUSTOM):
                await self._discover()
                await asyncio.sleep(_DISCOVERY_SECONDS)

    async def synced(self) -> None:
        """Returns when what the cluster had before us is known. A controller that acts earlier makes things twice."""
        while any(self.cache.freshness(kind).state == "loading" for _, kind in _BUILT_IN):
            await self._observer.changed()

    async def _discover(self) -> None:
        # An observer asks for each absent kind in short intervals; this is one question for all of them.
        with suppress(KubeError, Unreachable):
            answer: dict[str, Any] = await self.cluster.request("GET", "/apis")
            groups = {group["name"] for group in answer["groups"]}
            for api_version, kind in _CUSTOM:
                if kind not in self._known and api_version.partition("/")[0] in groups:
                    self._known.add(kind)
                    self._observer.watch(api_version, kind)

    def knows(self, kind: str) -> bool:
        """Whether the server has that custom kind."""
        return kind in self._known

    def now(self) -> str:
        return stamp(self.clock.now())

    def seconds(self, name: str) -> float:
        """A delay of the scenario."""
        return self.scenario.seconds[name]

    async def create(self, obj: Object) -> Object | None:
        """The object as it was stored; None when there is one of that name already."""
        try:
            created = await self.cluster.create(obj)
        except KubeError as error:
            if error.status == 409 and error.reason == "AlreadyExists":
                return None
            raise
        self.cache.wrote(created)
        return created

    async def patch(self, obj: Object, body: Mapping[str, Any], subresource: str | None = None) -> Object | None:
        """Merges `body` into the object; None when it is gone."""
        try:
            patched = await self.cluster.patch(
                obj["apiVersion"], obj["kind"], name(obj), body, namespace(obj), subresource=subresource
            )
        except KubeError as error:
            if error.status == 404:
                return None
            raise
        self.cache.wrote(patched)
        return patched

    async def status(self, obj: Object, status: Mapping[str, Any]) -> Object | None:
        """Merges `status` into the object's, unless it says so already."""
        old: Mapping[str, Any] = obj.get("status") or {}
        if all(old.get(key) == value for key, value in status.items()):
            return obj
        return await self.patch(obj, {"status": status}, "status")

    async def label(self, obj: Object, labels: Mapping[str, str | None]) -> Object | None:
        """Sets labels in one write; None takes one away."""
        old: Mapping[str, str] = obj["metadata"].get("labels") or {}
        if all(old.get(key) == value for key, value in labels.items()):
            return obj
        return await self.patch(obj, {"metadata": {"labels": labels}})

    async def delete(self, obj: Object, grace_seconds: int | None = None) -> bool:
        """Whether there was something to delete. Without `grace_seconds` the object's own grace holds."""
        resource = await self.cluster.resource(obj["apiVersion"], obj["kind"])
        options: dict[str, Any] = {
            "propagationPolicy": "Background",
            "preconditions": {"uid": obj["metadata"]["uid"]},
        }
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        try:
            await self.cluster.request("DELETE", resource.path(namespace(obj), name(obj)), body=options)
        except KubeError as error:
            if error.status in (404, 409):
                return False
            raise
        return True
