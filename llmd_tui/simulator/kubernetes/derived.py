"""Defaults of built-in types that depend on the other fields, by the name of the type."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Derive: TypeAlias = Callable[[dict[str, Any]], None]
"""Completes a value that was just read and belongs to nobody else yet."""


def _container(container: dict[str, Any]) -> None:
    if "imagePullPolicy" not in container:
        image = str(container.get("image", ""))
        name, _, tag = image.rpartition("/")[2].partition(":")
        latest = "@" not in image and (not tag or tag == "latest") and bool(name)
        container["imagePullPolicy"] = "Always" if latest else "IfNotPresent"


def _rolling(kind: str, defaults: Mapping[str, Any]) -> Derive:
    """An update strategy of kind RollingUpdate has its bounds."""

    def derive(strategy: dict[str, Any]) -> None:
        if strategy.get("type") == kind:
            strategy["rollingUpdate"] = {**defaults, **strategy.get("rollingUpdate", {})}

    return derive


def _job(spec: dict[str, Any]) -> None:
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("manualSelector", False)


def _service(spec: dict[str, Any]) -> None:
    kind = spec["type"]
    if kind != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    if spec["sessionAffinity"] == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})


def _service_port(port: dict[str, Any]) -> None:
    if port.get("targetPort") in (None, "", 0):
        port["targetPort"] = port.get("port")


def _subject(subject: dict[str, Any]) -> None:
    if subject.get("kind") in ("User", "Group"):
        subject.setdefault("apiGroup", "rbac.authorization.k8s.io")


def _network_policy(spec: dict[str, Any]) -> None:
    spec.setdefault("policyTypes", ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _names(names: dict[str, Any]) -> None:
    kind = str(names.get("kind", ""))
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")


def _device_request(request: dict[str, Any]) -> None:
    if request["allocationMode"] == "ExactCount":
        request.setdefault("count", 1)


DERIVED: Mapping[str, Derive] = {
    "Container": _container,
    "EphemeralContainerCommon": _container,
    "DeploymentStrategy": _rolling("RollingUpdate", {"maxUnavailable": "25%", "maxSurge": "25%"}),
    "DaemonSetUpdateStrategy": _rolling("RollingUpdate", {"maxUnavailable": 1, "maxSurge": 0}),
    "StatefulSetUpdateStrategy": _rolling("RollingUpdate", {"partition": 0}),
    "JobSpec": _job,
    "ServiceSpec": _service,
    "ServicePort": _service_port,
    "Subject": _subject,
    "NetworkPolicySpec": _network_policy,
    "CustomResourceDefinitionNames": _names,
    "ExactDeviceRequest": _device_request,
}
