"""Conditions and taints of a node, as the kubelet, the node problem detector and the node controller keep them."""

from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.actors.meta import rows

_NOT_READY = "node.kubernetes.io/not-ready"

_HEALTHY = (
    ("VMEventScheduled", "NoVMEventScheduled", "VM has no scheduled event"),
    ("ContainerRuntimeProblem", "ContainerRuntimeIsUp", "container runtime service is up"),
    ("KernelDeadlock", "KernelHasNoDeadlock", "kernel has no deadlock"),
    ("ReadonlyFilesystem", "FilesystemIsNotReadOnly", "Filesystem is not read-only"),
    ("FilesystemCorruptionProblem", "FilesystemIsOK", "Filesystem is healthy"),
    ("FrequentKubeletRestart", "NoFrequentKubeletRestart", "kubelet is functioning properly"),
    ("FrequentContainerdRestart", "NoFrequentContainerdRestart", "containerd is functioning properly"),
    ("KubeletProblem", "KubeletIsUp", "kubelet service is up"),
    ("NetworkUnavailable", "RouteCreated", "RouteController created a route"),
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
_NO_NETWORK = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)


def conditions(node: Object, now: str, *, ready: bool) -> list[dict[str, Any]]:
    """All of a node's conditions; times of those that did not change are kept."""
    old = {condition["type"]: condition for condition in rows(node, "status", "conditions")}
    wanted = [(kind, "False", reason, message) for kind, reason, message in _HEALTHY]
    wanted.append(
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status")
        if ready
        else ("Ready", "False", "KubeletNotReady", _NO_NETWORK)
    )
    return [
        {
            "type": kind,
            "status": status,
            "lastHeartbeatTime": now,
            "lastTransitionTime": old[kind]["lastTransitionTime"] if old.get(kind, {}).get("status") == status else now,
            "reason": reason,
            "message": message,
        }
        for kind, status, reason, message in wanted
    ]


def taints_of(node: Object, *, ready: bool) -> list[dict[str, str]]:
    """The pool's own taints, and those of a node that is not ready."""
    own = [taint for taint in rows(node, "spec", "taints") if taint["key"] != _NOT_READY]
    return own if ready else [*own, {"key": _NOT_READY, "effect": "NoSchedule"}]
