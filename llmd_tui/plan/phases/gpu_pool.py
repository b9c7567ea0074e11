"""The node pool with the GPUs."""

from typing import Any

from llmd_tui.plan.actions import Arm, Wait
from llmd_tui.plan.choice import GPU_NODES, Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.phases.base import Skip, on_every_node, phase
from llmd_tui.presets.phases import phase_texts

TAINT = "sku=gpu:NoSchedule"
TAGS = {"created-by": "llmd-tui"}
"""On everything in Azure that is ours: `destroy` removes exactly that."""
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
    # Imported here: cluster.py puts this pool into its own request.
    from llmd_tui.plan.phases.cluster import AKS_API_VERSION, cluster_path

    add = Arm(
        "PUT",
        f"{cluster_path(azure)}/agentPools/{choice.config.pool.name}",
        AKS_API_VERSION,
        {"properties": pool_properties(choice)},
        _command(choice),
    )
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
        "nodeLabels": GPU_NODES,
        "tags": TAGS,
        "gpuProfile": choice.strategy.gpu_profile,
    }
    if pool.taint:
        properties["nodeTaints"] = [TAINT]
    if pool.zone:
        properties["availabilityZones"] = [pool.zone]
    if pool.spot:
        properties |= {"scaleSetPriority": "Spot", "scaleSetEvictionPolicy": "Delete", "spotMaxPrice": -1}
    return properties


def _command(choice: Choice) -> tuple[str, ...]:
    azure, pool = choice.azure, choice.config.pool
    assert azure is not None
    profile = choice.strategy.gpu_profile
    command = [
        *("az", "aks", "nodepool", "add", "--resource-group", azure.resource_group, "--cluster-name", azure.cluster),
        *("--name", str(pool.name), "--node-count", str(pool.nodes), "--node-vm-size", pool.size),
        *("--os-sku", str(pool.os_sku), "--node-osdisk-size", str(pool.os_disk_gib), "--labels", "sku=gpu"),
        *("--tags", " ".join(f"{key}={value}" for key, value in TAGS.items())),
    ]
    if profile.get("nvidia", {}).get("managementMode") == "Managed":
        command += ["--enable-managed-gpu", "true"]
    else:
        command += ["--gpu-driver", str(profile["driver"]).lower()]
    if pool.taint:
        command += ["--node-taints", TAINT]
    if pool.zone:
        command += ["--zones", pool.zone]
    if pool.spot:
        command += ["--priority", "Spot", "--eviction-policy", "Delete", "--spot-max-price", "-1"]
    return tuple(command)
