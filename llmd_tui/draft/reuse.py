"""Whether the AKS cluster that was chosen goes with what else was, before the preflight says so."""

from collections.abc import Mapping
from typing import Any

from llmd_tui.azure.reuse import Obstacle, Planned, obstacles, pools_of
from llmd_tui.draft.azure import AksCluster
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.drivers import chosen_strategy
from llmd_tui.errors import UserError
from llmd_tui.presets.releases import release
from llmd_tui.presets.sizes import size


def conflicts(draft: Draft, cluster: AksCluster) -> list[Obstacle]:
    """What stands in the way of it, as things are chosen now; and what to do."""
    drivers = chosen_strategy(draft)
    named = draft.value("pool.size").text
    try:
        rdma = size(named).rdma
    except UserError:
        rdma = False
    minimum = max(release().kubernetes.minimum, drivers.minimum_kubernetes, key=_number)
    pool = draft.value("pool.name").text
    known = Planned(cluster.resource_group, cluster.name, cluster.region, pool, named, drivers, rdma, minimum)
    if not named:
        # Whether a pool of that name is another one shows when it is known what ours will be.
        known = Planned(cluster.resource_group, cluster.name, cluster.region, "", "", drivers, rdma, minimum)
    return list(obstacles(cluster.resource, known))


def told(cluster: AksCluster) -> list[str]:
    """What is worth knowing of it: its node pools, and how one logs in to it."""
    properties: Mapping[str, Any] = cluster.resource.get("properties") or {}
    lines = [_pool(pool) for pool in pools_of(cluster.resource)]
    if properties.get("disableLocalAccounts"):
        lines.append("no local accounts: logged in to with Entra, by this login")
    elif properties.get("aadProfile"):
        lines.append("logged in to with Entra")
    return lines


def _pool(pool: Mapping[str, Any]) -> str:
    profile: Mapping[str, Any] = pool.get("gpuProfile") or {}
    driver = profile.get("driver")
    size_name = str(pool.get("vmSize")).removeprefix("Standard_")
    said = f", GPU driver {driver}" if driver else ""
    return f"{pool.get('name')}: {pool.get('count')} × {size_name}{said}"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
