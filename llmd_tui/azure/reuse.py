"""Whether an AKS cluster that exists can take a GPU pool, and what is planned beside it: read from its resource."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from llmd_tui.presets.strategies import Strategy

FABRIC = ip_network("172.16.0.0/16")
"""What InfiniBand's own network uses on the nodes."""

Obstacle = tuple[str, str]
"""What stands in the way, about "it"; and what to do."""


@dataclass(frozen=True)
class Planned:
    """`minimum` is the oldest Kubernetes that goes, as 1.29; empty where that is another's to say."""

    group: str
    cluster: str
    region: str
    pool: str
    size: str
    drivers: Strategy
    rdma: bool
    minimum: str = ""


def obstacles(resource: Mapping[str, Any], planned: Planned) -> Iterator[Obstacle]:
    properties: Mapping[str, Any] = resource.get("properties") or {}
    names = f"--resource-group {planned.group} --name {planned.cluster}"
    if properties.get("powerState", {}).get("code") == "Stopped":
        yield "it is stopped", f"`az aks start {names}`."
    if properties.get("provisioningState") == "Failed":
        yield "it is Failed", f"`az aks update {names}` tries to mend it."
    if resource["location"] != planned.region:
        yield f"it is in {resource['location']}, not {planned.region}", "Set target.azure.region."
    there = kubernetes(resource)
    if planned.minimum and there and _number(there) < _number(planned.minimum):
        needs = f"it has Kubernetes {there}; {planned.drivers.name} and llm-d need {planned.minimum}"
        yield needs, f"`az aks upgrade {names} --kubernetes-version {planned.minimum}` or newer."
    pools = pools_of(resource)
    own = next((pool for pool in pools if pool.get("name") == planned.pool), None)
    if own is not None and (problem := _taken(own, planned)):
        yield problem
    others = [pool for pool in pools if pool is not own]
    yield from _drivers(others, planned.drivers)
    if others and all(_closed(pool) for pool in others):
        yield (
            "every node pool is tainted, so that operators and the router find no node",
            "Add a node pool of mode User without a taint.",
        )
    if planned.rdma:
        yield from _ranges(properties)


def pools_of(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    properties: Mapping[str, Any] = resource.get("properties") or {}
    return list(properties.get("agentPoolProfiles") or [])


def kubernetes(resource: Mapping[str, Any]) -> str:
    properties: Mapping[str, Any] = resource.get("properties") or {}
    return str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or "")


def _taken(pool: Mapping[str, Any], planned: Planned) -> Obstacle | None:
    """Size and driver of a pool are fixed when it is made; one that is alike is used as it is."""
    name, size = planned.pool, pool.get("vmSize")
    other = "Give pool.name another name, or delete that node pool."
    if str(size).lower() != planned.size.lower():
        return f"it has a node pool {name} already, with {size} instead of {planned.size}", other
    profile: Mapping[str, Any] = pool.get("gpuProfile") or {}
    nvidia: Mapping[str, Any] = profile.get("nvidia") or {}
    is_there = (profile.get("driver", "Install"), nvidia.get("managementMode", "Unmanaged"))
    wanted = planned.drivers.gpu_profile
    managed: Mapping[str, Any] = wanted.get("nvidia") or {}
    if is_there != (wanted["driver"], managed.get("managementMode", "Unmanaged")):
        said = f"driver {is_there[0]}" + (", managed by AKS" if is_there[1] == "Managed" else "")
        return f"it has a node pool {name} already, with {said}, which {planned.drivers.name} does not go with", other
    return None


def _drivers(pools: list[Mapping[str, Any]], drivers: Strategy) -> Iterator[Obstacle]:
    """The GPU operator manages every GPU node of a cluster; AKS's driver on one of them is in its way."""
    for pool in pools:
        profile: Mapping[str, Any] = pool.get("gpuProfile") or {}
        driver = profile.get("driver")
        if driver is None or not pool.get("count"):
            continue
        if (drivers.name == "gpu-operator") == (driver == "Install"):
            name = pool.get("name")
            yield (
                f"its node pool {name} has the GPU driver setting {driver}, which {drivers.name} does not go with",
                f"A pool's driver cannot be changed: scale {name} to 0, delete it, or choose drivers alike.",
            )


def _closed(pool: Mapping[str, Any]) -> bool:
    """Whether pods that tolerate only what GPU nodes have find no place there."""
    taints: list[str] = pool.get("nodeTaints") or []
    return any(taint.endswith((":NoSchedule", ":NoExecute")) for taint in taints)


def _ranges(properties: Mapping[str, Any]) -> Iterator[Obstacle]:
    network: Mapping[str, Any] = properties.get("networkProfile") or {}
    for key in ("podCidr", "serviceCidr"):
        if network.get(key) and ip_network(str(network[key]), strict=False).overlaps(FABRIC):
            yield (
                f"its {key} {network[key]} overlaps {FABRIC}, which InfiniBand uses on the nodes",
                "Address ranges are fixed when a cluster is made: use another cluster.",
            )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
