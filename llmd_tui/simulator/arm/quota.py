"""What node pools take of the simulated Azure's quotas."""

from collections.abc import Mapping
from typing import Any

from llmd_tui.presets.sizes import Size, SystemSize, sizes, system_sizes


def vm_size(name: str) -> Size | SystemSize | None:
    """The size of that name in whatever case, GPU or not."""
    return next((size for size in (*sizes(), *system_sizes()) if size.name.lower() == name.lower()), None)


def demand(properties: Mapping[str, Any]) -> dict[str, int]:
    """What a node pool takes of each quota."""
    size = vm_size(properties["vmSize"])
    if size is None:
        return {}
    count = int(properties.get("count") or 0)
    vcpus = size.vcpus * count
    if properties.get("scaleSetPriority") == "Spot":
        return {"lowPriorityCores": vcpus, "virtualMachines": count}
    return {size.family: vcpus, "cores": vcpus, "virtualMachines": count}
