"""The requests to Azure beside those of the Azure CLI: what `az` sends for the command that the plan calls equivalent.

The CLI's bodies were read off the wire of version 2.91. It fills in models, so that much of what it sends is empty or
the service's own default; there absent and empty mean the same.
"""

from typing import Any

import pytest

from llmd_tui.config.model import Config
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.make import make_plan

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/c1"

SERVICES_OWN: dict[str, Any] = {
    "scaleSetPriority": "Regular",
    "upgradeSettings": {"undrainableNodeBehavior": "Schedule"},
    "bootstrapProfile": {"artifactSource": "Direct"},
}
"""Defaults of the service that the CLI spells out."""

NODE_POOL: dict[str, Any] = {
    "vmSize": "Standard_ND96isr_H100_v5",
    "osType": "Linux",
    "enableNodePublicIP": False,
    "count": 2,
    "enableAutoScaling": False,
    "scaleSetPriority": "Regular",
    "nodeLabels": {"sku": "gpu"},
    "nodeTaints": [],
    "upgradeSettings": {"undrainableNodeBehavior": "Schedule"},
    "type": "VirtualMachineScaleSets",
    "enableEncryptionAtHost": False,
    "enableUltraSSD": False,
    "enableFIPS": False,
    "mode": "User",
    "scaleDownMode": "Delete",
    "gpuProfile": {"driver": "None"},
    # --os-sku, --node-osdisk-size
    "osSKU": "Ubuntu2404",
    "osDiskSizeGB": 1024,
    # --tags
    "tags": {"created-by": "llmd-tui"},
}
"""`az aks nodepool add --node-vm-size Standard_ND96isr_H100_v5 --gpu-driver none --labels sku=gpu ...`"""


def managed_cluster(**properties: Any) -> dict[str, Any]:
    """`az aks create --kubernetes-version 1.35 --tier standard --os-sku Ubuntu2404 --nodepool-name system ...`"""
    system = {
        "name": "system",
        "orchestratorVersion": "1.35",
        "vmSize": "Standard_D8s_v5",
        "osType": "Linux",
        "osSKU": "Ubuntu2404",
        "enableNodePublicIP": False,
        "count": 2,
        "enableAutoScaling": False,
        "scaleSetPriority": "Regular",
        "nodeTaints": [],
        "upgradeSettings": {},
        "type": "VirtualMachineScaleSets",
        "enableEncryptionAtHost": False,
        "enableUltraSSD": False,
        "enableFIPS": False,
        "mode": "System",
    }
    return {
        "location": "eastus2",
        "tags": {"created-by": "llmd-tui"},
        "properties": {
            "agentPoolProfiles": [system],
            "kubernetesVersion": "1.35",
            "dnsPrefix": "c1-rg-000000",
            "disableLocalAccounts": False,
            "enableRBAC": True,
            "networkProfile": {"loadBalancerSku": "standard", "outboundType": "loadBalancer"},
            "addonProfiles": {},
            "storageProfile": {},
            "bootstrapProfile": {"artifactSource": "Direct"},
            **properties,
        },
        "identity": {"type": "SystemAssigned"},
        "sku": {"name": "Base", "tier": "Standard"},
    }


def meant(value: Any) -> Any:
    """Without what is empty or goes without saying."""
    if isinstance(value, dict):
        said = {key: meant(inner) for key, inner in value.items() if inner != SERVICES_OWN.get(key)}
        return {key: inner for key, inner in said.items() if inner not in ("", [], {}, None, False)}
    if isinstance(value, list):
        return [meant(inner) for inner in value]
    return value


def requests(pool: dict[str, Any] | None = None, **more: Any) -> dict[str, list[Arm]]:
    """The plan's requests by phase."""
    azure = {"subscription": SUBSCRIPTION, "resourceGroup": "rg", "region": "eastus2", "cluster": "c1"}
    answers = {
        "target": {"azure": azure | more.pop("azure", {})},
        "pool": {"size": "Standard_ND96isr_H100_v5", "nodes": 2, **(pool or {})},
        "path": {"name": "pd-disaggregation"},
        **more,
    }
    plan = make_plan(Config.model_validate(answers))
    return {phase.name: [a for a in phase.actions if isinstance(a, Arm)] for phase in plan.phases}


def pool_body(pool: dict[str, Any] | None = None, **more: Any) -> Any:
    (add,) = requests(pool, **more)["gpu-pool"]
    assert (add.method, add.path) == ("PUT", f"{CLUSTER}/agentPools/{(pool or {}).get('name', 'gpu')}")
    assert add.body is not None
    return meant(add.body)


def test_node_pool() -> None:
    assert pool_body() == meant({"properties": NODE_POOL})


