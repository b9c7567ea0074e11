"""What is inside a node: read from its VM size, or from what it offers where nobody knows the size."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmd_tui.objects import Object, annotations, labels
from llmd_tui.presets.sizes import sizes
from llmd_tui.simulator.actors.meta import mapping

DRIVER = "simulator.llmd-tui/gpu-driver"
"""Annotation of simulated nodes: the driver that their image brings, None, Install or Managed."""


@dataclass(frozen=True)
class Gpu:
    """What GPU feature discovery and PCI say about a model. `memory_mib` as nvidia-smi counts it."""

    product: str
    pci: str
    memory_mib: int
    family: str
    compute: tuple[int, int]


_GPUS: Mapping[tuple[str, int], Gpu] = {
    ("A100", 40): Gpu("NVIDIA-A100-SXM4-40GB", "20b0", 40960, "ampere", (8, 0)),
    ("A100", 80): Gpu("NVIDIA-A100-SXM4-80GB", "20b2", 81920, "ampere", (8, 0)),
    ("H100", 80): Gpu("NVIDIA-H100-80GB-HBM3", "2330", 81559, "hopper", (9, 0)),
    ("H200", 141): Gpu("NVIDIA-H200", "2335", 143771, "hopper", (9, 0)),
}
_OTHER = Gpu("NVIDIA-H100-80GB-HBM3", "2330", 81559, "hopper", (9, 0))


@dataclass(frozen=True)
class Hardware:
    """`infiniband` is the number of InfiniBand functions, `front` that of Mellanox Ethernet functions."""

    gpus: int
    gpu: Gpu
    infiniband: int
    front: int = 1


def hardware(node: Object) -> Hardware:
    instance = labels(node).get("node.kubernetes.io/instance-type", "")
    size = next((size for size in sizes() if size.name == instance), None)
    if size is None:
        offered = mapping(node, "status", "capacity")
        return Hardware(int(offered.get("nvidia.com/gpu", 0)), _OTHER, int(offered.get("rdma/ib", 0)))
    gpu = _GPUS.get((size.gpu.model, size.gpu.memory_gb), _OTHER)
    nvidia = size.gpu.count if size.gpu.vendor == "nvidia" else 0
    return Hardware(nvidia, gpu, size.gpu.count if size.rdma else 0)


def host_driver(node: Object) -> bool:
    """Whether the node's image brings a GPU driver. Nodes that nobody simulates are taken as they are."""
    return annotations(node).get(DRIVER, "Install") != "None"
