"""Compute's two lists: which VM sizes a region offers, and how much of each quota is used."""

import asyncio
import re
from typing import Any

from llmd_tui.presets.scenarios import Region
from llmd_tui.presets.sizes import Size, SystemSize, sizes, system_sizes
from llmd_tui.simulator.arm.account import SUBSCRIPTION
from llmd_tui.simulator.arm.wire import Answer, Call, Fault, Routes, route

ROUTES: Routes = []
LOCALIZED = {
    "cores": "Total Regional vCPUs",
    "lowPriorityCores": "Total Regional Spot vCPUs",
    "virtualMachines": "Virtual Machines",
}


@route(ROUTES, "GET", f"{SUBSCRIPTION}/providers/Microsoft.Compute/skus")
async def skus(call: Call) -> Answer:
    """Without a filter: every region's, slowly, as Azure does."""
    regions = call.cloud.azure.regions
    if wanted := call.query.get("$filter"):
        match = re.fullmatch(r"\s*location\s+eq\s+'([^']*)'\s*", wanted)
        if match is None:
            raise Fault(400, "InvalidParameter", f"The $filter '{wanted}' is not supported.")
        regions = {name: region for name, region in regions.items() if name == match[1].lower()}
    else:
        await asyncio.sleep(call.cloud.unfiltered_seconds)
    value = [entry for name, region in regions.items() for entry in _offers(name, region)]
    return Answer({"value": [*_others(call.cloud.filler_kib, *regions), *value]})


@route(ROUTES, "GET", f"{SUBSCRIPTION}/providers/Microsoft.Compute/locations/{{region}}/usages")
async def usages(call: Call) -> Answer:
    region = call.cloud.region(call.parts["region"])
    used = call.cloud.usage(call.parts["region"])
    return Answer(
        {
            "value": [
                {
                    "limit": quota.limit,
                    "unit": "Count",
                    "currentValue": used[name],
                    "name": {"value": name, "localizedValue": LOCALIZED.get(name, f"{name} vCPUs")},
                }
                for name, quota in region.quota.items()
                if name not in call.cloud.untold
            ]
        }
    )


def _offers(name: str, region: Region) -> list[dict[str, Any]]:
    """A size is offered where its family has a quota; disks come along in the same list."""
    machines = [_sku(size, name, region) for size in (*sizes(), *system_sizes()) if size.family in region.quota]
    disk = {"resourceType": "disks", "name": "Premium_LRS", "tier": "Premium", "size": "P30", "locations": [name]}
    return [{**disk, "locationInfo": [{"location": name, "zones": []}], "restrictions": []}, *machines]


def _others(kib: int, *regions: str) -> list[dict[str, Any]]:
    """Sizes of no interest, which make most of Azure's lists: some 3.7 KB each."""
    capabilities = [{"name": f"Capability{number}", "value": "False"} for number in range(70)]
    return [
        {
            "resourceType": "virtualMachines",
            "name": f"Standard_E{number}s_v5",
            "family": "standardESv5Family",
            "locations": list(regions),
            "capabilities": capabilities,
        }
        for number in range(kib * 1024 // 3700)
    ]


def _sku(size: SystemSize, location: str, region: Region) -> dict[str, Any]:
    reason = region.restricted.get(size.name)
    restrictions = [
        {
            "type": "Location",
            "values": [location],
            "restrictionInfo": {"locations": [location]},
            "reasonCode": reason,
        }
    ]
    return {
        "resourceType": "virtualMachines",
        "name": size.name,
        "tier": "Standard",
        "size": size.name.removeprefix("Standard_"),
        "family": size.family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": list(region.zones), "zoneDetails": []}],
        "capabilities": [{"name": name, "value": str(value)} for name, value in _capabilities(size).items()],
        "restrictions": restrictions if reason else [],
    }


def _capabilities(size: SystemSize) -> dict[str, object]:
    """Every value is a string in the answer. Arm64 and AMD sizes carry no GPUs capability."""
    common: dict[str, object] = {
        "HyperVGenerations": "V1,V2",
        "vCPUs": size.vcpus,
        "vCPUsAvailable": size.vcpus,
        "MemoryGB": size.memory_gib,
        "LowPriorityCapable": True,
        "PremiumIO": True,
        "EphemeralOSDiskSupported": True,
        "AcceleratedNetworkingEnabled": True,
        "CpuArchitectureType": "x64",
        "RdmaEnabled": False,
    }
    if not isinstance(size, Size):
        return common
    gpus = {"GPUs": size.gpu.count} if size.arch == "x64" and size.gpu.vendor == "nvidia" else {}
    return {
        **common,
        **gpus,
        "HyperVGenerations": "V2",
        "CpuArchitectureType": {"x64": "x64", "arm64": "Arm64"}[size.arch],
        "MaxNetworkInterfaces": size.nics,
        "MaxResourceVolumeMB": (size.local_disk_gib or 0) * 1024,
        "RdmaEnabled": size.rdma,
    }
