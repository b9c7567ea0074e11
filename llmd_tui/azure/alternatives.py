"""Where else the nodes could be had, by what is known of regions: said when Azure has none here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.capacity import Capacity, judged, normal
from llmd_tui.azure.errors import ArmError
from llmd_tui.azure.quota import Shortage
from llmd_tui.azure.resources import CLUSTER, Action
from llmd_tui.errors import UserError
from llmd_tui.presets.paths import well_lit_paths
from llmd_tui.presets.sizes import Size, size, sizes

if TYPE_CHECKING:
    from llmd_tui.azure.book import Book
    from llmd_tui.azure.client import Arm

KINDS = ("quota", "capacity", "offer", "zone")
FULL = (
    *("AllocationFailed", "ZonalAllocationFailed"),
    *("OverconstrainedAllocationRequest", "OverconstrainedZonalAllocationRequest"),
)
"""Codes for machines that Azure sells here and has none of."""
MOST = 3


async def with_alternatives(arm: "Arm", action: Action, error: ArmError) -> ArmError:
    """The same error; where machines, quota or offer are lacking, its remedy also names what is known to fit."""
    pool = _gpu_pool(action)
    if error.kind not in KINDS or pool is None:
        return error
    try:
        region = await _region(arm, action)
        wanted = size(str(pool.get("vmSize")))
    except UserError:
        return error
    lacks = _with_limit(arm.book, error.shortage)
    said = " ".join(_sentences(arm.book, wanted, region, pool, lacks))
    first = _full(wanted, region, pool) if error.code in FULL else error.remedy
    # The page comes last: nothing may stick to its address.
    remedy = f"{said} {lacks.remedy(arm.subscription)}" if lacks else f"{first} {said}".strip()
    return ArmError(error.message, remedy, status=error.status, why=error.why, correlation=error.correlation)


def _full(wanted: Size, region: str, pool: Mapping[str, Any]) -> str:
    """Azure has none free: what was asked for, and what of it could be asked for less strictly."""
    nodes, zones = int(pool.get("count") or 1), pool.get("availabilityZones") or ()
    where = f"zone {' and '.join(zones)} of {region}" if zones else region or "this region"
    ways = ["later"] + (["with fewer nodes (pool.nodes)"] if nodes > 1 else [])
    ways += ["without a zone (pool.zone)"] if zones else []
    again = f"{', '.join(ways[:-1])} or {ways[-1]}" if ways[1:] else ways[0]
    return f"Azure has no {nodes} × {wanted.name} free in {where} now: try again {again}."


def _sentences(
    book: "Book", wanted: Size, region: str, pool: Mapping[str, Any], lacks: Shortage | None
) -> Iterator[str]:
    nodes, spot = int(pool.get("count") or 1), pool.get("scaleSetPriority") == "Spot"
    if lacks and 0 < (fit := lacks.left // wanted.vcpus) < nodes:
        yield f"What is left holds {fit} node{'s' if fit > 1 else ''} (pool.nodes)."
    zones: list[str] = pool.get("availabilityZones") or []
    elsewhere: list[str] = []
    for name in book.regions():
        found = _judged(book, name, wanted, spot)
        if name == region:
            if other := [zone for zone in found.zones if zone not in zones] if zones else []:
                yield f"Other zones here: {', '.join(other)}."
        elif (found.nodes_fit or 0) >= nodes:
            elsewhere.append(f"{name} ({found.nodes_fit})")
    if region in book.regions() and (others := _others(book, region, wanted, nodes, spot)):
        yield f"By quota also fit here: {', '.join(others[:MOST])}."
    if elsewhere:
        yield f"By quota also fit, with the nodes that they can hold: {', '.join(sorted(elsewhere)[:MOST])}."
    yield f"`llmd-tui capacity --size {wanted.name} --nodes {nodes}` asks every region."


def _with_limit(book: "Book", lacks: Shortage | None) -> Shortage | None:
    """AKS names what is left and not what the limit is, which a request for more begins with."""
    known = book.regions().get(lacks.region) if lacks and lacks.limit is None else None
    quota = known.quotas.get(normal(lacks.name)) if known and lacks else None
    return replace(lacks, limit=quota.limit) if quota and lacks else lacks


def _others(book: "Book", region: str, wanted: Size, nodes: int, spot: bool) -> list[str]:
    """Sizes here with as many GPUs of as much memory and InfiniBand where the wanted one has it, that run its paths."""
    paths = [path for path in well_lit_paths() if not path.why_not(wanted)]
    return [
        other.name
        for other in sizes()
        if other.name != wanted.name
        and other.gpu.vendor == wanted.gpu.vendor
        and other.arch == wanted.arch
        and other.rdma >= wanted.rdma
        and other.gpu.count >= wanted.gpu.count
        and other.gpu.memory_gb >= wanted.gpu.memory_gb
        and not any(path.why_not(other) for path in paths)
        and (_judged(book, region, other, spot).nodes_fit or 0) >= nodes
    ]


def _judged(book: "Book", region: str, wanted: Size, spot: bool) -> Capacity:
    return judged(book.regions()[region], region, [wanted], spot=spot)[0]


def _gpu_pool(action: Action) -> Mapping[str, Any] | None:
    """The properties of the GPU node pool that the request makes."""
    body: Mapping[str, Any] = action.body or {}
    properties: Mapping[str, Any] = body.get("properties") or {}
    pools: list[Mapping[str, Any]] = properties.get("agentPoolProfiles") or [properties]
    return next((pool for pool in pools if pool.get("gpuProfile")), None) if action.method == "PUT" else None


async def _region(arm: "Arm", action: Action) -> str:
    body: Mapping[str, Any] = action.body or {}
    if location := body.get("location"):
        return str(location)
    if not CLUSTER.fullmatch(action.path):
        return ""
    cluster = await arm.get(re.sub(r"/agentPools/[^/]+$", "", action.path), action.api_version)
    return str(cluster["location"])
