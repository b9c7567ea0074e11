"""How many nodes of which size a region can give: the size's offer there, and what is left of the quota.

Fitting the quota is no promise: whether Azure has the machines free shows only when the pool is created.
"""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmd_tui.presets.sizes import Size

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

SKUS_API_VERSION = "2021-07-01"
USAGES_API_VERSION = "2026-04-01"
REGIONAL, SPOT = "cores", "lowPriorityCores"


@dataclass(frozen=True)
class Quota:
    """In vCPUs."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Capacity:
    """One size in one region. limit, used and left count vCPUs of the size's family (spot: of all spot nodes).

    `nodes_fit` also keeps to the region's own limit. None means that Azure does not tell. `restricted`: offered in
    principle, not to this subscription; `reason` says why nothing or nothing certain can be had, else it is empty.
    """

    size: str
    region: str
    offered: bool
    restricted: bool
    limit: int | None
    used: int | None
    left: int | None
    nodes_fit: int | None
    zones: tuple[str, ...]
    reason: str
    regional: Quota | None = None
    """Of all sizes of the region together."""


async def capacity(
    arm: "Arm", region: str, sizes: Sequence[Size], *, system_vcpus: int = 0, spot: bool = False
) -> list[Capacity]:
    """One row per size, in the order given. `system_vcpus`: what a new system pool takes of the region's quota."""
    skus, quotas = await gather(read_skus(arm, region), read_quotas(arm, region))
    return [judge(size, region, skus.get(size.name.lower()), quotas, system_vcpus, spot) for size in sizes]


async def read_skus(arm: "Arm", region: str) -> dict[str, dict[str, Any]]:
    """The region's VM sizes as Azure describes them, by lower-case name. Unfiltered it would be 122 MB."""
    path = f"/subscriptions/{arm.subscription}/providers/Microsoft.Compute/skus"
    answer = await arm.get(path, SKUS_API_VERSION, {"$filter": f"location eq '{region}'"})
    return {sku["name"].lower(): sku for sku in answer["value"] if sku["resourceType"] == "virtualMachines"}


async def read_quotas(arm: "Arm", region: str) -> dict[str, Quota]:
    """The region's compute quotas by `normal` name."""
    path = f"/subscriptions/{arm.subscription}/providers/Microsoft.Compute/locations/{region}/usages"
    return {
        normal(usage["name"]["value"]): Quota(int(usage["limit"]), int(usage["currentValue"]))
        async for usage in arm.pages(path, USAGES_API_VERSION)
    }


def normal(name: str) -> str:
    """A quota name as it can be compared: endpoints differ in case, spaces and underscores."""
    return name.lower().replace(" ", "").replace("_", "")


def judge(
    size: Size,
    region: str,
    sku: Mapping[str, Any] | None,
    quotas: Mapping[str, Quota],
    system_vcpus: int = 0,
    spot: bool = False,
) -> Capacity:
    """The rule: the family's vCPUs and the region's, dedicated; one bucket for all sizes when spot."""
    family = str((sku or {}).get("family") or size.family)
    quota = quotas.get(normal(SPOT if spot else family))
    regional = quotas.get(normal(SPOT if spot else REGIONAL))
    fit = _nodes(size, quota, regional, 0 if spot else system_vcpus)
    zones, restriction = _offer(sku, spot)
    reason = restriction
    if sku is None:
        reason = f"not offered in {region}"
    elif not reason and fit is None:
        reason = f"Azure tells no quota for {family}"
    elif not reason and fit == 0:
        reason = _short(size, family, quota, regional, system_vcpus)
    return Capacity(
        size=size.name,
        region=region,
        offered=sku is not None,
        restricted=bool(restriction),
        limit=quota.limit if quota else None,
        used=quota.used if quota else None,
        left=quota.left if quota else None,
        nodes_fit=0 if sku is None or restriction else fit,
        zones=zones,
        reason=reason,
        regional=regional,
    )


def _nodes(size: Size, quota: Quota | None, regional: Quota | None, system_vcpus: int) -> int | None:
    if quota is None:
        return None
    left = quota.left if regional is None else min(quota.left, max(0, regional.left - system_vcpus))
    return left // size.vcpus


def _short(size: Size, family: str, quota: Quota | None, regional: Quota | None, system_vcpus: int) -> str:
    if quota and quota.left < size.vcpus:
        return f"a node needs {size.vcpus} vCPUs, {quota.left} of {quota.limit} are left in {family}"
    left = regional.left if regional else 0
    system = f" and the system pool {system_vcpus}" if system_vcpus else ""
    return f"a node needs {size.vcpus} vCPUs{system}, the region has {left} left"


def _offer(sku: Mapping[str, Any] | None, spot: bool) -> tuple[tuple[str, ...], str]:
    """The zones that can be had, and why the size cannot; empty when it can."""
    if sku is None:
        return (), ""
    places: list[Mapping[str, Any]] = sku.get("locationInfo") or []
    zones: set[str] = {zone for place in places for zone in place.get("zones") or ()}
    for restriction in sku.get("restrictions") or ():
        if restriction["type"] == "Zone":
            zones -= set(restriction.get("restrictionInfo", {}).get("zones") or ())
        elif restriction.get("reasonCode") == "QuotaId":
            return (), "the subscription's kind of offer may not use it"
        else:
            return (), "not offered to this subscription here; a support request can change that"
    capabilities = {entry["name"]: entry["value"] for entry in sku.get("capabilities") or ()}
    if spot and capabilities.get("LowPriorityCapable") == "False":
        return tuple(sorted(zones)), "not offered as spot"
    return tuple(sorted(zones)), ""
