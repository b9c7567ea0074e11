"""VM sizes of the GPU node pool and of the system pool, from presets/sizes.yaml."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Literal, TypeVar

from pydantic import Field

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, read


class Gpu(Preset):
    """The GPUs of one node. `memory_gb` is of one GPU; of the slice, where the VM gets a part of one."""

    model: str
    count: int
    memory_gb: int
    vendor: Literal["nvidia", "amd"]


class Price(Preset):
    """Pay-as-you-go Linux list price in `region`, read on the day `as_of`."""

    usd_per_hour: float
    region: str
    as_of: date


class Unfit(Preset):
    """Why not: by driver strategy and by well-lit path. What is not named fits."""

    strategies: Mapping[str, str] = Field(default_factory=dict[str, str])
    paths: Mapping[str, str] = Field(default_factory=dict[str, str])


class SystemSize(Preset):
    """`family` is the quota family, spelt as Azure spells it (irregular case, spaces)."""

    name: str
    family: str
    vcpus: int
    memory_gib: int
    price: Price | None


class Size(SystemSize):
    """A GPU size. `rdma_gbps` is the speed of one InfiniBand link; every GPU has one. `nics` are the front ones.

    `local_disk_gib` is the temporary disk, None where unknown; NVMe disks come on top.
    """

    gpu: Gpu
    rdma: bool = False
    rdma_gbps: int = 0
    nics: int
    arch: Literal["x64", "arm64"] = "x64"
    os_skus: tuple[str, ...]
    local_disk_gib: int | None
    unfit: Unfit = Unfit()


AnySize = TypeVar("AnySize", bound=SystemSize)


@cache
def sizes() -> tuple[Size, ...]:
    """All known GPU sizes; the five of the AKS guide come first."""
    return tuple(Size.model_validate(entry) for entry in read("sizes.yaml")["gpu"])


@cache
def system_sizes() -> tuple[SystemSize, ...]:
    """Sizes for the system pool."""
    return tuple(SystemSize.model_validate(entry) for entry in read("sizes.yaml")["system"])


def size(name: str) -> Size:
    """The GPU size of that name, in whatever case. Raises UserError with near matches when there is none."""
    return _find(name, sizes(), "GPU size")


def system_size(name: str) -> SystemSize:
    """The system pool size of that name, in whatever case. Raises UserError with near matches when there is none."""
    return _find(name, system_sizes(), "size for the system pool")


def _find(name: str, known: tuple[AnySize, ...], what: str) -> AnySize:
    by_name = {entry.name.lower(): entry for entry in known}
    if found := by_name.get(name.lower()):
        return found
    near = [by_name[match].name for match in get_close_matches(name.lower(), by_name, n=3, cutoff=0.6)]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(e.name for e in known)}."
    raise UserError(f"{name} is not a {what} that is known here.", hint)
