"""The pods of one role: what each asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

from llmd_tui.plan.serving.memory import MemorySum
from llmd_tui.plan.serving.parallelism import Split
from llmd_tui.plan.serving.placement import Room
from llmd_tui.presets.models import GIB_PER_GB, LanguageModel
from llmd_tui.presets.paths import PathRole, WellLitPath
from llmd_tui.presets.sizes import Size

SCRATCH_GIB = 16
"""Ephemeral storage of a pod beside the weights: compiled kernels, logs."""
WEIGHTS_MARGIN = 1.05
"""Tokenizer, configuration and the files that are only there while they download."""


@dataclass(frozen=True)
class Storage:
    """`disk_gib` of each node, None where it is not ours to know; `cached`: a volume holds the weights.

    `device_claims`: RDMA comes as devices, one for each GPU, instead of one rdma/ib for a pod.
    """

    disk_gib: float | None = None
    cached: bool = False
    device_claims: bool = False


@dataclass(frozen=True)
class RoleLayout:
    """The pods of one role. `asks` is what the scheduler sees of one, sidecar and all; the rest is the server's."""

    preset: PathRole
    labels: Mapping[str, str]
    replicas: int
    tensor_parallel: int
    asks: Room
    cpu: float
    cpu_limit: float | None
    memory_gib: float
    memory_limit_gib: float
    memory: MemorySum

    @property
    def role(self) -> str:
        return self.preset.role

    @property
    def gpus(self) -> int:
        """Of one pod."""
        return self.asks.gpus

    @property
    def nodes_per_replica(self) -> int:
        return self.preset.nodes_per_replica

    @property
    def pods(self) -> int:
        return self.replicas * self.nodes_per_replica

    @property
    def data_parallel(self) -> int:
        """Ranks of a whole replica; 0 without data parallelism."""
        return self.preset.ranks * self.nodes_per_replica


def role_layout(
    path: WellLitPath, role: PathRole, model: LanguageModel, found: Split, on: Size, room: Room, kept: Storage
) -> RoleLayout:
    """A role's pods, not counted yet. CPU and memory never beyond the GPUs' share of the node, so that GPUs decide."""
    gpus = on.gpu.count if path.multi_host else found.tensor_parallel
    share = gpus / on.gpu.count
    beside = role.sidecar.asks if role.sidecar else None
    extra_cpu, extra_memory = (beside.cpu, beside.memory_gib) if beside else (0, 0)
    cpu = min(role.asks.cpu, floor(room.cpu * share - extra_cpu))
    most_memory = floor(room.memory_gib * share - extra_memory)
    memory = min(role.asks.memory_gib, most_memory)
    slots = (gpus if kept.device_claims else 1) if path.rdma and on.rdma else 0
    return RoleLayout(
        preset=role,
        labels={**path.guide_labels, "llm-d.ai/role": role.role},
        replicas=0,
        tensor_parallel=found.tensor_parallel,
        asks=Room(gpus, cpu + extra_cpu, memory + extra_memory, slots, _disk_gib(role, model, kept)),
        cpu=cpu,
        cpu_limit=role.asks.cpu_limit and max(cpu, min(role.asks.cpu_limit, on.vcpus)),
        memory_gib=memory,
        memory_limit_gib=min(role.asks.memory_limit_gib or memory, most_memory),
        memory=found.memory,
    )


def _disk_gib(role: PathRole, model: LanguageModel, kept: Storage) -> float:
    """Ephemeral storage: each pod loads the weights for itself, unless a volume keeps them."""
    if kept.cached:
        return SCRATCH_GIB
    return role.asks.ephemeral_gib or ceil(model.weights_gb * GIB_PER_GB * WEIGHTS_MARGIN) + SCRATCH_GIB
