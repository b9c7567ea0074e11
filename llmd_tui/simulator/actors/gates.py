"""What programs in containers wait for, on their node, before they go on."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from llmd_tui.objects import Object, labels
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.placement import quantity
from llmd_tui.simulator.actors.pods import container_status, has_container, node_of, phase, pods_on, ready, running_for
from llmd_tui.simulator.actors.world import World

Gate: TypeAlias = Callable[[World, Object, Mapping[str, Any]], bool]
"""Whether the container of that spec, in that pod, may go on."""


def sandbox(world: World, pod: Object) -> bool:
    """Whether containerd knows the pod's runtime class: `nvidia` once the toolkit has configured it."""
    if pod["spec"].get("runtimeClassName") != "nvidia":
        return True
    return _toolkit_done(world, pod)


def is_open(world: World, pod: Object, container: Mapping[str, Any]) -> bool:
    gate = _GATES.get(container["name"])
    return gate is None or gate(world, pod, container)


def _ofed_loaded(world: World, pod: Object, container: Mapping[str, Any]) -> bool:
    """k8s-driver-manager: without RDMA, or without a Mellanox function on the node, there is nothing to wait for."""
    env = {entry["name"]: entry.get("value") for entry in container.get("env") or ()}
    node = world.cache.get("Node", node_of(pod))
    mellanox = node is not None and labels(node).get("feature.node.kubernetes.io/pci-15b3.present") == "true"
    return env.get("GPU_DIRECT_RDMA_ENABLED") != "true" or not mellanox or _started(world, pod, "mofed-container")


def _started(world: World, pod: Object, container: str) -> bool:
    """Whether that container of any pod on the same node has passed its startup probe."""
    return any(container_status(other, container).get("started") for other in pods_on(world, node_of(pod)))


def _driver_ready(world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    if not world.cache.all("DaemonSet", None, {"app": "nvidia-driver-daemonset"}):
        return True  # The host's own.
    return any(has_container(other, "nvidia-driver-ctr") and ready(other) for other in pods_on(world, node_of(pod)))


def _toolkit_ready(world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    return _toolkit_done(world, pod)


def _toolkit_done(world: World, pod: Object) -> bool:
    name = "nvidia-container-toolkit-ctr"
    if not world.cache.all("DaemonSet", None, {"app": "nvidia-container-toolkit-daemonset"}):
        return pod["spec"].get("runtimeClassName") != "nvidia"
    needs = world.scenario.program(name).effect_seconds
    return any((running_for(world, other, name) or -1) >= needs for other in pods_on(world, node_of(pod)))


def _vectors_added(world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    """The validator waits for the pod that it made; that pod's own container of this name does the work."""
    if labels(pod).get("app") != "nvidia-operator-validator":
        return True
    made = world.cache.all("Pod", None, {"app": "nvidia-cuda-validator"})
    return any(node_of(other) == node_of(pod) and phase(other) == "Succeeded" for other in made)


def _gpu_discovered(world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    """plugin-validation is content with one GPU in the node's capacity."""
    node = world.cache.get("Node", node_of(pod))
    return node is not None and quantity(mapping(node, "status", "capacity").get("nvidia.com/gpu", "0")) >= 1


def _driver_loaded(_world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    return bool(container_status(pod, "nvidia-driver-ctr").get("started"))


def _ofed_if_any(world: World, pod: Object, _: Mapping[str, Any]) -> bool:
    return not world.cache.all("DaemonSet", None, {"nvidia.com/ofed-driver": ""}) or _started(
        world, pod, "mofed-container"
    )


_GATES: Mapping[str, Gate] = {
    "k8s-driver-manager": _ofed_loaded,
    "driver-validation": _driver_ready,
    "toolkit-validation": _toolkit_ready,
    "cuda-validation": _vectors_added,
    "plugin-validation": _gpu_discovered,
    "nvidia-peermem-ctr": _driver_loaded,
    "nvidia-peermem-reloader": _ofed_if_any,
}
