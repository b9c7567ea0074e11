"""Resource group and AKS cluster; one request makes the cluster with its GPU pool."""

import re
from typing import Any

from llmd_tui.azure import api_versions
from llmd_tui.config.model import Azure
from llmd_tui.ours import TAGS
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, phase
from llmd_tui.plan.phases.gpu_pool import SAID_ALOUD, pool_properties


def cluster(choice: Choice) -> Phase | Skip:
    azure = choice.azure
    if azure is None:
        return Skip("the target is a cluster that exists")
    if not azure.create:
        return Skip(f"{azure.cluster} exists; it is never changed, only its GPU pool is added")
    group = Arm(
        "PUT",
        choice.place.group_path,
        api_versions.RESOURCES,
        {"location": azure.region, "tags": TAGS},
        (
            *("az", "group", "create", "--name", azure.resource_group, "--location", azure.region),
            *("--tags", _tags(), *choice.place.for_az),
        ),
    )
    make = Arm(
        "PUT",
        choice.place.cluster_path,
        api_versions.AKS,
        _body(choice, azure),
        (*_command(azure), *choice.place.for_az),
    )
    return phase("cluster", (group, make), needs=("features", "preflight"))


def _tags() -> str:
    return " ".join(f"{key}={value}" for key, value in TAGS.items())


def _body(choice: Choice, azure: Azure) -> dict[str, Any]:
    system = azure.system_pool
    properties: dict[str, Any] = {
        "kubernetesVersion": azure.kubernetes_version,
        "dnsPrefix": dns_prefix(azure),
        "enableRBAC": True,
        "disableLocalAccounts": False,
        "networkProfile": {"loadBalancerSku": "standard", "outboundType": "loadBalancer"},
        "bootstrapProfile": {"artifactSource": "Direct"},
        "agentPoolProfiles": [
            {
                "name": "system",
                "mode": "System",
                "count": system.nodes,
                "vmSize": system.size,
                "osType": "Linux",
                "osSKU": "Ubuntu2404",
                "type": "VirtualMachineScaleSets",
                "orchestratorVersion": azure.kubernetes_version,
                **SAID_ALOUD,
                "scaleSetPriority": "Regular",
            },
            {"name": choice.config.pool.name, **pool_properties(choice)},
        ],
    }
    if azure.ssh_key_file:
        key = {"keyData": f"${{file:{azure.ssh_key_file}}}"}
        properties["linuxProfile"] = {"adminUsername": "azureuser", "ssh": {"publicKeys": [key]}}
    return {
        "location": azure.region,
        "tags": TAGS,
        "identity": {"type": "SystemAssigned"},
        "sku": {"name": "Base", "tier": azure.tier},
        "properties": properties,
    }


def dns_prefix(azure: Azure) -> str:
    """As the Azure CLI makes it: cluster, resource group and subscription, shortened."""
    cluster, group = (re.sub("[^A-Za-z0-9-]", "", text) for text in (azure.cluster, azure.resource_group))
    name = cluster if cluster[0].isalpha() else f"a{cluster}"
    return f"{name[:10]}-{group[:16]}-{azure.subscription[:6]}"


def _command(azure: Azure) -> tuple[str, ...]:
    system = azure.system_pool
    ssh = ("--ssh-key-value", azure.ssh_key_file) if azure.ssh_key_file else ("--no-ssh-key",)
    return (
        *("az", "aks", "create", "--resource-group", azure.resource_group, "--name", azure.cluster),
        *("--location", azure.region, "--kubernetes-version", str(azure.kubernetes_version)),
        *("--tier", str(azure.tier).lower(), "--nodepool-name", "system", "--os-sku", "Ubuntu2404"),
        *("--node-vm-size", str(system.size), "--node-count", str(system.nodes)),
        *("--tags", _tags(), *ssh),
    )
