"""InfiniBand by dynamic resource allocation."""

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, on_every_node, phase, release
from llmd_tui.plan.serving.claims import DEVICE_CLASS


def dranet(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "aks-managed-gpu":
        return Skip(f"strategy {choice.strategy.name} offers InfiniBand as rdma/ib")
    if not choice.rdma:
        return Skip(f"{choice.size.name} has no InfiniBand")
    slices = {"driver": "dra.net", **on_every_node(choice)}
    return phase(
        "dranet",
        (release(choice, "dranet"), Apply((device_class(),))),
        (Wait("resource-slices", "InfiniBand devices published by every RDMA node", slices),),
        needs=("access",),
        after=("gpu-pool",),
        namespaces=("kube-system",),
    )


def device_class() -> Object:
    """The chart makes none."""
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": DEVICE_CLASS, "labels": MANAGED_BY},
        "spec": {"selectors": [{"cel": {"expression": 'device.driver == "dra.net"'}}]},
    }
