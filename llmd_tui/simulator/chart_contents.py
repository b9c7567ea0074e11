"""What is in the charts, component by component."""

from collections.abc import Iterator, Mapping
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.presets.components import Component, Container, Workload
from llmd_tui.simulator.chart_values import Part, Value, value

_CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
_GPU = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
_ADDONS = {"key": "CriticalAddonsOnly", "operator": "Exists"}
_EVERYTHING = {"operator": "Exists"}
_NFD = "node-feature-discovery"

# What the real charts ask for; what is not here asks for nothing.
_REQUESTS: Mapping[str, Mapping[str, str]] = {
    "network-operator": {"cpu": "5m", "memory": "64Mi"},
    "gpu-operator": {"cpu": "200m", "memory": "100Mi"},
    "master": {"cpu": "100m", "memory": "128Mi"},
    "worker": {"cpu": "5m", "memory": "64Mi"},
    "gc": {"cpu": "10m", "memory": "128Mi"},
    "manager": {"cpu": "1", "memory": "1Gi"},
    "discovery": {"cpu": "500m", "memory": "2Gi"},
    "controller": {"cpu": "100m", "memory": "128Mi"},
    "epp": {"cpu": "4", "memory": "8Gi"},
    "envoy-proxy": {"cpu": "4", "memory": "8Gi"},
    "prometheus": {"cpu": "1", "memory": "4Gi"},
}

# Where values say it.
_RESOURCES: Mapping[str, str] = {
    "epp": "router.epp.resources",
    "envoy-proxy": "router.proxy.resources",
    "prometheus": "prometheus.prometheusSpec.resources",
}
_AFFINITY: Mapping[str, str] = {
    "device-plugin": "affinity",
    "router-standalone": "router.epp.affinity",
    "router-gateway": "router.epp.affinity",
}


def contents(component: Component) -> Iterator[Part]:
    """Hooks first, then CRs' configuration, workloads, Services, CRs."""
    for workload in sorted(component.workloads, key=lambda w: not w.hook):
        yield Part(_workload(component, workload, _tolerations(component, workload)))
        if workload.service_ports:
            yield Part(_service(component, workload))
    if component.name == "network-operator":
        yield Part(_worker_conf("network-operator", ["0300", "0302"]))
    if component.name == "gpu-operator":
        yield from _own_nfd(component)
        yield Part(_cluster_policy(component))
    elif component.name.startswith("router-"):
        yield from _pool(component)
    for obj in component.objects:
        if obj["kind"] != "ClusterPolicy":
            yield Part(obj)


def _labels(component: Component) -> dict[str, str]:
    return {
        "app.kubernetes.io/instance": "{release}",
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/name": component.chart,
        "app.kubernetes.io/version": component.version,
        "helm.sh/chart": f"{component.chart}-{component.version}",
    }


def _tolerations(component: Component, workload: Workload) -> Value:
    """Which of the chart's values reach this workload's pods, and what it has without them."""
    role = workload.labels.get("role")
    if workload.labels.get("app.kubernetes.io/name") == _NFD:
        default = {"worker": [_CONTROL_PLANE, _GPU], "master": [_CONTROL_PLANE]}.get(role or "", [])
        return Value((_NFD, str(role), "tolerations"), default)
    if component.name in ("network-operator", "gpu-operator"):
        return value("operator.tolerations", [_CONTROL_PLANE])
    if component.name == "device-plugin":
        return value("tolerations", [_ADDONS, _GPU])
    if component.name.startswith("router-"):
        return value("router.epp.tolerations", [])
    return value("tolerations", [_EVERYTHING] if component.name == "dranet" else [])


def _workload(component: Component, workload: Workload, tolerations: Value) -> Object:
    own = workload.labels or {"app": workload.name}
    running = [_container(c) for c in workload.containers if not c.init]
    pod: dict[str, Any] = {"tolerations": tolerations, "containers": running}
    if inits := [_container(c) for c in workload.containers if c.init]:
        pod["initContainers"] = inits
    if affinity := _AFFINITY.get(component.name):
        pod["affinity"] = value(affinity, {})
    template: dict[str, Any] = {"metadata": {"labels": own}, "spec": pod}
    metadata: dict[str, Any] = {"name": workload.name, "labels": _labels(component) | own}
    match workload.kind:
        case "Job":
            pod["restartPolicy"] = "OnFailure"
            hook = {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "1"}
            metadata["annotations"] = hook | {"helm.sh/hook-delete-policy": "hook-succeeded,before-hook-creation"}
            return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": template}}
        case "DaemonSet":
            spec: dict[str, Any] = {}
        case "StatefulSet":
            spec = {"replicas": workload.replicas, "serviceName": _service_name(workload)}
        case "Deployment":
            spec = {"replicas": workload.replicas}
            if component.name.startswith("router-"):
                spec["strategy"] = {"type": "Recreate"}
    spec |= {"selector": {"matchLabels": own}, "template": template}
    return {"apiVersion": "apps/v1", "kind": workload.kind, "metadata": metadata, "spec": spec}


def _container(container: Container) -> dict[str, Any]:
    made: dict[str, Any] = {"name": container.name, "image": container.image}
    if container.ports:
        made["ports"] = [{"containerPort": port} for port in container.ports]
    if requests := _REQUESTS.get(container.name):
        resources: Any = {"requests": dict(requests)}
        given = _RESOURCES.get(container.name)
        made["resources"] = value(given, resources) if given else resources
    return made


def _service_name(workload: Workload) -> str:
    """Prometheus' StatefulSet is its operator's, named after the resource; the Service is the chart's."""
    return workload.name.removeprefix("prometheus-") if workload.kind == "StatefulSet" else workload.name


