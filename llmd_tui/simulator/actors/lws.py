"""LeaderWorkerSet: groups of pods that start and restart as one, each a leader and its workers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from llmd_tui.objects import Object, labels, matches, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import (
    fnv32a,
    mapping,
    owner_reference,
    rows,
    template_hash,
    terminating,
    with_condition,
)
from llmd_tui.simulator.actors.pods import ready

_LWS = "leaderworkerset.sigs.k8s.io"
_CONTROLLER: Mapping[str, str] = {"control-plane": "controller-manager", "app.kubernetes.io/name": "lws"}


class LeaderWorkerSets(Controller):
    """A StatefulSet of leaders, and one of workers for each leader; the pods' labels that its webhook would set."""

    kinds = ("LeaderWorkerSet", "StatefulSet", "Pod")
    manager: ClassVar[Mapping[str, str]] = _CONTROLLER

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "LeaderWorkerSet":
            yield key_of(obj)
        elif owner := labels(obj).get(f"{_LWS}/name"):
            yield (obj["metadata"]["namespace"], owner)
        elif matches(obj, self.manager):
            yield from (key_of(lws) for lws in self.view.all("LeaderWorkerSet"))

    async def reconcile(self, key: Key) -> None:
        lws = self.view.get("LeaderWorkerSet", key[1], key[0])
        if lws is None or terminating(lws) or not any(ready(pod) for pod in self.view.all("Pod", None, self.manager)):
            return
        groups = int(lws["spec"].get("replicas", 1))
        size = int(mapping(lws, "spec", "leaderWorkerTemplate").get("size", 1))
        await self._service(lws)
        await self._stateful(_leaders(lws, groups))
        pods = self.view.all("Pod", key[0], {f"{_LWS}/name": key[1]})
        for pod in pods:
            await self._mark(lws, pod)
        for group in range(groups):
            leader = self.view.get("Pod", f"{key[1]}-{group}", key[0])
            if leader is not None and size > 1 and not terminating(leader):
                await self._stateful(_workers(lws, leader, group, size))
        await self._status(lws, groups, size, pods)

    async def _stateful(self, wanted: Object) -> None:
        there = self.view.get("StatefulSet", name(wanted), wanted["metadata"]["namespace"])
        if there is None:
            await self.world.create(wanted)
        elif mapping(there, "metadata", "labels").get(f"{_LWS}/template-revision-hash") != _revision(wanted):
            body = {"metadata": {"labels": labels(wanted)}, "spec": wanted["spec"]}
            await self.world.patch(there, body)

    async def _service(self, lws: Object) -> None:
        if self.view.get("Service", name(lws), lws["metadata"]["namespace"]) is None:
            metadata = {
                "name": name(lws),
                "namespace": lws["metadata"]["namespace"],
                "ownerReferences": [owner_reference(lws)],
            }
            selector = {f"{_LWS}/name": name(lws)}
            spec = {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": selector}
            await self.world.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})

    async def _mark(self, lws: Object, pod: Object) -> None:
        """Which group, and which member of it: the numbers at the end of the pod's name."""
        rest = name(pod).removeprefix(f"{name(lws)}-").split("-")
        group, worker = rest[0], rest[1] if len(rest) > 1 else "0"
        wanted = {f"{_LWS}/group-index": group, f"{_LWS}/worker-index": worker}
        wanted[f"{_LWS}/group-key"] = f"{fnv32a(f'{name(lws)}-{group}'.encode()):08x}"
        await self.world.label(pod, wanted)

    async def _status(self, lws: Object, groups: int, size: int, pods: list[Object]) -> None:
        """A group counts as a replica when all of its pods are ready."""
        members = Counter(labels(pod).get(f"{_LWS}/group-index") for pod in pods if ready(pod))
        up = sum(1 for count in members.values() if count == size)
        made = sum(1 for pod in pods if labels(pod).get(f"{_LWS}/worker-index") == "0")
        whole = up == groups
        why = (
            ("AllGroupsReady", "All replicas are ready") if whole else ("GroupsProgressing", "Replicas are progressing")
        )
        now = self.world.now()
        conditions = with_condition(rows(lws, "status", "conditions"), now, "Available", whole, *why)
        conditions = with_condition(conditions, now, "Progressing", not whole, *why)
        await self.world.status(
            lws,
            {
                "observedGeneration": lws["metadata"].get("generation", 1),
                "replicas": made,
                "readyReplicas": up,
                "updatedReplicas": made,
                "hpaPodSelector": f"{_LWS}/name={name(lws)},{_LWS}/worker-index=0",
                "conditions": conditions,
            },
        )


def _leaders(lws: Object, groups: int) -> Object:
    template = mapping(lws, "spec", "leaderWorkerTemplate")
    pod = template.get("leaderTemplate") or template["workerTemplate"]
    return _stateful_set(lws, lws, name(lws), pod, replicas=groups, start=0)


def _workers(lws: Object, leader: Object, group: int, size: int) -> Object:
    """Owned by the leader's pod, so that they go with it."""
    pod = lws["spec"]["leaderWorkerTemplate"]["workerTemplate"]
    return _stateful_set(lws, leader, f"{name(lws)}-{group}", pod, replicas=size - 1, start=1)


def _stateful_set(
    lws: Object, owner: Object, set_name: str, template: Mapping[str, Any], *, replicas: int, start: int
) -> Object:
    size = str(mapping(lws, "spec", "leaderWorkerTemplate").get("size", 1))
    own = {f"{_LWS}/name": name(lws), f"{_LWS}/set": set_name}
    annotations = mapping(template, "metadata", "annotations") | {f"{_LWS}/size": size}
    pod_labels = mapping(template, "metadata", "labels") | own
    spec = {
        "replicas": replicas,
        "serviceName": name(lws),
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": own},
        "template": {"metadata": {"labels": pod_labels, "annotations": annotations}, "spec": template["spec"]},
        "updateStrategy": {"type": "RollingUpdate"},
    } | ({"ordinals": {"start": start}} if start else {})
    made: Object = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {
            "name": set_name,
            "namespace": lws["metadata"]["namespace"],
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": spec,
    }
    made["metadata"]["labels"] = own | {f"{_LWS}/template-revision-hash": _revision(made)}
    return made


def _revision(stateful: Object) -> str:
    return template_hash({"replicas": stateful["spec"]["replicas"], "template": stateful["spec"]["template"]})
