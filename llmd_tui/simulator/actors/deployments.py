"""The Deployment controller."""

from collections.abc import Iterable
from typing import Any

from llmd_tui.objects import Object, labels, name, status
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import (
    controller_of,
    mapping,
    of_type,
    owner_reference,
    rows,
    template_hash,
    terminating,
    with_condition,
)
from llmd_tui.simulator.actors.pods import owned

_HASH = "pod-template-hash"
_ENOUGH = ("MinimumReplicasAvailable", "Deployment has minimum availability.")
_TOO_FEW = ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")


class Deployments(Controller):
    """A ReplicaSet for each pod template. A new one grows as the strategy allows and the old ones shrink."""

    kinds = ("Deployment", "ReplicaSet")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "Deployment":
            yield key_of(obj)
        elif controller_of(obj).get("kind") == "Deployment":
            yield (obj["metadata"]["namespace"], controller_of(obj)["name"])

    async def reconcile(self, key: Key) -> None:
        deployment = self.view.get("Deployment", key[1], key[0])
        if deployment is None or terminating(deployment):
            return
        digest = template_hash(deployment["spec"]["template"])
        sets = owned(self.world, deployment, "ReplicaSet")
        new = next((s for s in sets if labels(s).get(_HASH) == digest), None)
        old = [s for s in sets if s is not new and s["spec"].get("replicas")]
        wanted = int(deployment["spec"].get("replicas", 1))
        surge, unavailable = _room(deployment, wanted)
        recreate = mapping(deployment, "spec", "strategy").get("type") == "Recreate"
        running = sum(int(status(s).get("replicas", 0)) for s in old)
        if new is None:
            # The new object brings us here again.
            await self._replica_set(deployment, digest, first=not sets)
            return
        size = int(new["spec"].get("replicas", 0))
        allowed = (0 if running else wanted) if recreate else min(wanted, wanted + surge - running)
        if size > wanted or size < allowed:
            new = await self._scale(deployment, new, wanted if size > wanted else allowed)
        available = int(status(new).get("availableReplicas", 0))
        for stale in old:
            spare = int(stale["spec"]["replicas"]) if recreate else available + running - (wanted - unavailable)
            if spare > 0:
                await self._scale(deployment, stale, max(0, int(stale["spec"]["replicas"]) - spare))
        await self._status(deployment, new, old, wanted)

    async def _replica_set(self, deployment: Object, digest: str, *, first: bool) -> None:
        template = deployment["spec"]["template"]
        pod_labels = mapping(template, "metadata", "labels") | {_HASH: digest}
        selector = deployment["spec"]["selector"]
        matched = mapping(selector, "matchLabels") | {_HASH: digest}
        made: Object = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{name(deployment)}-{digest}",
                "namespace": deployment["metadata"]["namespace"],
                "labels": pod_labels,
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": {
                "replicas": 0,
                "selector": {**selector, "matchLabels": matched},
                "template": {**template, "metadata": {**template["metadata"], "labels": pod_labels}},
            },
        }
        created = await self.world.create(made)
        if created and first:
            now = self.world.now()
            text = f'Created new replica set "{name(created)}"'
            conditions = _updated([], now, "Progressing", True, "NewReplicaSetCreated", text)
            await self.world.status(deployment, {"conditions": conditions})

    async def _scale(self, deployment: Object, replica_set: Object, replicas: int) -> Object:
        before = int(replica_set["spec"].get("replicas", 0))
        if before == replicas:
            return replica_set
        verb = "up" if replicas > before else "down"
        text = f"Scaled {verb} replica set {name(replica_set)} from {before} to {replicas}"
        scaled = await self.world.patch(replica_set, {"spec": {"replicas": replicas}})
        self.world.events.event(deployment, "ScalingReplicaSet", text, component="deployment-controller")
        return scaled or replica_set

    async def _status(self, deployment: Object, new: Object, old: list[Object], wanted: int) -> None:
        sets = [new, *old]
        total = {
            key: sum(int(status(s).get(key, 0)) for s in sets)
            for key in ("replicas", "readyReplicas", "availableReplicas")
        }
        updated = int(status(new).get("replicas", 0))
        available = total["availableReplicas"]
        now = self.world.now()
        enough = available >= wanted - _room(deployment, wanted)[1]
        reason, text = _ENOUGH if enough else _TOO_FEW
        conditions = _updated(rows(deployment, "status", "conditions"), now, "Available", enough, reason, text)
        if updated == wanted == total["replicas"] == available:
            text = f'ReplicaSet "{name(new)}" has successfully progressed.'
            conditions = _updated(conditions, now, "Progressing", True, "NewReplicaSetAvailable", text)
        elif updated:
            text = f'ReplicaSet "{name(new)}" is progressing.'
            conditions = _updated(conditions, now, "Progressing", True, "ReplicaSetUpdated", text)
        counts = total | {"updatedReplicas": updated, "unavailableReplicas": max(0, wanted - available)}
        await self.world.status(
            deployment,
            {key: value or None for key, value in counts.items()}
            | {"observedGeneration": deployment["metadata"].get("generation", 1), "terminatingReplicas": 0}
            | {"conditions": conditions},
        )


def _updated(
    conditions: list[dict[str, Any]], now: str, kind: str, value: bool, reason: str, message: str
) -> list[dict[str, Any]]:
    """Deployment conditions carry the time of their last change beside that of their last transition."""
    old = of_type(conditions, kind)
    if (old.get("status") == "True") is value and (old.get("reason"), old.get("message")) == (reason, message):
        return conditions
    rest = [c for c in conditions if c["type"] != kind]
    changed = with_condition([old] if old else [], now, kind, value, reason, message)[0]
    return [*rest, changed | {"lastUpdateTime": now}]


def _room(deployment: Object, wanted: int) -> tuple[int, int]:
    """How many pods more, and how many less, than wanted a rolling update may have for a while."""
    rolling = mapping(deployment, "spec", "strategy", "rollingUpdate")
    surge, unavailable = str(rolling.get("maxSurge", "25%")), str(rolling.get("maxUnavailable", "25%"))
    up = -(-wanted * int(surge[:-1]) // 100) if surge.endswith("%") else int(surge)
    down = wanted * int(unavailable[:-1]) // 100 if unavailable.endswith("%") else int(unavailable)
    return (up, down) if up or down else (0, 1)
