"""What a region has room for, in the few words that fit a row."""

from collections.abc import Mapping

from llmd_tui.azure.capacity import Capacity
from llmd_tui.plan.fit import short
from llmd_tui.presets.sizes import Size, sizes

COLUMNS: tuple[tuple[int, str], ...] = ((8, "H200"), (8, "H100"), (8, "A100"), (1, "H100"), (1, "A100"), (1, "T4"))
"""GPUs of a node and their model: what regions are compared by."""

GUIDE_SIZES = 5
"""The sizes of the AKS guide come first in the presets."""


def most_nodes(capacities: Mapping[str, Capacity], count: int, model: str) -> int | None:
    """How many nodes with so many GPUs fit; None where no size of that kind is offered."""
    rows = [capacities[size.name] for size in sizes() if _is(size, count, model) and size.name in capacities]
    offered = [row.nodes_fit or 0 for row in rows if row.offered]
    return max(offered, default=None)


def zones(capacities: Mapping[str, Capacity]) -> int:
    """In how many zones of the region there is any GPU size."""
    return len({zone for row in capacities.values() for zone in row.zones})


def room(capacities: Mapping[str, Capacity] | None) -> tuple[int, ...]:
    """What to order regions by: nodes that fit, the greatest kind first; last where nothing is known."""
    if capacities is None:
        return (1,)
    return (0, *(-(most_nodes(capacities, *kind) or 0) for kind in COLUMNS))


def largest(capacities: Mapping[str, Capacity]) -> tuple[Size, int] | None:
    """The size with most GPU memory of which a node fits, and how many; None where nothing does."""
    fitting = [(size, capacities[size.name].nodes_fit or 0) for size in sizes() if size.name in capacities]
    fitting = [(size, nodes) for size, nodes in fitting if nodes and not size.unfit.paths.get("optimized-baseline")]
    return max(fitting, key=lambda pair: pair[0].gpu.count * pair[0].gpu.memory_gb, default=None)


def notes(capacities: Mapping[str, Capacity]) -> list[tuple[bool, str]]:
    """One line for each size of the AKS guide: whether it can be had, and in words."""
    found: list[tuple[bool, str]] = []
    for size in sizes()[:GUIDE_SIZES]:
        row = capacities.get(size.name)
        if row and row.nodes_fit:
            nodes = "1 node" if row.nodes_fit == 1 else f"{row.nodes_fit} nodes"
            found.append((True, f"{short(size)}: {row.left} of {row.limit} vCPU left, {nodes}"))
        elif row:
            found.append((False, f"{short(size)}: {row.reason}"))
    return sorted(found, key=lambda note: not note[0])


def _is(size: Size, count: int, model: str) -> bool:
    return size.gpu.count == count and size.gpu.model.split()[0] == model
