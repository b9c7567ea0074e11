"""What node feature discovery finds in a node, and what its rules make of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.hardware import Hardware
from llmd_tui.simulator.actors.meta import mapping, rows

PREFIX = "feature.node.kubernetes.io/"
_CLASSES = ("0300", "0302")


def pci_devices(hardware: Hardware) -> list[dict[str, str]]:
    """GPUs, InfiniBand functions and the Ethernet function of accelerated networking."""
    gpus = [_device("10de", hardware.gpu.pci, "0302")] * hardware.gpus
    switches = [_device("10de", "22a3", "0680")] * (4 if hardware.gpus >= 8 else 0)
    infiniband = [_device("15b3", "101e", "0207")] * hardware.infiniband
    return [*gpus, *switches, *infiniband, *([_device("15b3", "101a", "0200")] * hardware.front)]


def _device(vendor: str, device: str, kind: str) -> dict[str, str]:
    return {"class": kind, "device": device, "vendor": vendor}


def whitelist(config: Object | None) -> tuple[str, ...]:
    """PCI classes that get a label, from the worker's ConfigMap; the network operator's where there is none."""
    text = mapping(config or {}, "data").get("nfd-worker.conf")
    parsed: dict[str, Any] = (yaml.safe_load(text) if text else None) or {}
    return tuple(str(kind) for kind in rows(parsed, "sources", "pci", "deviceClassWhitelist")) or _CLASSES


def built_in_labels(node: Object, hardware: Hardware, classes: Sequence[str]) -> dict[str, str]:
    info = mapping(node, "status", "nodeInfo")
    kernel = str(info.get("kernelVersion") or "6.8.0-1059-azure")
    system, version = os_release(str(info.get("osImage") or "Ubuntu 24.04.3 LTS"))
    major, minor, revision = [*kernel.partition("-")[0].split("."), "0", "0"][:3]
    labels = {
        "kernel-version.full": kernel,
        "kernel-version.major": major,
        "kernel-version.minor": minor,
        "kernel-version.revision": revision,
        "system-os_release.ID": system,
        "system-os_release.VERSION_ID": version,
        "system-os_release.VERSION_ID.major": version.partition(".")[0],
        "system-os_release.VERSION_ID.minor": version.partition(".")[2] or "0",
    }
    devices = pci_devices(hardware)
    for device in devices:
        if any(device["class"].startswith(kind) for kind in classes):
            labels[f"pci-{device['vendor']}.present"] = "true"
    if hardware.gpus >= 8:
        labels["memory-numa"] = "true"
    if any(device["vendor"] == "15b3" for device in devices):
        labels["rdma.capable"] = "true"
    return {PREFIX + key: value for key, value in labels.items()}


def os_release(image: str) -> tuple[str, str]:
    """ID and VERSION_ID of /etc/os-release, from the node's osImage."""
    version = next((word for word in image.split() if word[:1].isdigit()), "24.04")
    if "Azure Linux" in image:
        return "azurelinux", version
    return "ubuntu", ".".join(version.split(".")[:2])


def gpu_labels(node: Object, hardware: Hardware, driver: str, timestamp: int) -> dict[str, str]:
    """GPU feature discovery's."""
    gpu = hardware.gpu
    major, minor, revision = [*driver.split("."), "0", "0"][:3]
    labels = {
        "cuda.driver-version.full": driver,
        "cuda.driver-version.major": major,
        "cuda.driver-version.minor": minor,
        "cuda.driver-version.revision": revision,
        "cuda.driver.major": major,
        "cuda.driver.minor": minor,
        "cuda.driver.rev": revision,
        "cuda.runtime-version.full": "13.0",
        "cuda.runtime-version.major": "13",
        "cuda.runtime-version.minor": "0",
        "cuda.runtime.major": "13",
        "cuda.runtime.minor": "0",
        "gfd.timestamp": str(timestamp),
        "gpu.compute.major": str(gpu.compute[0]),
        "gpu.compute.minor": str(gpu.compute[1]),
        "gpu.count": str(hardware.gpus),
        "gpu.family": gpu.family,
        "gpu.machine": "Virtual-Machine",
        "gpu.memory": str(gpu.memory_mib),
        "gpu.mode": "compute",
        "gpu.product": gpu.product,
        "gpu.replicas": "1",
        "gpu.sharing-strategy": "none",
        "mig.capable": "true",
        "mig.strategy": "single",
        "mps.capable": "false",
        "vgpu.present": "false",
    }
    return {f"nvidia.com/{key}": value for key, value in labels.items()}


def features(node: Object, hardware: Hardware) -> dict[str, Any]:
    """`spec.features` of the node's NodeFeature: what rules are matched against."""
    attributes = {
        "system.name": {"elements": {"nodename": name(node)}},
        "system.dmiid": {"elements": {"product_name": "Virtual Machine", "sys_vendor": "Microsoft Corporation"}},
        "kernel.version": {"elements": {"full": str(mapping(node, "status", "nodeInfo").get("kernelVersion", ""))}},
    }
    devices = [{"attributes": device} for device in pci_devices(hardware)]
    modules: dict[str, Any] = {
        "elements": {"br_netfilter": {}, "hv_netvsc": {}, "ib_core": {}, "mlx5_core": {}, "overlay": {}}
    }
    return {
        "attributes": attributes,
        "flags": {"kernel.loadedmodule": modules},
        "instances": {"pci.device": {"elements": devices}},
    }


def rule_labels(rule: Object, feature: Object) -> dict[str, str]:
    """The labels that a NodeFeatureRule gives to the node of this NodeFeature."""
    given: dict[str, str] = {}
    for entry in rows(rule, "spec", "rules"):
        if all(_matches(term, feature) for term in rows(entry, "matchFeatures")):
            given |= mapping(entry, "labels")
    return given


def _matches(term: Mapping[str, Any], feature: Object) -> bool:
    """One feature matcher: an instance of it that meets all expressions."""
    kind = term["feature"]
    instances = rows(feature, "spec", "features", "instances", kind, "elements")
    return any(_meets(mapping(entry, "attributes"), mapping(term, "matchExpressions").items()) for entry in instances)


def _meets(attributes: Mapping[str, str], expressions: Iterable[tuple[str, Mapping[str, Any]]]) -> bool:
    for key, rule in expressions:
        values = rows(rule, "value")
        match rule["op"]:
            case "In":
                good = attributes.get(key) in values
            case "NotIn":
                good = attributes.get(key) not in values
            case "Exists":
                good = key in attributes
            case _:
                good = False
        if not good:
            return False
    return True
