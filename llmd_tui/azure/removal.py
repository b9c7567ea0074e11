"""What of a config's Azure is ours to delete, and what still costs money after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from llmd_tui.azure import api_versions
from llmd_tui.azure.actions import OnStatus, delete
from llmd_tui.azure.errors import ArmError
from llmd_tui.azure.place import Place
from llmd_tui.errors import UserError
from llmd_tui.ours import TAGS
from llmd_tui.presets.sizes import sizes, system_sizes
from llmd_tui.presets.tiers import tiers

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

What = Literal["pool", "cluster", "group"]


@dataclass(frozen=True)
class Removal:
    """`name` is to be typed. `takes` goes with it, in words. `whats` could be deleted instead, the widest first."""

    what: What
    name: str
    takes: tuple[str, ...]
    path: str
    api_version: str
    method: str = "DELETE"
    body: Mapping[str, Any] | None = None
    whats: tuple[What, ...] = ()


@dataclass(frozen=True)
class Leftover:
    """What stays. `usd_per_hour` by list price, None where it is not known here."""

    name: str
    usd_per_hour: float | None


async def removal(arm: "Arm", place: Place, what: What | None) -> Removal:
    """What is to be deleted; None asked for: the widest that is ours and holds nothing of others.

    Raises UserError when it is not there, or not ours.
    """
    cluster = await _find(arm, place.cluster_path, api_versions.AKS)
    group = await _find(arm, place.group_path, api_versions.RESOURCES)
    chosen = what or await _widest(arm, place, group, cluster)
    return replace(await _removal(arm, place, chosen, group, cluster), whats=_ours_of(place, group, cluster))


def _ours_of(place: Place, group: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None) -> tuple[What, ...]:
    """What of it is there and ours, the widest first."""
    whats: list[What] = []
    if group is not None and _ours(group):
        whats.append("group")
    if cluster is not None and _ours(cluster):
        whats.append("cluster")
    pool = _pool(cluster, place) if cluster is not None else None
    if cluster is not None and pool is not None and (_ours(cluster) or _ours(pool)):
        whats.append("pool")
    return tuple(whats)


async def _removal(
    arm: "Arm", place: Place, chosen: What, group: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None
) -> Removal:
    if chosen == "group":
        return await _group(arm, place, group, cluster)
    if cluster is None:
        raise UserError(f"{place.group} has no cluster {place.cluster}.", "There is nothing to delete.")
    if chosen == "cluster":
        _check_ours(cluster, f"cluster {place.cluster}")
        takes = tuple(_pool_words(pool) for pool in _pools(cluster))
        return Removal("cluster", place.cluster, takes, place.cluster_path, api_versions.AKS)
    pool = _pool(cluster, place)
    if pool is None:
        raise UserError(f"cluster {place.cluster} has no node pool {place.pool}.", "There is nothing to delete.")
    if not _ours(cluster):
        _check_ours(pool, f"node pool {place.pool} of {place.cluster}")
    return Removal("pool", place.pool, (_pool_words(pool),), place.pool_path, api_versions.AKS)


async def remove(arm: "Arm", chosen: Removal, on_status: OnStatus) -> None:
    """Deletes it and waits until it is gone."""
    await delete(arm, chosen, on_status=on_status)


async def leftovers(arm: "Arm", place: Place) -> list[Leftover]:
    """What is still there of the config's group and cluster, dearest first."""
    found: list[Leftover] = []
    if cluster := await _find(arm, place.cluster_path, api_versions.AKS):
        found += [_leftover(pool, place.cluster) for pool in _pools(cluster) if int(pool.get("count") or 0)]
        sku: Mapping[str, Any] = cluster.get("sku") or {}
        tier = str(sku.get("tier") or "Free")
        known = tiers().get(tier)
        found.append(Leftover(f"cluster {place.cluster}, tier {tier}", known and known.usd_per_hour))
    if await _find(arm, place.group_path, api_versions.RESOURCES):
        inside = [entry async for entry in arm.pages(f"{place.group_path}/resources", api_versions.RESOURCES)]
        others = [entry for entry in inside if str(entry["id"]).lower() != place.cluster_path.lower()]
        found += [Leftover(_words(entry), None) for entry in others]
    return sorted(found, key=lambda left: -(left.usd_per_hour or 0.0))


async def _widest(arm: "Arm", place: Place, group: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None) -> What:
    if group is not None and _ours(group):
        inside = [entry async for entry in arm.pages(f"{place.group_path}/resources", api_versions.RESOURCES)]
        if all(str(entry["id"]).lower() == place.cluster_path.lower() for entry in inside):
            return "group"
    return "cluster" if cluster is not None and _ours(cluster) else "pool"


async def _group(
    arm: "Arm", place: Place, group: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None
) -> Removal:
    if group is None:
        raise UserError(f"There is no resource group {place.group}.", "There is nothing to delete.")
    _check_ours(group, f"resource group {place.group}")
    inside = [entry async for entry in arm.pages(f"{place.group_path}/resources", api_versions.RESOURCES)]
    pools = {place.cluster_path.lower(): _pools(cluster)} if cluster else {}
    takes = tuple(_words(entry) + _with(pools.get(str(entry["id"]).lower(), [])) for entry in inside)
    return Removal("group", place.group, takes, place.group_path, api_versions.RESOURCES)


async def _find(arm: "Arm", path: str, api_version: str) -> dict[str, Any] | None:
    try:
        return await arm.get(path, api_version)
    except ArmError as error:
        if error.status == 404:
            return None
        raise


def _ours(resource: Mapping[str, Any]) -> bool:
    (key, value), *_ = TAGS.items()
    tags: Mapping[str, str] = resource.get("tags") or {}
    return tags.get(key) == value


def _check_ours(resource: Mapping[str, Any], name: str) -> None:
    if not _ours(resource):
        raise UserError(
            f"{name} was not made by llmd-tui: its tag {'='.join(*TAGS.items())} is missing.",
            "Delete it by hand when you are sure.",
        )


def _pools(cluster: Mapping[str, Any]) -> list[dict[str, Any]]:
    properties: Mapping[str, Any] = cluster.get("properties") or {}
    return list(properties.get("agentPoolProfiles") or [])


def _pool(cluster: Mapping[str, Any], place: Place) -> dict[str, Any] | None:
    return next((pool for pool in _pools(cluster) if pool["name"] == place.pool), None)


def _words(entry: Mapping[str, Any]) -> str:
    """A resource of a group, such as "cluster llmd" or "disks models"."""
    kind = str(entry["type"]).rpartition("/")[2]
    return f"{'cluster' if kind.lower() == 'managedclusters' else kind} {entry['name']}"


def _with(pools: Sequence[Mapping[str, Any]]) -> str:
    names = " and ".join(str(pool["name"]) for pool in pools)
    return f" with {'pool' if len(pools) == 1 else 'pools'} {names}" if pools else ""


def _pool_words(pool: Mapping[str, Any]) -> str:
    return f"node pool {pool['name']}: {pool.get('count')} × {pool.get('vmSize')}"


def _leftover(pool: Mapping[str, Any], cluster: str) -> Leftover:
    known = {size.name.lower(): size.price for size in (*sizes(), *system_sizes())}
    price = known.get(str(pool.get("vmSize")).lower())
    cost = round(price.usd_per_hour * int(pool["count"]), 2) if price else None
    return Leftover(f"{_pool_words(pool)} of {cluster}", cost)
