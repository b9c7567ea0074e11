"""Which pods go to which node.

Room is counted conservatively, so that what fits here fits on the real nodes: AKS keeps CPU and memory for itself, the
operators' and AKS's own DaemonSets take some, and the router's pod may come here when the system pool is small.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from llmd_tui.presets.sizes import Size

ROUTER_CPU, ROUTER_MEMORY_GIB = 8, 16
"""The endpoint picker and its proxy, 4 CPU and 8 GiB each."""
ROUTER_ON_NODES_FROM_VCPUS = 24
"""Smaller nodes keep no room for the router: it needs the system pool."""
DAEMONS_CPU, DAEMONS_MEMORY_GIB = 2, 4
RDMA_SLOTS = 8
"""rdma/ib that the shared device plugin offers on a node (`rdmaHcaMax`); of DRANET, one device for every GPU."""
SEEN_MEMORY = 0.97
"""Of a VM's nominal memory, what its kernel reports."""
DISK_FOR_PODS = 0.85
IMAGES_GIB = 60
"""vLLM's image unpacked, the drivers', and the rest."""


@dataclass(frozen=True)
class Room:
    """What a node has or a pod asks for. `rdma` are slots; `disk_gib` is ephemeral storage."""

    gpus: int = 0
    cpu: float = 0
    memory_gib: float = 0
    rdma: int = 0
    disk_gib: float = 0

    def holds(self, other: "Room") -> bool:
        return (
            self.gpus >= other.gpus
            and self.cpu >= other.cpu
            and self.memory_gib >= other.memory_gib
            and self.rdma >= other.rdma
            and self.disk_gib >= other.disk_gib
        )

    def less(self, other: "Room") -> "Room":
        return Room(
            self.gpus - other.gpus,
            self.cpu - other.cpu,
            self.memory_gib - other.memory_gib,
            self.rdma - other.rdma,
            self.disk_gib - other.disk_gib,
        )


@dataclass(frozen=True)
class Pods:
    """`count` pods that are all alike."""

    role: str
    count: int
    asks: Room


@dataclass
class NodePods:
    """A node's pods by role, and what is left beside them."""

    left: Room
    pods: dict[str, int] = field(default_factory=dict[str, int])

    def take(self, pods: Pods) -> None:
        self.left = self.left.less(pods.asks)
        self.pods[pods.role] = self.pods.get(pods.role, 0) + 1


def node_room(size: Size, disk_gib: float | None = None) -> Room:
    """What a node of that size has for model servers. No `disk_gib`: its disk is somebody else's care.

    AKS reserves 60 millicores for the first core, 40 for the second, 20 for the third and fourth and 10 for each more,
    and of memory 20 MB for each of at most 250 pods and 50 MB, or a quarter of it all when that is less.
    """
    cores = size.vcpus
    reserved_cpu = (60 + 40 * (cores > 1) + 20 * min(2, max(0, cores - 2)) + 10 * max(0, cores - 4)) / 1000
    memory = size.memory_gib * SEEN_MEMORY
    reserved_memory = min((20 * 250 + 50) * 1e6 / 2**30, memory / 4) + 0.1
    with_router = cores >= ROUTER_ON_NODES_FROM_VCPUS
    return Room(
        gpus=size.gpu.count,
        cpu=cores - reserved_cpu - DAEMONS_CPU - (ROUTER_CPU if with_router else 0),
        memory_gib=memory - reserved_memory - DAEMONS_MEMORY_GIB - (ROUTER_MEMORY_GIB if with_router else 0),
        rdma=RDMA_SLOTS if size.rdma else 0,
        disk_gib=float("inf") if disk_gib is None else disk_gib * DISK_FOR_PODS - IMAGES_GIB,
    )


def place(groups: Iterable[Pods], room: Room, nodes: int) -> tuple[NodePods, ...] | None:
    """Every pod on a node, the larger ones first and each role spread; packed where spread out they do not fit.

    None when there is no room for all.
    """
    ordered = sorted(groups, key=lambda group: (-group.asks.gpus, -group.asks.memory_gib, group.role))
    return _place(ordered, room, nodes, spread=True) or _place(ordered, room, nodes, spread=False)


def _place(groups: Sequence[Pods], room: Room, nodes: int, *, spread: bool) -> tuple[NodePods, ...] | None:
    placed = [NodePods(room) for _ in range(nodes)]
    for group in groups:
        for _ in range(group.count):
            fitting = [node for node in placed if node.left.holds(group.asks)]
            if not fitting:
                return None
            chosen = min(fitting, key=lambda node: node.pods.get(group.role, 0)) if spread else fitting[0]
            chosen.take(group)
    return tuple(placed)


def any_order(groups: Sequence[Pods], room: Room, nodes: int) -> bool:
    """Whether the pods fit in whatever order the scheduler takes them: spread evenly, or because all are alike."""
    return even(groups, room, nodes) or len({(group.asks.gpus, group.asks.rdma) for group in groups}) == 1


def even(groups: Iterable[Pods], room: Room, nodes: int) -> bool:
    """Whether each node has room for its even share of every role, rounded up."""
    left = room
    for group in groups:
        for _ in range(-(-group.count // nodes)):
            if not left.holds(group.asks):
                return False
            left = left.less(group.asks)
    return True