SPOT = {"scaleSetPriority": "Spot", "scaleSetEvictionPolicy": "Delete"}


@pytest.mark.parametrize(
    "pool, effect",
    [
        ({"taint": True}, {"nodeTaints": ["sku=gpu:NoSchedule"]}),
        ({"zone": "1"}, {"availabilityZones": ["1"]}),
        (
            {"spot": True},
            {"spotMaxPrice": -1, **SPOT},
        ),
        ({"spot": True, "spotMaxPrice": 12.5}, {"spotMaxPrice": 12.5, **SPOT}),
        ({"maxNodes": 4}, {"enableAutoScaling": True, "minCount": 2, "maxCount": 4}),
        ({"maxNodes": 4, "minNodes": 0}, {"enableAutoScaling": True, "minCount": 0, "maxCount": 4}),
        ({"taint": True, "taints": ["team=ml:NoExecute"]}, {"nodeTaints": ["sku=gpu:NoSchedule", "team=ml:NoExecute"]}),
        ({"labels": ["team=ml", "cost="]}, {"nodeLabels": {"sku": "gpu", "team": "ml", "cost": ""}}),
        ({"osSku": "Ubuntu2204"}, {"osSKU": "Ubuntu2204"}),
        ({"osDiskGiB": 2048}, {"osDiskSizeGB": 2048}),
        ({"nodes": 4}, {"count": 4}),
        ({"name": "h100"}, {}),
    ],
)
def test_options_of_the_node_pool(pool: dict[str, Any], effect: dict[str, Any]) -> None:
    assert pool_body(pool) == meant({"properties": NODE_POOL | effect})


@pytest.mark.parametrize(
    "drivers, profile",
    [
        ("gpu-operator", {"driver": "None"}),
        ("aks-driver", {"driver": "Install"}),
        ("aks-managed-gpu", {"driver": "Install", "nvidia": {"managementMode": "Managed"}}),
    ],
)
def test_driver_strategy(drivers: str, profile: dict[str, Any]) -> None:
    assert pool_body(drivers=drivers) == meant({"properties": NODE_POOL | {"gpuProfile": profile}})


def test_cluster_with_its_gpu_pool_in_one_request() -> None:
    group, make = requests()["cluster"]
    assert (group.method, group.path) == ("PUT", GROUP)
    assert group.body == {"location": "eastus2", "tags": {"created-by": "llmd-tui"}}
    assert (make.method, make.path) == ("PUT", CLUSTER)
    expected = managed_cluster()
    expected["properties"]["agentPoolProfiles"].append({"name": "gpu", **NODE_POOL})
    assert meant(make.body) == meant(expected)


def test_ssh_key() -> None:
    """The content is read in the moment of sending."""
    _, make = requests(azure={"sshKeyFile": "~/.ssh/id_rsa.pub"})["cluster"]
    assert make.body is not None
    profile = {"adminUsername": "azureuser", "ssh": {"publicKeys": [{"keyData": "${file:~/.ssh/id_rsa.pub}"}]}}
    assert make.body["properties"]["linuxProfile"] == profile


@pytest.mark.parametrize(
    "cluster, group, prefix",
    [
        ("c1", "rg", "c1-rg-000000"),
        ("my_cluster-of-many", "a.resource(group)_of-some", "mycluster--aresourcegroupof-000000"),
        ("1st-of-them", "größe", "a1st-of-th-gre-000000"),
    ],
)
def test_dns_prefix_is_the_clis(cluster: str, group: str, prefix: str) -> None:
    _, make = requests(azure={"cluster": cluster, "resourceGroup": group})["cluster"]
    assert make.body is not None
    assert make.body["properties"]["dnsPrefix"] == prefix


def test_an_existing_cluster_is_never_put() -> None:
    sent = [arm for phase in requests(azure={"create": False}).values() for arm in phase]
    assert {arm.method: arm.path for arm in sent if arm.path == CLUSTER} == {}
    assert [arm.path for arm in sent if arm.method == "PUT"] == [f"{CLUSTER}/agentPools/gpu"]


def test_features_then_the_provider_once_more() -> None:
    paths = [(arm.method, arm.path) for arm in requests(drivers="aks-managed-gpu")["features"]]
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    features = f"{subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features"
    assert paths == [
        ("POST", f"{features}/AKSInfinibandSupport/register"),
        ("POST", f"{features}/ManagedGPUExperiencePreview/register"),
        ("POST", f"{subscription}/providers/Microsoft.ContainerService/register"),
    ]


def test_credentials() -> None:
    (ask,) = requests()["access"]
    assert (ask.method, ask.path, ask.body) == ("POST", f"{CLUSTER}/listClusterUserCredential", None)
