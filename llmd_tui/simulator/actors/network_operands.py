"""What the network operator 26.4 makes of a NicClusterPolicy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.objects import Object, labels
from llmd_tui.simulator.actors.meta import mapping, rows, safe_hash
from llmd_tui.simulator.actors.operands import container, daemonset, env, image, probe

NAMESPACE = "network-operator"
STATE = "nvidia.network-operator.state"
PRESENT = "feature.node.kubernetes.io/pci-15b3.present"
WAIT = "network.nvidia.com/operator.mofed.wait"
_FEATURE = "feature.node.kubernetes.io"

# In the order in which the operator lists them; those that the policy does not ask for are ignored.
STATES: Mapping[str, str] = {
    "state-multus-cni": "",
    "state-container-networking-plugins": "",
    "state-ipoib-cni": "",
    "state-OFED": "ofedDriver",
    "state-SRIOV-device-plugin": "sriovDevicePlugin",
    "state-RDMA-device-plugin": "rdmaSharedDevicePlugin",
    "state-ib-kubernetes": "ibKubernetes",
    "state-nv-ipam-cni": "nvIpam",
    "state-nic-feature-discovery": "nicFeatureDiscovery",
    "state-doca-telemetry-service": "docaTelemetryService",
    "state-nic-configuration-operator": "nicConfigurationOperator",
    "state-spectrum-x-operator": "spectrumXOperator",
}


@dataclass(frozen=True)
class Kernel:
    """Nodes that can share one OFED driver."""

    os: str
    version: str
    full: str


def kernel_of(node: Object) -> Kernel:
    have = labels(node)
    return Kernel(
        have.get(f"{_FEATURE}/system-os_release.ID", "ubuntu"),
        have.get(f"{_FEATURE}/system-os_release.VERSION_ID", "24.04"),
        have.get(f"{_FEATURE}/kernel-version.full", ""),
    )


def mofed(policy: Object, kernel: Kernel) -> Object:
    """The OFED driver for the nodes of one kernel. Old pods stay until somebody deletes them."""
    spec = mapping(policy, "spec", "ofedDriver")
    app = f"mofed-{kernel.os}{kernel.version}-{safe_hash(kernel.full)}"
    own = {"app": app, "ds-owner": "NicClusterPolicy", "nvidia.com/ofed-driver": ""}
    built = image(spec, "nvcr.io/nvidia/mellanox", "doca-driver", "doca3.2.0-25.10-1.2.8.0-2")
    inventory = {"NVIDIA_NIC_DRIVERS_INVENTORY_PATH": "/mnt/drivers-inventory"}
    given = [*rows(spec, "env"), *env(CREATE_IFNAMES_UDEV="true", **inventory)]
    loaded = ("sh", "-c", "lsmod | grep mlx5_core")
    startup = {"initialDelaySeconds": 10, "periodSeconds": 20, "failureThreshold": 120, "timeoutSeconds": 10}
    startup |= mapping(spec, "startupProbe")
    flag = ("sh", "-c", "ls /run/mellanox/drivers/.driver-ready")
    initial = "nvcr.io/nvidia/mellanox/network-operator-init-container:network-operator-v26.4.1"
    return daemonset(
        policy,
        NAMESPACE,
        f"{app}-ds",
        labels=own | {"mofed-ds-format-version": "1", STATE: "state-OFED"},
        selector={"app": app},
        pod_labels=own | {"kernel": kernel.full},
        on_delete=True,
        pod=_pod(policy)
        | {
            "initContainers": [container("network-operator-init-container", initial, env=given)],
            "containers": [
                container(
                    "mofed-container",
                    f"{built}-{kernel.os}{kernel.version}-amd64",
                    env=given,
                    startupProbe=probe(flag, **startup),
                    readinessProbe=probe(loaded, initialDelaySeconds=10, periodSeconds=30, failureThreshold=1),
                    livenessProbe=probe(loaded, initialDelaySeconds=30, periodSeconds=30, failureThreshold=1),
                )
            ],
            "terminationGracePeriodSeconds": int(spec.get("terminationGracePeriodSeconds", 300)),
            "serviceAccountName": "ofed-driver",
            "priorityClassName": "system-node-critical",
            "nodeSelector": {
                f"{_FEATURE}/kernel-version.full": kernel.full,
                PRESENT: "true",
                f"{_FEATURE}/system-os_release.ID": kernel.os,
                f"{_FEATURE}/system-os_release.VERSION_ID": kernel.version,
            },
        },
    )


def others(policy: Object) -> list[Object]:
    """The DaemonSets that wait for OFED, in the order in which the operator makes them."""
    spec = policy["spec"]
    made: list[Object] = []
    if sriov := mapping(spec, "sriovDevicePlugin"):
        name = "network-operator-sriov-device-plugin"
        pod_labels = {"app": "sriovdp", "name": name, "tier": "node", "ds-owner": "NicClusterPolicy"}
        used = image(sriov, "nvcr.io/nvidia/mellanox", "sriov-network-device-plugin", "network-operator-v25.10.0")
        program = container("kube-sriovdp", used, args=["--log-dir=sriovdp", "--log-level=10"])
        made.append(_gated(policy, name, "state-SRIOV-device-plugin", pod_labels, {"name": name}, program))
    if shared := mapping(spec, "rdmaSharedDevicePlugin"):
        pod_labels = {"app": "rdma-shared-dp", "name": "rdma-shared-dp", "ds-owner": "NicClusterPolicy"}
        used = image(shared, "nvcr.io/nvidia/mellanox", "k8s-rdma-shared-dev-plugin", "network-operator-v25.10.0")
        program = container("rdma-shared-dp", used)
        selector = {"app": "rdma-shared-dp"}
        made.append(_gated(policy, "rdma-shared-dp-ds", "state-RDMA-device-plugin", pod_labels, selector, program))
    if telemetry := mapping(spec, "docaTelemetryService"):
        own = {"app.kubernetes.io/name": "doca-telemetry"}
        used = image(telemetry, "nvcr.io/nvidia/doca", "doca_telemetry", "1.22.5-doca3.1.0-host")
        program = container("doca-telemetry-service", used)
        made.append(_gated(policy, "doca-telemetry-service", "state-doca-telemetry-service", own, own, program))
    return made


def offered(policy: Object) -> Mapping[str, int | None]:
    """The extended resources that the policy's plugins offer on a node; None: as many as there are functions."""
    found: dict[str, int | None] = {}
    for entry in rows(_config(policy, "rdmaSharedDevicePlugin"), "configList"):
        found[f"{entry.get('resourcePrefix', 'rdma')}/{entry['resourceName']}"] = int(entry.get("rdmaHcaMax", 1000))
    for entry in rows(_config(policy, "sriovDevicePlugin"), "resourceList"):
        found[f"{entry.get('resourcePrefix', 'nvidia.com')}/{entry['resourceName']}"] = None
    return found