def _service(component: Component, workload: Workload) -> Object:
    listening = [port for container in workload.containers for port in container.ports]
    ports: list[dict[str, Any]] = []
    for name, port in workload.service_ports.items():
        target = port if port in listening or not listening else listening[0]
        ports.append({"name": name, "port": port, "protocol": "TCP", "targetPort": target})
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": _service_name(workload), "labels": _labels(component) | workload.labels},
        "spec": {"selector": workload.labels, "ports": ports},
    }


def _worker_conf(prefix: str, classes: list[str]) -> Object:
    """Which PCI classes NFD's workers turn into labels: the two NVIDIA charts differ in it."""
    lines = ["sources:", "  pci:", "    deviceClassWhitelist:", *(f'    - "{kind}"' for kind in classes)]
    text = "\n".join([*lines, "    deviceLabelFields:", "    - vendor", ""])
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{prefix}-{_NFD}-worker-conf"},
        "data": {"nfd-worker.conf": text},
    }


def _own_nfd(component: Component) -> Iterator[Part]:
    """The GPU operator's chart brings an NFD of its own unless told not to."""
    when = value("nfd.enabled", True)
    image = "registry.k8s.io/nfd/node-feature-discovery:v0.18.3"
    listed = {f"{component.name}-{_NFD}-{w.labels.get('role')}" for w in component.workloads}
    for kind, role in (("Deployment", "master"), ("Deployment", "gc"), ("DaemonSet", "worker")):
        labels = {"app.kubernetes.io/instance": component.name, "app.kubernetes.io/name": _NFD, "role": role}
        workload = Workload.model_validate(
            {
                "kind": kind,
                "name": f"{component.name}-{_NFD}-{role}",
                "labels": labels,
                "containers": [{"name": role, "image": image}],
            }
        )
        if workload.name not in listed:
            yield Part(_workload(component, workload, _tolerations(component, workload)), when)
    yield Part(_worker_conf(component.name, ["02", "0200", "0207", "0300", "0302"]), when)


def _cluster_policy(component: Component) -> Object:
    """`spec` as the chart fills it, less what nobody reads."""

    def part(name: str, repository: str, image: str, version: str, *, enabled: bool = True) -> dict[str, Any]:
        head = {"enabled": value(f"{name}.enabled", enabled), "repository": repository, "image": image}
        return head | {"version": value(f"{name}.version", version)}

    driver = part("driver", "nvcr.io/nvidia", "driver", "580.126.20") | {
        "rdma": {
            "enabled": value("driver.rdma.enabled", False),
            "useHostMofed": value("driver.rdma.useHostMofed", False),
        },
        "upgradePolicy": {"autoUpgrade": value("driver.upgradePolicy.autoUpgrade", True)},
        "startupProbe": {"initialDelaySeconds": 60, "periodSeconds": 10, "timeoutSeconds": 60, "failureThreshold": 120},
    }
    toolkit = part("toolkit", "nvcr.io/nvidia/k8s", "container-toolkit", "v1.19.1")
    exporter = part("dcgmExporter", "nvcr.io/nvidia/k8s", "dcgm-exporter", "4.5.3-4.8.2-distroless")
    return {
        "apiVersion": "nvidia.com/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": "cluster-policy", "namespaced": False, "labels": _labels(component)},
        "spec": {
            "operator": {"runtimeClass": value("operator.runtimeClass", "nvidia")},
            "daemonsets": {
                "tolerations": value("daemonsets.tolerations", [_GPU]),
                "priorityClassName": "system-node-critical",
                "updateStrategy": "RollingUpdate",
            },
            "driver": driver,
            "toolkit": toolkit | {"env": value("toolkit.env", [])},
            "devicePlugin": part("devicePlugin", "nvcr.io/nvidia", "k8s-device-plugin", "v0.19.3"),
            "dcgm": part("dcgm", "nvcr.io/nvidia/cloud-native", "dcgm", "4.5.2-1-ubuntu22.04", enabled=False),
            "dcgmExporter": exporter
            | {"serviceMonitor": {"enabled": value("dcgmExporter.serviceMonitor.enabled", False)}},
            "gfd": part("gfd", "nvcr.io/nvidia", "k8s-device-plugin", "v0.19.3"),
            "nodeStatusExporter": part(
                "nodeStatusExporter", "nvcr.io/nvidia", "gpu-operator", "v26.3.3", enabled=False
            ),
            "migManager": {"enabled": value("migManager.enabled", True)},
            "validator": {"repository": "nvcr.io/nvidia", "image": "gpu-operator", "version": "v26.3.3"},
        },
    }


def _pool(component: Component) -> Iterator[Part]:
    """The router's InferencePool and the picker's configuration. Selector and ports come with the path."""
    yield Part(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "{release}-epp", "labels": _labels(component)},
            "data": value("router.epp.pluginsCustomConfig", {}),
        }
    )
    yield Part(
        {
            "apiVersion": "inference.networking.k8s.io/v1",
            "kind": "InferencePool",
            "metadata": {"name": "{release}", "labels": _labels(component)},
            "spec": {
                "selector": {"matchLabels": value("router.modelServers.matchLabels", {})},
                "targetPorts": value("router.modelServers.targetPorts", [{"number": 8000}]),
                "appProtocol": "http",
                "endpointPickerRef": {
                    "name": "{release}-epp",
                    "kind": "Service",
                    "group": "",
                    "port": {"number": 9002},
                    "failureMode": "FailOpen",
                },
            },
        }
    )
