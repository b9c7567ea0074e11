"""Clusters and node pools as AKS shows them: what was sent, completed with what AKS decides itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.presets.sizes import Size
from llmd_tui.simulator.arm.cloud import Cloud, Cluster
from llmd_tui.simulator.arm.quota import vm_size
from llmd_tui.simulator.arm.wire import Fault

VERSIONS = {"1.37": "1.37.0", "1.36": "1.36.2", "1.35": "1.35.6", "1.34": "1.34.9"}
DEFAULT_VERSION = "1.35"
LONG_TERM_ONLY = {"1.33": "1.33.12"}
SPOT = "kubernetes.azure.com/scalesetpriority"
IMMUTABLE = ("vmSize", "gpuProfile", "osSKU", "osDiskSizeGB")


def version(wanted: str | None) -> str:
    """The patch version for a wish such as 1.35, 1.35.6 or nothing. Raises AKS's refusal."""
    minor = ".".join((wanted or DEFAULT_VERSION).split(".")[:2])
    if minor not in VERSIONS or (wanted and wanted not in (minor, VERSIONS[minor])):
        raise Fault(
            400,
            "K8sVersionNotSupported",
            f"Managed cluster version {wanted} is not supported in this region. Please use [az aks get-versions] "
            "command to get the supported version list in this region.",
            flat=True,
        )
    return VERSIONS[minor]


def pool_properties(cloud: Cloud, region: str, wanted: Mapping[str, Any], cluster_version: str) -> dict[str, Any]:
    """The properties of a node pool. Raises AKS's refusals."""
    size = _offered(cloud, region, str(wanted.get("vmSize") or "Standard_D4s_v5"))
    orchestrator = version(wanted["orchestratorVersion"]) if wanted.get("orchestratorVersion") else cluster_version
    os_sku = wanted.get("osSKU") or "Ubuntu"
    made: dict[str, Any] = {
        "count": 3,
        "osDiskSizeGB": 128,
        "osDiskType": "Managed",
        "maxPods": 250,
        "type": "VirtualMachineScaleSets",
        "mode": "User",
        "osType": "Linux",
        "enableAutoScaling": False,
        "scaleDownMode": "Delete",
        "enableNodePublicIP": False,
        "enableEncryptionAtHost": False,
        "enableFIPS": False,
        **{key: value for key, value in wanted.items() if value not in (None, "", [], {})},
        "vmSize": size.name,
        "osSKU": os_sku,
        "orchestratorVersion": orchestrator,
        "currentOrchestratorVersion": orchestrator,
        "nodeImageVersion": _image(os_sku, orchestrator),
        "powerState": {"code": "Running"},
        "provisioningState": "Creating",
    }
    made.pop("name", None)
    if isinstance(size, Size):
        profile: dict[str, Any] = {"driver": "Install", **(wanted.get("gpuProfile") or {})}
        _check_gpu(cloud, size, profile)
        made["gpuProfile"] = profile
    if made.get("scaleSetPriority") == "Spot":
        made["nodeLabels"] = {**made.get("nodeLabels", {}), SPOT: "spot"}
        made["nodeTaints"] = [*made.get("nodeTaints", []), f"{SPOT}=spot:NoSchedule"]
    return made


def cluster_resource(cloud: Cloud, group: str, name: str, body: Mapping[str, Any]) -> Object:
    """The managedCluster, without its node pools."""
    wanted: Mapping[str, Any] = body.get("properties") or {}
    current = version(wanted.get("kubernetesVersion"))
    network = {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.0.0.0/16",
        "dnsServiceIP": "10.0.0.10",
        "loadBalancerSku": "standard",
        "outboundType": "loadBalancer",
    }
    local_accounts_off = bool(wanted.get("disableLocalAccounts")) or cloud.faults.local_accounts_off()
    tenant = {"tenantID": cloud.azure.subscription.tenant}
    kept = {key: value for key, value in wanted.items() if key != "agentPoolProfiles" and value is not None}
    return {
        "id": cluster_id(cloud, group, name),
        "name": name,
        "type": "Microsoft.ContainerService/ManagedClusters",
        "location": body["location"].lower(),
        "tags": dict(body.get("tags") or {}),
        "sku": {"name": "Base", "tier": "Free", **(body.get("sku") or {})},
        "identity": {
            "type": "SystemAssigned",
            "principalId": "00000000-0000-4000-8000-000000000001",
            "tenantId": cloud.azure.subscription.tenant,
        },
        "properties": {
            **kept,
            "provisioningState": "Creating",
            "powerState": {"code": "Running"},
            "kubernetesVersion": (wanted.get("kubernetesVersion") or DEFAULT_VERSION),
            "currentKubernetesVersion": current,
            "dnsPrefix": wanted.get("dnsPrefix") or name,
            "fqdn": f"{wanted.get('dnsPrefix') or name}-1a2b3c4d.hcp.{body['location']}.azmk8s.io",
            "nodeResourceGroup": f"MC_{group}_{name}_{body['location']}",
            "enableRBAC": True,
            "disableLocalAccounts": local_accounts_off,
            **({"aadProfile": {"managed": True, "enableAzureRBAC": True, **tenant}} if local_accounts_off else {}),
            "networkProfile": {**network, **(wanted.get("networkProfile") or {})},
            "maxAgentPools": 100,
            "supportPlan": "KubernetesOfficial",
        },
    }


