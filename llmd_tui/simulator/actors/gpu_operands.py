"""What the GPU operator 26.3.3 makes of a ClusterPolicy."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.actors.meta import mapping, rows
from llmd_tui.simulator.actors.operands import container, daemonset, env, image, probe

NAMESPACE = "gpu-operator"
CHART = {"app.kubernetes.io/managed-by": "gpu-operator", "helm.sh/chart": "gpu-operator-v26.3.3"}
_DEPLOY = "nvidia.com/gpu.deploy"

_Build: TypeAlias = Callable[[Object, str], Object]


def operands(policy: Object, os: str) -> Mapping[str, Object]:
    """DaemonSets by the operator's name of their state, in the order in which it makes them.

    `os` is the suffix of the driver image, for example ubuntu24.04.
    """
    wanted: dict[str, tuple[str, _Build]] = {
        "state-driver": ("driver", _driver),
        "state-container-toolkit": ("toolkit", _toolkit),
        "state-operator-validation": ("", _validator),
        "state-device-plugin": ("devicePlugin", _device_plugin),
        "state-mps-control-daemon": ("devicePlugin", _mps),
        "state-dcgm-exporter": ("dcgmExporter", _dcgm_exporter),
        "gpu-feature-discovery": ("gfd", _gfd),
    }
    return {state: build(policy, os) for state, (key, build) in wanted.items() if not key or enabled(policy, key)}


def enabled(policy: Object, key: str) -> bool:
    return mapping(policy, "spec", key).get("enabled", True) is not False


def runtime_class(policy: Object) -> str:
    return str(mapping(policy, "spec", "operator").get("runtimeClass") or "nvidia")


def validator_image(policy: Object) -> str:
    return image(mapping(policy, "spec", "validator"), "nvcr.io/nvidia", "gpu-operator", "v26.3.3")


def tolerations(policy: Object) -> list[dict[str, Any]]:
    """Exactly the policy's, with the chart's default."""
    default = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    return rows(policy, "spec", "daemonsets", "tolerations") or default


def _operand(policy: Object, name: str, feature: str, pod: Mapping[str, Any], **more: Any) -> Object:
    own = {"app": name, **CHART, **more.get("labels", {})}
    selector = {"app": name} | ({key: value for key, value in own.items() if key.endswith("/part-of")})
    return daemonset(
        policy,
        NAMESPACE,
        name,
        labels=own,
        selector=selector,
        pod_labels=own,
        on_delete=more.get("on_delete", False),
        pod={
            "nodeSelector": {f"{_DEPLOY}.{feature}": "true"} | more.get("node_selector", {}),
            "tolerations": tolerations(policy),
            "priorityClassName": "system-node-critical",
            "serviceAccountName": more.get("account", name),
            **pod,
        },
    )


def _driver(policy: Object, os: str) -> Object:
    spec = mapping(policy, "spec", "driver")
    rdma = mapping(spec, "rdma").get("enabled") is True
    built = f"{image(spec, 'nvcr.io/nvidia', 'driver', '580.126.20')}-{os}"
    manager = image(mapping(spec, "manager"), "nvcr.io/nvidia/cloud-native", "k8s-driver-manager", "v0.11.0")
    given = env(GPU_DIRECT_RDMA_ENABLED="true") if rdma else []
    times = {"initialDelaySeconds": 60, "periodSeconds": 10, "failureThreshold": 120, "timeoutSeconds": 60}
    startup = probe(("sh", "/usr/local/bin/startup-probe.sh"), **(times | mapping(spec, "startupProbe")))
    containers = [
        container("nvidia-driver-ctr", built, command=["nvidia-driver"], args=["init"], env=given, startupProbe=startup)
    ]
    if rdma:
        loaded = ("sh", "-c", "nvidia-driver probe_nvidia_peermem")
        containers.append(
            container(
                "nvidia-peermem-ctr",
                built,
                command=["nvidia-driver"],
                args=["reload_nvidia_peermem"],
                startupProbe=probe(loaded, initialDelaySeconds=10, periodSeconds=10, failureThreshold=120),
                livenessProbe=probe(loaded, initialDelaySeconds=30, periodSeconds=30, failureThreshold=1),
            )
        )
    component = {"app.kubernetes.io/component": "nvidia-driver"}
    apart = {
        "matchExpressions": [{"key": "app.kubernetes.io/component", "operator": "In", "values": ["nvidia-driver"]}]
    }
    term = {"labelSelector": apart, "topologyKey": "kubernetes.io/hostname"}
    return _operand(
        policy,
        "nvidia-driver-daemonset",
        "driver",
        {
            "initContainers": [
                container(
                    "k8s-driver-manager", manager, command=["driver-manager"], args=["uninstall_driver"], env=given
                )
            ],
            "containers": containers,
            "hostPID": True,
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
        },
        labels=component | {"nvidia.com/precompiled": "false"},
        account="nvidia-driver",
        on_delete=True,
    )


def _toolkit(policy: Object, _: str) -> Object:
    spec = mapping(policy, "spec", "toolkit")
    used = image(spec, "nvcr.io/nvidia/k8s", "container-toolkit", "v1.19.1")
    validation = container(
        "driver-validation", validator_image(policy), command=["sh", "-c"], args=["nvidia-validator"]
    )
    program = container("nvidia-container-toolkit-ctr", used, env=[*env(RUNTIME="containerd"), *rows(spec, "env")])
    pod = {"initContainers": [validation], "containers": [program], "hostPID": True}
    account = "nvidia-container-toolkit"
    return _operand(policy, "nvidia-container-toolkit-daemonset", "container-toolkit", pod, account=account)


def _validator(policy: Object, _: str) -> Object:
    used = validator_image(policy)
    names = ("driver-validation", "toolkit-validation", "cuda-validation", "plugin-validation")
    steps = [container(step, used, env=env(COMPONENT=step.partition("-")[0], WITH_WORKLOAD="false")) for step in names]
    said = "echo all validations are successful; while true; do sleep 86400; done"
    program = container("nvidia-operator-validator", used, command=["sh", "-c"], args=[said])
    pod = {"initContainers": steps, "containers": [program], "runtimeClassName": runtime_class(policy)}
    part_of = {"app.kubernetes.io/part-of": "gpu-operator"}
    return _operand(policy, "nvidia-operator-validator", "operator-validator", pod, labels=part_of)


def _device_plugin(policy: Object, _: str) -> Object:
    used = image(mapping(policy, "spec", "devicePlugin"), "nvcr.io/nvidia", "k8s-device-plugin", "v0.19.3")
    pod = _after_toolkit(policy, container("nvidia-device-plugin", used))
    account = "nvidia-device-plugin"
    return _operand(policy, "nvidia-device-plugin-daemonset", "device-plugin", pod, account=account)


def _mps(policy: Object, _: str) -> Object:
    used = image(mapping(policy, "spec", "devicePlugin"), "nvcr.io/nvidia", "k8s-device-plugin", "v0.19.3")
    pod = _after_toolkit(policy, container("mps-control-daemon-ctr", used))
    pod["initContainers"].append(container("mps-control-daemon-mounts", used))
    return _operand(
        policy,
        "nvidia-device-plugin-mps-control-daemon",
        "device-plugin",
        pod,
        account="nvidia-device-plugin",
        node_selector={"nvidia.com/mps.capable": "true"},
    )


def _dcgm_exporter(policy: Object, _: str) -> Object:
    spec = mapping(policy, "spec", "dcgmExporter")
    used = image(spec, "nvcr.io/nvidia/k8s", "dcgm-exporter", "4.5.3-4.8.2-distroless")
    health = {"httpGet": {"path": "/health", "port": 9400}, "initialDelaySeconds": 45}
    ports = [{"name": "metrics", "containerPort": 9400, "protocol": "TCP"}]
    probes = {"readinessProbe": health | {"periodSeconds": 10}, "livenessProbe": health | {"periodSeconds": 5}}
    pod = _after_toolkit(policy, container("nvidia-dcgm-exporter", used, ports=ports, **probes))
    return _operand(policy, "nvidia-dcgm-exporter", "dcgm-exporter", pod)


def _gfd(policy: Object, _: str) -> Object:
    used = image(mapping(policy, "spec", "gfd"), "nvcr.io/nvidia", "k8s-device-plugin", "v0.19.3")
    pod = _after_toolkit(policy, container("gpu-feature-discovery", used, command=["gpu-feature-discovery"]))
    part_of = {"app.kubernetes.io/part-of": "nvidia-gpu"}
    account = "nvidia-gpu-feature-discovery"
    return _operand(policy, "gpu-feature-discovery", "gpu-feature-discovery", pod, labels=part_of, account=account)


def _after_toolkit(policy: Object, program: Mapping[str, Any]) -> dict[str, Any]:
    """A pod whose program waits until containers of its runtime class can be made."""
    wait = "until [ -f /run/nvidia/validations/toolkit-ready ]; do sleep 5; done"
    validation = container("toolkit-validation", validator_image(policy), command=["sh", "-c"], args=[wait])
    return {"initContainers": [validation], "containers": [program], "runtimeClassName": runtime_class(policy)}
