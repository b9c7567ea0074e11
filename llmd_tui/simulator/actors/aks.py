"""The nodes of AKS node pools: they register, get ready and go, with the names, labels and sizes that AKS gives."""

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.objects import Object, name
from llmd_tui.presets.sizes import Size, SystemSize, sizes, system_sizes
from llmd_tui.simulator.actors.hardware import DRIVER
from llmd_tui.simulator.actors.machine import ordinal
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.nodestatus import conditions, taints_of
from llmd_tui.simulator.actors.world import World

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Os:
    """What a node image is made of."""

    image: str
    name: str
    kernel: str
    containerd: str


OS_SKUS: Mapping[str, Os] = {
    "Ubuntu2204": Os(
        "AKSUbuntu-2204gen2containerd", "Ubuntu 22.04.5 LTS", "5.15.0-1116-azure", "containerd://1.7.33-1"
    ),
    "Ubuntu2404": Os("AKSUbuntu-2404gen2containerd", "Ubuntu 24.04.3 LTS", "6.8.0-1059-azure", "containerd://2.3.2-1"),
    "AzureLinux3": Os("AKSAzureLinux-V3gen2", "Microsoft Azure Linux 3.0", "6.6.112.1-2.azl3", "containerd://2.2.4"),
}


class Aks:
    """Plays the node pools that Azure Resource Manager was asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._tasks: set[asyncio.Task[None]] = set()

    async def scale(self, pool: Object, count: int, region: str) -> None:
        """Brings a pool, as ARM shows it, to `count` nodes; returns when they have registered."""
        prefix = f"aks-{pool['name']}-{_hash(pool)}-vmss"
        have = {name(node): node for node in self.world.cache.all("Node") if name(node).startswith(prefix)}
        wanted = {f"{prefix}{_base36(number)}": number for number in range(count)}
        for gone in have.keys() - wanted.keys():
            await self.world.delete(have[gone])
            self._event(have[gone], "RemovingNode", "Removing")
        for node_name, number in wanted.items():
            if node_name not in have:
                node = _node(pool, node_name, number, region)
                created = await self.world.create(node)
                if created:
                    created = await self.world.status(created, _status(pool, node, number, self.world.now()))
                    self._event(created or node, "RegisteredNode", "Registered")
                    self._spawn(created or node)

    def _spawn(self, node: Object) -> None:
        task = asyncio.create_task(self._join(node))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, node: Object) -> None:
        """From registered to Ready, then to the GPUs where AKS runs the device plugin itself."""
        factor = self.world.scenario.factor(ordinal(node))
        await self.world.clock.sleep(self.world.scenario.nodes.ready_seconds * factor)
        ready = await self.world.status(node, {"conditions": conditions(node, self.world.now(), ready=True)})
        text = f"Node {name(node)} status is now: NodeReady"
        self.world.events.event(node, "NodeReady", text, component="kubelet", host=name(node))
        await self.world.patch(ready or node, {"spec": {"taints": taints_of(node, ready=True)}})
        if mapping(node, "metadata", "annotations").get(DRIVER) == "Managed":
            await self.world.clock.sleep(self.world.seconds("managed-gpu") * factor)
            count = str(_size(mapping(node, "metadata", "labels")["node.kubernetes.io/instance-type"])[1])
            offered = {"nvidia.com/gpu": count}
            await self.world.patch(node, {"status": {"capacity": offered, "allocatable": offered}}, "status")

    def _event(self, node: Object, reason: str, verb: str) -> None:
        where = "in" if verb == "Registered" else "from"
        text = f"Node {name(node)} event: {verb} Node {name(node)} {where} Controller"
        self.world.events.event(node, reason, text, component="node-controller")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _hash(pool: Object) -> str:
    """Eight digits, the same for every pool of a cluster."""
    cluster = str(pool.get("id", "")).lower().rpartition("/agentpools/")[0]
    return f"{zlib.crc32(cluster.encode()) % 10**8:08d}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits.rjust(6, "0")


def _size(instance: str) -> tuple[Size | SystemSize, int]:
    """The VM size and its number of NVIDIA GPUs."""
    size = next(size for size in (*sizes(), *system_sizes()) if size.name == instance)
    return size, size.gpu.count if isinstance(size, Size) and size.gpu.vendor == "nvidia" else 0


def _node(pool: Object, node_name: str, number: int, region: str) -> Object:
    properties: Mapping[str, Any] = pool["properties"]
    parts = str(pool.get("id", "")).split("/")
    subscription, group, cluster = (parts[2], parts[4], parts[8]) if len(parts) > 8 else (_NOBODY, "rg", "cluster")
    resources = f"MC_{group}_{cluster}_{region}"
    profile = mapping(properties, "gpuProfile")
    managed = mapping(profile, "nvidia").get("managementMode") == "Managed"
    driver = "Managed" if managed else str(profile.get("driver", "Install"))
    gpus = _size(properties["vmSize"])[1]
    taints = [_taint(text) for text in properties.get("nodeTaints") or ()]
    scale_set = f"{node_name[:-6]}"
    provider = (
        f"azure:///subscriptions/{subscription}/resourceGroups/{resources.lower()}/providers/Microsoft.Compute"
        f"/virtualMachineScaleSets/{scale_set}/virtualMachines/{number}"
    )
    labels = _labels(pool, node_name, resources, region) | (_gpu_labels(managed) if gpus else {})
    node: Object = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": node_name,
            "labels": labels | mapping(properties, "nodeLabels"),
            "annotations": {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
            | ({DRIVER: driver} if gpus else {}),
        },
        "spec": {"providerID": provider, "taints": taints},
    }
    node["spec"]["taints"] = taints_of(node, ready=False)
    return node


def _labels(pool: Object, node_name: str, resources: str, region: str) -> dict[str, str]:
    properties: Mapping[str, Any] = pool["properties"]
    sku = _os_sku(properties)
    size = properties["vmSize"]
    return {
        "agentpool": pool["name"],
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/instance-type": size,
        "beta.kubernetes.io/os": "linux",
        "failure-domain.beta.kubernetes.io/region": region,
        "failure-domain.beta.kubernetes.io/zone": "0",
        "kubernetes.azure.com/agentpool": pool["name"],
        "kubernetes.azure.com/cluster": resources,
        "kubernetes.azure.com/mode": str(properties.get("mode", "User")).lower(),
        "kubernetes.azure.com/node-image-version": f"{OS_SKUS[sku].image}-202607.09.0",
        "kubernetes.azure.com/nodepool-type": "VirtualMachineScaleSets",
        "kubernetes.azure.com/os-sku": "AzureLinux" if sku == "AzureLinux3" else "Ubuntu",
        "kubernetes.azure.com/os-sku-effective": sku,
        "kubernetes.azure.com/os-sku-requested": sku,
        "kubernetes.azure.com/role": "agent",
        "kubernetes.azure.com/storageprofile": "managed",
        "kubernetes.azure.com/storagetier": "Premium_LRS",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node_name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/role": "agent",
        "node-role.kubernetes.io/agent": "",
        "node.kubernetes.io/instance-type": size,
        "storageprofile": "managed",
        "storagetier": "Premium_LRS",
        "topology.disk.csi.azure.com/zone": "",
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": "0",
    }


def _gpu_labels(managed: bool) -> dict[str, str]:
    labels = {"accelerator": "nvidia", "kubernetes.azure.com/accelerator": "nvidia"}
    return labels | ({"kubernetes.azure.com/dcgm-exporter": "enabled"} if managed else {})


def _os_sku(properties: Mapping[str, Any]) -> str:
    """`Ubuntu` is 24.04 from Kubernetes 1.35 on."""
    said = str(properties.get("osSKU", "Ubuntu"))
    if said in OS_SKUS:
        return said
    minor = int(str(properties.get("orchestratorVersion", "1.35")).split(".")[1])
    return "AzureLinux3" if said == "AzureLinux" else "Ubuntu2404" if minor >= 35 else "Ubuntu2204"


def _taint(text: str) -> dict[str, str]:
    """`key=value:Effect`."""
    rest, _, effect = text.rpartition(":")
    key, _, value = rest.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def _status(pool: Object, node: Object, number: int, now: str) -> dict[str, Any]:
    properties: Mapping[str, Any] = pool["properties"]
    size, _ = _size(properties["vmSize"])
    os = OS_SKUS[_os_sku(properties)]
    pods = int(properties.get("maxPods", 250))
    memory = int(size.memory_gib * 0.98 * 1024)
    disk = int(properties.get("osDiskSizeGB") or 128) * 0.969
    capacity = {
        "cpu": str(size.vcpus),
        "ephemeral-storage": f"{int(disk)}Gi",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{memory}Mi",
        "pods": str(pods),
    }
    kept = min(20 * pods + 50, memory // 4) + 100
    allocatable = capacity | {
        "cpu": f"{size.vcpus * 1000 - _reserved_millicores(size.vcpus)}m",
        "ephemeral-storage": f"{int(disk * 0.9)}Gi",
        "memory": f"{memory - kept}Mi",
    }
    subnet = 10 + zlib.crc32(pool["name"].encode()) % 200
    return {
        "capacity": capacity,
        "allocatable": allocatable,
        "conditions": conditions(node, now, ready=False),
        "addresses": [
            {"type": "InternalIP", "address": f"10.224.{subnet}.{4 + number}"},
            {"type": "Hostname", "address": name(node)},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": "0" * 32,
            "systemUUID": _NOBODY,
            "bootID": _NOBODY,
            "kernelVersion": os.kernel,
            "osImage": os.name,
            "containerRuntimeVersion": os.containerd,
            "kubeletVersion": f"v{properties.get('orchestratorVersion', '1.35.4')}",
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
    }


def _reserved_millicores(vcpus: int) -> int:
    """What AKS keeps for the kubelet."""
    steps = ((2, 100), (4, 140), (8, 180), (16, 260), (32, 420))
    return next((reserved for limit, reserved in steps if vcpus <= limit), 740)
