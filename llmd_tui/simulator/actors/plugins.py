"""Device plugins: what they offer shows in their node's capacity some seconds after they run, and goes with them."""

from collections.abc import Iterable, Mapping

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.hardware import hardware, host_driver
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.network_operands import offered
from llmd_tui.simulator.actors.pods import has_container, node_of
from llmd_tui.simulator.actors.world import World

_GPU = ("nvidia-device-plugin", "nvidia-device-plugin-ctr")
_RDMA = ("rdma-shared-dp", "kube-sriovdp")


class DevicePlugins(Controller):
    """Sets capacity and allocatable when a plugin has registered; allocatable is 0 when it is gone."""

    kinds = ("Pod",)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._registered: dict[str, set[str]] = {}

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if node_of(obj) and has_container(obj, *_GPU, *_RDMA):
            yield ("", node_of(obj))

    async def reconcile(self, key: Key) -> None:
        node = self.view.get("Node", key[1])
        if node is None:
            return
        parts = hardware(node)
        wanted: dict[str, str] = {}
        if parts.gpus and self._works(key, _GPU, node):
            wanted["nvidia.com/gpu"] = str(parts.gpus)
        for policy in self.view.all("NicClusterPolicy"):
            if parts.infiniband and self._works(key, _RDMA, node):
                resources: Mapping[str, int | None] = offered(policy)
                wanted |= {resource: str(count or parts.infiniband) for resource, count in resources.items()}
        known = self._registered.setdefault(key[1], set())
        known |= wanted.keys()
        free = dict.fromkeys(sorted(known), "0") | wanted
        have = mapping(node, "status", "allocatable")
        if any(have.get(resource) != count for resource, count in free.items()):
            await self.world.patch(node, {"status": {"capacity": wanted, "allocatable": free}}, "status")

    def _works(self, key: Key, containers: tuple[str, ...], node: Object) -> bool:
        """Whether such a plugin runs on the node and has found devices; a standalone one needs the host's driver."""
        return any(
            self.program(key, name(node), container) is not None
            and (container != "nvidia-device-plugin-ctr" or host_driver(node))
            for container in containers
        )