def pool_resource(cluster: Cluster, name: str, properties: Mapping[str, Any]) -> Object:
    return {
        "id": f"{cluster.resource['id']}/agentPools/{name}",
        "name": name,
        "type": "Microsoft.ContainerService/managedClusters/agentPools",
        "properties": dict(properties),
    }


def shown(cluster: Cluster) -> Object:
    """The managedCluster as a GET tells it."""
    profiles = [{"name": pool["name"], **pool["properties"]} for pool in cluster.pools.values()]
    properties = {**cluster.resource["properties"], "agentPoolProfiles": profiles}
    return {**cluster.resource, "properties": properties}


def cluster_id(cloud: Cloud, group: str, name: str) -> str:
    provider = "Microsoft.ContainerService/managedClusters"
    return f"/subscriptions/{cloud.subscription}/resourceGroups/{group}/providers/{provider}/{name}"


def has_gpus(properties: Mapping[str, Any]) -> bool:
    return isinstance(vm_size(properties["vmSize"]), Size)


def kubernetes_versions() -> Iterator[dict[str, Any]]:
    for minor, patch in {**VERSIONS, **LONG_TERM_ONLY}.items():
        plans = ["AKSLongTermSupport"] if minor in LONG_TERM_ONLY else ["KubernetesOfficial", "AKSLongTermSupport"]
        yield {
            "version": minor,
            **({"isDefault": True} if minor == DEFAULT_VERSION else {}),
            "capabilities": {"supportPlan": plans},
            "patchVersions": {patch: {"upgrades": []}},
        }


def _offered(cloud: Cloud, region: str, name: str) -> Any:
    size = vm_size(name)
    quota = cloud.region(region).quota
    if size is None or size.family not in quota or size.name in cloud.region(region).restricted:
        raise Fault(
            400,
            "VMSizeNotSupported",
            f"Virtual Machine size: '{name}' is not supported for subscription {cloud.subscription} in location "
            f"'{region}'. The available VM sizes are 'standard_d2s_v5,standard_d4s_v5,standard_d8s_v5'. "
            "For more details about supported VM sizes, please visit https://aka.ms/aks/supported-vm-skus",
            flat=True,
        )
    return size


def _check_gpu(cloud: Cloud, size: Size, profile: Mapping[str, Any]) -> None:
    nvidia: Mapping[str, Any] = profile.get("nvidia") or {}
    feature = "Microsoft.ContainerService/ManagedGPUExperiencePreview"
    if nvidia.get("managementMode") == "Managed" and cloud.registration(feature) != "Registered":
        message = f"Preview feature {feature} not registered. Please see https://aka.ms/aks/preview"
        raise Fault(400, "PreviewFeatureNotRegistered", message, flat=True)
    if size.gpu.vendor == "amd" and profile["driver"] != "None":
        message = f"GPU driver installation is not supported for VM size {size.name}."
        raise Fault(400, "InvalidParameter", message, flat=True)


def _image(os_sku: str, orchestrator: str) -> str:
    minor = tuple(int(part) for part in orchestrator.split(".")[:2])
    if os_sku.startswith("AzureLinux"):
        return "AKSAzureLinux-V3gen2-202607.09.0"
    ubuntu = {"Ubuntu2204": "2204", "Ubuntu2404": "2404"}.get(os_sku, "2404" if minor >= (1, 35) else "2204")
    return f"AKSUbuntu-{ubuntu}gen2containerd-202607.09.0"
