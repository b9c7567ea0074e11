"""How many nodes of which size a region can give: the size's offer there, and what is left of the quota.

Fitting the quota is no promise: whether Azure has the machines free shows only when the pool is created.
"""

import time
from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmd_tui.azure import api_versions
from llmd_tui.azure.book import Known
from llmd_tui.azure.errors import explained
from llmd_tui.azure.quota import REGIONAL, SPOT, Quota, Shortage
from llmd_tui.azure.skus import read_skus
from llmd_tui.presets.sizes import Size

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

NOT_SPOT = "not offered as spot"


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
    family: str = ""
    """The quota that limit, used and left are of, spelt as Azure does; lowPriorityCores for spot nodes."""
    vcpus: int = 0
    """Of one node."""

    def shortage(self, nodes: int, system_vcpus: int = 0) -> Shortage | None:
        """What so many nodes lack; None when they fit the quota, and where Azure does not tell it."""
        needed = self.vcpus * nodes
        lacking: list[Shortage] = []
        if self.limit is not None and self.used is not None and self.limit - self.used < needed:
            lacking.append(Shortage(self.family, self.region, needed, self.limit - self.used, self.limit))
        regional = None if self.family == SPOT else self.regional
        if regional is not None and regional.left < needed + system_vcpus:
            lacking.append(Shortage(REGIONAL, self.region, needed + system_vcpus, regional.room, regional.limit))
        return max(lacking, key=lambda found: found.more, default=None)


async def capacity(
    arm: "Arm", region: str, sizes: Sequence[Size], *, system_vcpus: int = 0, spot: bool = False
) -> list[Capacity]:
    """One row per size, in the order given. `system_vcpus`: what a new system pool takes of the region's quota."""
    return judged(await _read(arm, region), region, sizes, system_vcpus=system_vcpus, spot=spot)


async def _read(arm: "Arm", region: str) -> Known:
    """What a region offers is of today: it changes seldom. How much of a quota is used changes by the minute."""
    before, now = arm.book.skus(region), time.time()

    async def skus() -> Mapping[str, dict[str, Any]]:
        return before.skus if before else await read_skus(arm, region, arm.book.names)

    offers, quotas = await gather(skus(), _quotas(arm, region))
    known = Known(offers, before.skus_at if before else now, quotas, now)
    arm.book.keep(region, known)
    arm.book.save()
    return known


async def _quotas(arm: "Arm", region: str) -> dict[str, Quota]:
    """The region's compute quotas by `normal` name."""
    client = await arm.compute()
    with explained(f"tell the quotas of {region}"):
        used = [usage async for usage in client.usage.list(region)]
    return {normal(usage.name.value or ""): Quota(usage.limit, usage.current_value) for usage in used}


async def read_quotas(arm: "Arm", region: str) -> dict[str, Quota]:
    """The same for many regions at once, raw: the SDK's models would hold the event loop for 9 ms with each."""
    path = f"/subscriptions/{arm.subscription}/providers/Microsoft.Compute/locations/{region}/usages"
    return {
        normal(usage["name"]["value"]): Quota(int(usage["limit"]), int(usage["currentValue"]))
        async for usage in arm.pages(path, api_versions.USAGES, f"tell the quotas of {region}")
    }


def judged(
    known: Known, region: str, sizes: Sequence[Size], *, system_vcpus: int = 0, spot: bool = False
) -> list[Capacity]:
    """What is known of a region, as rows: one per size, in the order given."""
    return [judge(s, region, known.skus.get(s.name.lower()), known.quotas, system_vcpus, spot) for s in sizes]


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
    vcpus = _vcpus(sku) or size.vcpus
    fit = _nodes(vcpus, quota, regional, 0 if spot else system_vcpus)
    zones, restriction = offer(sku, spot)
    reason = restriction
    if sku is None:
        reason = f"not offered in {region}"
    elif not reason and fit is None:
        reason = f"Azure tells no quota for {SPOT if spot else family}"
    elif not reason and fit == 0:
        reason = _short(vcpus, SPOT if spot else family, quota, regional, 0 if spot else system_vcpus)
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
        family=SPOT if spot else family,
        vcpus=vcpus,
    )


def _vcpus(sku: Mapping[str, Any] | None) -> int:
    """0 where the answer does not say."""
    capabilities = {entry["name"]: str(entry["value"]) for entry in (sku or {}).get("capabilities") or ()}
    said = capabilities.get("vCPUs", "")
    return int(said) if said.isdecimal() else 0


def _nodes(vcpus: int, quota: Quota | None, regional: Quota | None, system_vcpus: int) -> int | None:
    if quota is None:
        return None
    left = quota.left if regional is None else min(quota.left, max(0, regional.left - system_vcpus))
    return left // vcpus


def _short(vcpus: int, family: str, quota: Quota | None, regional: Quota | None, system_vcpus: int) -> str:
    if quota and quota.left < vcpus:
        return f"a node needs {vcpus} vCPUs, {quota.left} of {quota.limit} are left in {family}"
    left = regional.left if regional else 0
    system = f" and the system pool {system_vcpus}" if system_vcpus else ""
    return f"a node needs {vcpus} vCPUs{system}, the region has {left} left"


def offer(sku: Mapping[str, Any] | None, spot: bool) -> tuple[tuple[str, ...], str]:
    """The zones that can be had, and why the size cannot; empty when it can."""
    if sku is None:
        return (), ""
    places: list[Mapping[str, Any]] = sku.get("locationInfo") or []
    zones: set[str] = {zone for place in places for zone in place.get("zones") or ()}
    for restriction in sku.get("restrictions") or ():
        if restriction.get("type") == "Zone":
            info: Mapping[str, Any] = restriction.get("restrictionInfo") or {}
            zones -= set(info.get("zones") or ())
        elif restriction.get("reasonCode") == "QuotaId":
            return (), "the subscription's kind of offer may not use it"
        else:
            return (), "not offered to this subscription here; a support request can change that"
    capabilities = {entry["name"]: entry["value"] for entry in sku.get("capabilities") or ()}
    if spot and capabilities.get("LowPriorityCapable") == "False":
        return tuple(sorted(zones)), NOT_SPOT
    return tuple(sorted(zones)), ""
