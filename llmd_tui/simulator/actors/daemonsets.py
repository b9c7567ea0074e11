"""The DaemonSet controller: one pod on every node that fits."""

from collections.abc import Iterable, Mapping
from typing import Any

from llmd_tui.objects import Object, labels, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, mapping, rows, template_hash, terminating
from llmd_tui.simulator.actors.placement import daemon_tolerations, selects, untolerated
from llmd_tui.simulator.actors.pods import node_of, owned, phase, pod_from, ready
from llmd_tui.simulator.actors.world import World

_HASH = "controller-revision-hash"


class DaemonSets(Controller):
    """RollingUpdate takes old pods away as far as `maxUnavailable` lets it; OnDelete leaves them."""

    kinds = ("DaemonSet", "Pod", "Node")

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._deleted: set[str] = set()

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "DaemonSet":
            yield key_of(obj)
        elif kind == "Node":
            yield from (key_of(daemon) for daemon in self.view.all("DaemonSet"))
        elif controller_of(obj).get("kind") == "DaemonSet":
            yield (obj["metadata"]["namespace"], controller_of(obj)["name"])

    async def reconcile(self, key: Key) -> None:
        daemon = self.view.get("DaemonSet", key[1], key[0])
        if daemon is None or terminating(daemon):
            return
        revision = template_hash(daemon["spec"]["template"])
        by_node: dict[str, list[Object]] = {}
        for pod in owned(self.world, daemon):
            by_node.setdefault(_target(pod), []).append(pod)
        wanted = [node for node in self.view.all("Node") if _wants(daemon, node)]
        for node in wanted:
            pods = by_node.get(name(node), [])
            for failed in [pod for pod in pods if phase(pod) == "Failed" and not terminating(pod)]:
                await self._delete(daemon, failed)
            if not pods:
                await self._create(daemon, node, revision)
        names = {name(node) for node in wanted}
        for node, pods in by_node.items():
            if node not in names:
                for pod in pods:
                    await self._delete(daemon, pod)
        await self._roll(daemon, revision, names)
        await self._status(daemon, revision, names)

    async def _create(self, daemon: Object, node: Object, revision: str) -> None:
        generation = str(daemon["metadata"].get("generation", 1))
        extra = {_HASH: revision, "pod-template-generation": generation}
        pod = pod_from(daemon["spec"]["template"], daemon, extra_labels=extra)
        spec = pod["spec"]
        keys = {(t["key"], t["effect"]) for t in daemon_tolerations(spec)}
        kept = [t for t in spec["tolerations"] if (t.get("key"), t.get("effect")) not in keys]
        only_here = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name(node)]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [only_here]}}
        spec["tolerations"] = kept + daemon_tolerations(spec)
        spec["affinity"] = mapping(spec, "affinity") | {"nodeAffinity": required}
        if await self.world.create(pod):
            self._event(daemon, "SuccessfulCreate", f"Created pod: {name(pod)}")

    async def _delete(self, daemon: Object, pod: Object) -> None:
        uid = pod["metadata"]["uid"]
        if terminating(pod) or uid in self._deleted:
            return
        self._deleted.add(uid)
        if await self.world.delete(pod):
            self._event(daemon, "SuccessfulDelete", f"Deleted pod: {name(pod)}")

    def _event(self, daemon: Object, reason: str, message: str) -> None:
        self.world.events.event(daemon, reason, message, component="daemonset-controller")

    async def _roll(self, daemon: Object, revision: str, nodes: set[str]) -> None:
        strategy = mapping(daemon, "spec", "updateStrategy")
        if strategy.get("type") == "OnDelete":
            return
        pods = [pod for pod in owned(self.world, daemon) if _target(pod) in nodes and not terminating(pod)]
        old = [pod for pod in pods if labels(pod).get(_HASH) != revision]
        room = _count(mapping(strategy, "rollingUpdate").get("maxUnavailable", 1), len(nodes))
        room -= len(nodes) - sum(1 for pod in pods if ready(pod))
        for pod in sorted(old, key=ready):
            if ready(pod) and room <= 0:
                break
            room -= ready(pod)
            await self._delete(daemon, pod)

    async def _status(self, daemon: Object, revision: str, nodes: set[str]) -> None:
        pods = owned(self.world, daemon)
        here = {_target(pod): pod for pod in pods if _target(pod) in nodes and not self._going(pod)}
        up = [pod for pod in here.values() if ready(pod)]
        status: dict[str, Any] = {
            "currentNumberScheduled": len(here),
            "numberMisscheduled": len({_target(pod) for pod in pods} - nodes),
            "desiredNumberScheduled": len(nodes),
            "numberReady": len(up),
            "observedGeneration": daemon["metadata"].get("generation", 1),
        }
        updated = sum(1 for pod in here.values() if labels(pod).get(_HASH) == revision)
        # These are absent when they are 0.
        optional = {
            "updatedNumberScheduled": updated,
            "numberAvailable": len(up),
            "numberUnavailable": len(nodes) - len(up),
        }
        status |= {key: value or None for key, value in optional.items()}
        await self.world.status(daemon, status)

    def _going(self, pod: Object) -> bool:
        return terminating(pod) or pod["metadata"]["uid"] in self._deleted


def _target(pod: Object) -> str:
    """The node that the pod is for, scheduled or not."""
    if node := node_of(pod):
        return node
    affinity = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(affinity["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])


def _wants(daemon: Object, node: Object) -> bool:
    spec: Mapping[str, Any] = daemon["spec"]["template"]["spec"]
    tolerations = [*rows(spec, "tolerations"), *daemon_tolerations(spec)]
    return not terminating(node) and selects(node, spec) and not untolerated(node, tolerations)


def _count(value: int | str, total: int) -> int:
    """A number, or a percentage of `total`, rounded up."""
    text = str(value)
    return -(-total * int(text[:-1]) // 100) if text.endswith("%") else int(text)
