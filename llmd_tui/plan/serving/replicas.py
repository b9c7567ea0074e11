"""How many servers of each role the nodes take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from llmd_tui.plan.serving.placement import DISK_FOR_PODS, IMAGES_GIB, NodePods, Pods, Room, place
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.presets.paths import PathRole
from llmd_tui.presets.sizes import Size


@dataclass(frozen=True)
class Group:
    """A role, what one of its pods asks for, and how many replicas were asked for, if any."""

    preset: PathRole
    asks: Room
    asked: int | None


def count_replicas(groups: Sequence[Group], room: Room, nodes: int, on: Size) -> dict[str, int] | Problem:
    """Replicas by role: as asked; otherwise the role's share of the GPUs, as far as what was asked leaves room.

    The disk is not looked at: where it is too small that is to be said, not to be met with fewer servers.
    """
    groups = [replace(group, asks=replace(group.asks, disk_gib=0)) for group in groups]
    counts = {group.preset.role: group.asked for group in groups if group.asked is not None}
    unsaid = [group for group in groups if group.asked is None]
    for group in sorted(unsaid, key=lambda group: -group.asks.gpus):
        wanted = _by_share(group, nodes, on)
        while wanted and place(_pods(groups, counts | {group.preset.role: wanted}), room, nodes) is None:
            wanted -= 1
        if not wanted:
            pods = _pods(groups, counts | {group.preset.role: 1})
            return does_not_fit(pods, room, nodes, on)
        counts[group.preset.role] = wanted
    return counts


def _by_share(group: Group, nodes: int, on: Size) -> int:
    """A replica that needs more than its share of a node takes it from several."""
    preset = group.preset
    if preset.nodes_per_replica > 1:
        return max(1, int(nodes * preset.gpu_share) // preset.nodes_per_replica)
    share = on.gpu.count * preset.gpu_share
    on_each = int(share) // group.asks.gpus
    return on_each * nodes or max(1, int(share * nodes) // group.asks.gpus)


def _pods(groups: Sequence[Group], counts: Mapping[str, int]) -> list[Pods]:
    return [
        Pods(group.preset.role, counts[group.preset.role] * group.preset.nodes_per_replica, group.asks)
        for group in groups
        if group.preset.role in counts
    ]


def does_not_fit(pods: Sequence[Pods], room: Room, nodes: int, on: Size) -> Problem:
    """Names what is short: disk, GPUs, or only their place."""
    if placement := place([replace(group, asks=replace(group.asks, disk_gib=0)) for group in pods], room, nodes):
        needed = least_disk_gib(pods, placement)
        message = f"a node's pods need an OS disk of {needed} GiB for images, weights and scratch"
        return Problem("pool.osDiskGiB", message, f"pool.osDiskGiB: {needed}, or a cache volume for the weights.")
    named = " and ".join(f"{group.role} {group.count} × {group.asks.gpus}" for group in pods)
    wanted = sum(group.count * group.asks.gpus for group in pods)
    have = nodes * on.gpu.count
    where = f"{nodes} × {on.name.removeprefix('Standard_')}"
    if wanted > have:
        message = f"{named} GPUs are {wanted}, and {where} have {have}"
    else:
        message = f"{named} GPUs do not go onto {where} of {on.gpu.count} GPUs each"
    largest = max(pods, key=lambda group: group.count * group.asks.gpus)
    more = ceil(wanted / on.gpu.count)
    remedy = f"Fewer replicas or GPUs for each{f', or {more} nodes' if more > nodes else ''}."
    return Problem(f"path.{largest.role}.replicas", message, remedy)


def least_disk_gib(pods: Sequence[Pods], placement: Sequence[NodePods]) -> int:
    """The OS disk that the fullest node needs, in steps of 128 GiB."""
    by_role = {group.role: group.asks.disk_gib for group in pods}
    fullest = max(sum(by_role[role] * count for role, count in node.pods.items()) for node in placement)
    return ceil((fullest + IMAGES_GIB) / DISK_FOR_PODS / 128) * 128
