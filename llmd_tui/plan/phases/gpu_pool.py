"""The node pool with the GPUs."""

import json
import re
from collections.abc import Mapping
from typing import Any

from llmd_tui.azure import api_versions
from llmd_tui.config.model import Pool
from llmd_tui.ours import GPU_NODES, TAGS
from llmd_tui.plan import taints
from llmd_tui.plan.actions import Arm, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.phases.base import Skip, on_every_node, phase
from llmd_tui.presets.phases import phase_texts

"""On everything in Azure that is ours: `destroy` removes exactly that."""
LIST_PRICE = -1
"""Azure's word for: pay up to the price of nodes that are no spot nodes."""
SAID_ALOUD = {
    "enableAutoScaling": False,
    "enableNodePublicIP": False,
    "enableEncryptionAtHost": False,
    "enableUltraSSD": False,
    "enableFIPS": False,
}
"""What AKS would decide alike; the Azure CLI says it too, and ours is the same request."""


def gpu_pool(choice: Choice) -> Phase | Skip:
    azure = choice.azure
    if azure is None:
        return Skip("the target's nodes are there already")
    path = choice.place.pool_path
    body = {"properties": pool_properties(choice)}
    managed = "nvidia" in choice.strategy.gpu_profile
    command = (*(_raw(path, api_versions.AKS, body) if managed else _command(choice)), *choice.place.for_az)
    add = Arm("PUT", path, api_versions.AKS, body, command)
    seconds = None
    if not azure.create:
        text = phase_texts()["gpu-pool"]
        seconds = Seconds(text.alone_normal_seconds or 0, text.alone_slow_seconds or 0)
    return phase("gpu-pool", (add,), (nodes_ready(choice),), needs=("features", "cluster", "access"), seconds=seconds)


def nodes_ready(choice: Choice) -> Wait:
    return Wait("nodes-ready", f"{choice.nodes} GPU nodes Ready", on_every_node(choice))


def pool_properties(choice: Choice) -> dict[str, Any]:
    """An agent pool's properties, the same in a cluster's request and in one of its own."""
    pool = choice.config.pool
    properties: dict[str, Any] = {
        "mode": "User",
        "count": pool.nodes,
        "vmSize": pool.size,
        "osType": "Linux",
        "osSKU": pool.os_sku,
        "osDiskSizeGB": pool.os_disk_gib,
        "type": "VirtualMachineScaleSets",
        **SAID_ALOUD,
        "scaleSetPriority": "Regular",
        "upgradeSettings": {"undrainableNodeBehavior": "Schedule"},
        # Deallocated nodes cannot install their driver again.
        "scaleDownMode": "Delete",
        "nodeLabels": _labels(pool),
        "tags": TAGS,
        "gpuProfile": choice.strategy.gpu_profile,
    }
    if found := taints.of(pool):
        properties["nodeTaints"] = found
    if pool.max_nodes:
        properties |= {"enableAutoScaling": True, "minCount": pool.min_nodes, "maxCount": pool.max_nodes}
    if pool.zone:
        properties["availabilityZones"] = [pool.zone]
    if pool.spot:
        properties |= {"scaleSetPriority": "Spot", "scaleSetEvictionPolicy": "Delete"}
        properties["spotMaxPrice"] = pool.spot_max_price or LIST_PRICE
    return properties


def _labels(pool: Pool) -> dict[str, str]:
    further = (label.partition("=") for label in pool.labels)
    return {**GPU_NODES, **{key: value for key, _, value in further}}


def _raw(path: str, api_version: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    """The CLI itself has no option for managed GPUs, only a preview extension of it has."""
    url = f"{re.sub('^/subscriptions/[^/]+', '/subscriptions/{subscriptionId}', path)}?api-version={api_version}"
    return ("az", "rest", "--method", "put", "--url", url, "--body", json.dumps(body))


def _command(choice: Choice) -> tuple[str, ...]:
    azure, pool = choice.azure, choice.config.pool
    assert azure is not None
    command = [
        *("az", "aks", "nodepool", "add", "--resource-group", azure.resource_group, "--cluster-name", azure.cluster),
        *("--name", str(pool.name), "--node-count", str(pool.nodes), "--node-vm-size", pool.size),
        *("--os-sku", str(pool.os_sku), "--node-osdisk-size", str(pool.os_disk_gib), "--labels"),
        *(f"{key}={value}" for key, value in _labels(pool).items()),
        *("--tags", " ".join(f"{key}={value}" for key, value in TAGS.items())),
        *("--gpu-driver", str(choice.strategy.gpu_profile["driver"]).lower()),
    ]
    if found := taints.of(pool):
        command += ["--node-taints", ",".join(found)]
    if pool.max_nodes:
        command += ["--enable-cluster-autoscaler", "--min-count", str(pool.min_nodes)]
        command += ["--max-count", str(pool.max_nodes)]
    if pool.zone:
        command += ["--zones", pool.zone]
    if pool.spot:
        command += ["--priority", "Spot", "--eviction-policy", "Delete", "--spot-max-price"]
        command.append(f"{pool.spot_max_price or LIST_PRICE:g}")
    return tuple(command)
