"""Which part of the driver stack a pod is, by the labels that the operators and charts give it."""

from typing import cast

from llmd_tui.objects import Object

BEHIND_TOOLKIT = frozenset({"plugin", "validator", "cuda-validator", "operand"})
"""Pods of the GPU operator that run under the runtime class that the toolkit sets up."""

_ROLES: dict[str, dict[str, str]] = {
    "app": {
        "nvidia-driver-daemonset": "driver",
        "nvidia-container-toolkit-daemonset": "toolkit",
        "nvidia-device-plugin-daemonset": "plugin",
        "nvidia-operator-validator": "validator",
        "nvidia-cuda-validator": "cuda-validator",
        "gpu-feature-discovery": "operand",
        "nvidia-dcgm": "operand",
        "nvidia-dcgm-exporter": "operand",
        "nvidia-mig-manager": "operand",
        "nvidia-device-plugin-mps-control-daemon": "operand",
        "rdma-shared-dp": "rdma-plugin",
        "sriovdp": "rdma-plugin",
        "dranet": "dranet",
        "memlock": "memlock",
        "locked-memory-probe": "memlock-probe",
    },
    "name": {
        "network-operator-sriov-device-plugin": "rdma-plugin",
        "nvidia-device-plugin-ds": "plugin",
        "nvidia-peermem-reloader": "peermem",
    },
    "k8s-app": {"dranet": "dranet"},
    "app.kubernetes.io/name": {"nvidia-device-plugin": "plugin", "dranet": "dranet"},
    "app.kubernetes.io/component": {"nvidia-driver": "driver"},
}


def role_of(obj: Object) -> str:
    """Of a pod, or of a pod template; empty for what is no part of a driver stack."""
    # Asked of every pod of a cluster, again and again.
    metadata = obj.get("metadata")
    labels = cast(Object, metadata).get("labels") if isinstance(metadata, dict) else None
    return _role(cast(Object, labels)) if isinstance(labels, dict) and labels else ""


def _role(labels: Object) -> str:
    # The app label of OFED's pods ends in a hash of the kernel; this key is there whatever the kernel.
    if "nvidia.com/ofed-driver" in labels:
        return "ofed"
    if labels.get("role") == "worker" and labels.get("app.kubernetes.io/name") == "node-feature-discovery":
        return "nfd-worker"
    for key, roles in _ROLES.items():
        value = labels.get(key)
        if isinstance(value, str) and value in roles:
            return roles[value]
    return ""
