"""The scheduler: puts pods on nodes, and says in Kubernetes 1.35's words why it cannot."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, mapping, of_type, rows, terminating
from llmd_tui.simulator.actors.placement import preference, quantity, repelled, requests, selects, untolerated
from llmd_tui.simulator.actors.pods import phase

_FINISHED = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Refusal:
    """Why a node will not do. `final`: taking other pods away would not change that."""

    reasons: tuple[str, ...]
    final: bool


class Scheduler(Controller):
    """Feasible nodes by the same filters as kube-scheduler's defaults, the emptiest of them chosen."""

    kinds = ("Pod", "Node")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "Pod" and _waits(obj):
            yield key_of(obj)
        else:
            # A node changed, or a pod that leaves makes room.
            yield from (key_of(pod) for pod in self.view.all("Pod") if _waits(pod))

    async def reconcile(self, key: Key) -> None:
        pod = self.view.get("Pod", key[1], key[0])
        if pod is None or not _waits(pod):
            return
        nodes = self.view.all("Node")
        pods = self._pods_by_node()
        refusals: dict[str, Refusal] = {}
        fitting: list[Object] = []
        for node in nodes:
            refusal = refuse(pod, node, pods.get(name(node), []))
            if refusal:
                refusals[name(node)] = refusal
            else:
                fitting.append(node)
        if fitting:
            await self._bind(pod, min(fitting, key=lambda n: _load(pod, n, pods.get(name(n), []))))
        else:
            await self._unschedulable(pod, message(len(nodes), refusals.values()))

    def _pods_by_node(self) -> Mapping[str, list[Object]]:
        there: dict[str, list[Object]] = {}
        for pod in self.view.all("Pod"):
            node = pod["spec"].get("nodeName")
            if node and phase(pod) not in _FINISHED:
                there.setdefault(node, []).append(pod)
        return there

    async def _bind(self, pod: Object, node: Object) -> None:
        meta = pod["metadata"]
        binding: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": meta["name"], "namespace": meta["namespace"]},
            "target": {"apiVersion": "v1", "kind": "Node", "name": name(node)},
        }
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/binding"
        await self.world.cluster.request("POST", path, body=binding)
        self.world.cache.wrote(pod | {"spec": pod["spec"] | {"nodeName": name(node)}})
        assigned = f"Successfully assigned {meta['namespace']}/{meta['name']} to {name(node)}"
        self.world.events.scheduler(pod, "Scheduled", assigned, "Binding")

    async def _unschedulable(self, pod: Object, why: str) -> None:
        conditions = rows(pod, "status", "conditions")
        old = of_type(conditions, "PodScheduled")
        if old.get("message") == why:
            return
        now = self.world.now()
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "observedGeneration": pod["metadata"].get("generation", 1),
            "lastProbeTime": None,
            "lastTransitionTime": old.get("lastTransitionTime", now),
            "reason": "Unschedulable",
            "message": why,
        }
        others = [dict(c) for c in conditions if c["type"] != "PodScheduled"]
        self.world.events.scheduler(pod, "FailedScheduling", why, "Scheduling", warning=True)
        await self.world.status(pod, {"conditions": [*others, condition]})


def _waits(pod: Object) -> bool:
    return not pod["spec"].get("nodeName") and not terminating(pod)


def refuse(pod: Object, node: Object, there: list[Object]) -> Refusal | None:
    """Why the pod cannot run on the node, the first filter that says no; None when it can."""
    spec = pod["spec"]
    if untolerated(node, rows(spec, "tolerations")):
        return Refusal(("node(s) had untolerated taint(s)",), True)
    if not selects(node, spec):
        return Refusal(("node(s) didn't match Pod's node affinity/selector",), True)
    if lacking := _lacking(pod, node, there):
        return lacking
    if repelled(pod, there):
        return Refusal(("node(s) didn't match pod anti-affinity rules",), False)
    return None


def _lacking(pod: Object, node: Object, there: list[Object]) -> Refusal | None:
    room = {key: quantity(value) for key, value in mapping(node, "status", "allocatable").items()}
    used: Counter[str] = Counter()
    for other in there:
        used.update(requests(other))
    wants = requests(pod)
    short = [key for key, value in wants.items() if value and used[key] + value > room.get(key, 0) + 1e-6]
    if not short:
        return None
    reasons = ("Too many pods" if key == "pods" else f"Insufficient {key}" for key in sorted(short))
    return Refusal(tuple(reasons), any(wants[key] > room.get(key, 0) for key in short))


def _load(pod: Object, node: Object, there: list[Object]) -> tuple[float, int, float, str]:
    """Where the pod would rather be; then fewest pods of the same owner, then the least CPU asked for."""
    owner = controller_of(pod).get("uid")
    siblings = sum(1 for other in there if owner and controller_of(other).get("uid") == owner)
    cpu = sum(requests(other).get("cpu", 0) for other in there)
    return (
        -preference(pod["spec"], node),
        siblings,
        cpu / (quantity(node["status"]["allocatable"].get("cpu", "1")) or 1),
        name(node),
    )


def message(nodes: int, refusals: Iterable[Refusal]) -> str:
    """`0/5 nodes are available: ...`, as kube-scheduler 1.35 puts it."""
    if not nodes:
        return "no nodes available to schedule pods"
    listed = list(refusals)
    reasons = Counter(reason for refusal in listed for reason in refusal.reasons)
    preemption = Counter(
        "Preemption is not helpful for scheduling" if refusal.final else "No preemption victims found for incoming pod"
        for refusal in listed
    )
    why = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))
    helpful = ", ".join(sorted(f"{count} {reason}" for reason, count in preemption.items()))
    return (
        f"0/{nodes} nodes are available: {why}. no new claims to deallocate, "
        f"preemption: 0/{nodes} nodes are available: {helpful}."
    )