def _config(policy: Object, plugin: str) -> dict[str, Any]:
    text = mapping(policy, "spec", plugin).get("config")
    return json.loads(text) if text else {}


def _gated(
    policy: Object,
    name: str,
    state: str,
    pod_labels: Mapping[str, str],
    selector: Mapping[str, str],
    program: Mapping[str, Any],
) -> Object:
    own = {key: value for key, value in pod_labels.items() if key not in ("name", "app.kubernetes.io/name")}
    return daemonset(
        policy,
        NAMESPACE,
        name,
        labels=own | {STATE: state},
        selector=selector,
        pod_labels=pod_labels,
        pod=_pod(policy)
        | {
            "containers": [program],
            "nodeSelector": {PRESENT: "true", WAIT: "false"},
            "serviceAccountName": name.removesuffix("-ds"),
        }
        | ({"priorityClassName": "system-node-critical"} if state.endswith("device-plugin") else {}),
    )


def tolerations_of(policy: Object) -> list[dict[str, Any]]:
    """The policy's, and the one that is built in."""
    return [
        *rows(policy, "spec", "tolerations"),
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
    ]


def _pod(policy: Object) -> dict[str, Any]:
    affinity = mapping(policy, "spec", "nodeAffinity")
    pod: dict[str, Any] = {"hostNetwork": True, "tolerations": tolerations_of(policy)}
    return pod | ({"affinity": {"nodeAffinity": affinity}} if affinity else {})
