"""DRANET: publishes the InfiniBand functions of its node as a ResourceSlice."""

from collections.abc import Iterable
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.hardware import hardware
from llmd_tui.simulator.actors.pods import has_container, node_of

DRIVER = "dra.net"


class Dranet(Controller):
    kinds = ("Pod",)

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if node_of(obj) and has_container(obj, "dranet"):
            yield ("", node_of(obj))

    async def reconcile(self, key: Key) -> None:
        node = self.view.get("Node", key[1])
        if node is None or self.program(key, key[1], "dranet") is None:
            return
        wanted = f"{key[1]}-{DRIVER}"
        if self.view.get("ResourceSlice", wanted) is None:
            await self.world.create(_slice(wanted, node, hardware(node).infiniband))


def _slice(name: str, node: Object, functions: int) -> Object:
    devices: list[dict[str, Any]] = [
        {
            "name": f"pci-{number:04x}-00-02-0",
            "attributes": {
                "dra.net/rdma": {"bool": True},
                "dra.net/rdmaDevice": {"string": f"mlx5_{number}"},
                "dra.net/numaNode": {"int": number * 2 // max(1, functions)},
                "resource.kubernetes.io/pciBusID": {"string": f"{number:04x}:00:02.0"},
            },
        }
        for number in range(functions)
    ]
    meta = node["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": meta["name"], "uid": meta["uid"], "controller": True}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": name, "ownerReferences": [owner]},
        "spec": {
            "driver": DRIVER,
            "nodeName": meta["name"],
            "pool": {"name": meta["name"], "generation": 1, "resourceSliceCount": 1},
            "devices": devices,
        },
    }
