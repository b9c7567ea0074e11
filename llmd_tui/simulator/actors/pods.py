"""Pods as controllers make and count them."""

from collections.abc import Mapping
from typing import Any

from llmd_tui.objects import Object, is_true, timestamp
from llmd_tui.simulator.actors.meta import NOTHING, controlled_by, mapping, owner_reference, rows, suffix, terminating
from llmd_tui.simulator.actors.world import World

FORWARD = "simulator.llmd-tui/forward"
"""Annotation of simulated pods: where their ports lead on this machine, `8000=127.0.0.1:41234,...`."""

_EVICTED_AFTER = tuple(
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for key in ("not-ready", "unreachable")
)


def pod_from(
    template: Mapping[str, Any], owner: Object, *, name: str = "", extra_labels: Mapping[str, str] | None = None
) -> Object:
    """A pod of this template; without `name` it gets the owner's with a random end."""
    generate = f"{owner['metadata']['name']}-"
    metadata: dict[str, Any] = {
        "name": name or generate + suffix(),
        "namespace": owner["metadata"]["namespace"],
        "labels": mapping(template, "metadata", "labels") | dict(extra_labels or {}),
        "ownerReferences": [owner_reference(owner)],
    }
    if not name:
        metadata["generateName"] = generate
    if notes := mapping(template, "metadata", "annotations"):
        metadata["annotations"] = notes
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec(template["spec"])}


def pod_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with what admission adds on a real API server."""
    tolerations = rows(spec, "tolerations")
    keys = {toleration.get("key") for toleration in tolerations}
    tolerations += [toleration for toleration in _EVICTED_AFTER if toleration["key"] not in keys]
    return {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        **spec,
        "tolerations": tolerations,
    }


def owned(world: World, owner: Object, kind: str = "Pod") -> list[Object]:
    """The objects of that kind that this one controls."""
    return [obj for obj in world.cache.all(kind, owner["metadata"]["namespace"]) if controlled_by(obj, owner)]


def active(pod: Object) -> bool:
    return phase(pod) not in ("Succeeded", "Failed") and not terminating(pod)


def phase(pod: Object) -> str:
    return str(mapping(pod, "status").get("phase", "Pending"))


def ready(pod: Object) -> bool:
    return is_true(pod, "Ready") and not terminating(pod)


def node_of(pod: Object) -> str:
    """Empty while it waits for one."""
    return str(pod["spec"].get("nodeName") or "")


def container_status(pod: Object, container: str) -> Mapping[str, Any]:
    """What the kubelet says of one container; empty before it says anything."""
    said = rows(pod, "status", "initContainerStatuses") + rows(pod, "status", "containerStatuses")
    return next((entry for entry in said if entry["name"] == container), NOTHING)


def has_container(pod: Object, *names: str) -> bool:
    return any(container["name"] in names for container in pod["spec"]["containers"])


def running_for(world: World, pod: Object, container: str) -> float | None:
    """Seconds of the clock since the container started; None while it does not run."""
    since = timestamp(mapping(container_status(pod, container), "state", "running").get("startedAt"))
    return None if since is None else world.clock.time() - since.timestamp()


def pods_on(world: World, node: str) -> list[Object]:
    return [pod for pod in world.cache.all("Pod") if node_of(pod) == node and not terminating(pod)]
