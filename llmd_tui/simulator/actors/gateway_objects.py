"""What gateway controllers make for a Gateway: its proxy and its Service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.meta import NOTHING, mapping, owner_reference, rows


@dataclass(frozen=True)
class Provider:
    """`selector` finds the controller's pods; `suffix` ends the names of what it makes."""

    gateway_class: str
    controller: str
    selector: Mapping[str, str]
    container: str
    image: str
    suffix: str


PROVIDERS = (
    Provider(
        "istio",
        "istio.io/gateway-controller",
        {"app": "istiod"},
        "istio-proxy",
        "docker.io/istio/proxyv2:1.29.2",
        "-istio",
    ),
    Provider(
        "agentgateway",
        "agentgateway.dev/agentgateway",
        {"app.kubernetes.io/name": "agentgateway"},
        "agentgateway",
        "cr.agentgateway.dev/agentgateway:v1.4.1",
        "",
    ),
)


def deployment(provider: Provider, gateway: Object, settings: Mapping[str, Any]) -> Object:
    own = _labels(gateway)
    account = name(gateway) + provider.suffix
    given: Mapping[str, Any] = next(iter(rows(settings, "spec", "template", "spec", "containers")), NOTHING)
    default = {"requests": {"cpu": "100m", "memory": "128Mi"}}
    ports = [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 15021, "protocol": "TCP", "name": "status"}]
    proxy = {
        "name": provider.container,
        "image": provider.image,
        "ports": ports,
        "readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021}, "periodSeconds": 15},
        "resources": mapping(given, "resources") or default,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(provider, gateway),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": own},
            "template": {"metadata": {"labels": own}, "spec": {"containers": [proxy], "serviceAccountName": account}},
        },
    }


def service(provider: Provider, gateway: Object, settings: Mapping[str, Any]) -> Object:
    """A load balancer, unless the Gateway's parameters say otherwise."""
    ports = [
        {"name": listener["name"], "port": listener["port"], "protocol": "TCP", "targetPort": listener["port"]}
        for listener in gateway["spec"]["listeners"]
    ]
    metadata = _metadata(provider, gateway)
    if annotations := mapping(gateway, "spec", "infrastructure", "annotations"):
        metadata["annotations"] = annotations
    kind = mapping(settings, "spec").get("type", "LoadBalancer")
    spec = {"type": kind, "selector": _labels(gateway), "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def account(provider: Provider, gateway: Object) -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(provider, gateway)}


def settings_of(parameters: Object | None) -> Mapping[str, Mapping[str, Any]]:
    """What the Gateway's parameters ask of `service` and `deployment`: a ConfigMap's YAML, or a resource's spec."""
    if parameters is None:
        return {}
    if parameters["kind"] == "ConfigMap":
        return {key: yaml.safe_load(text) or {} for key, text in mapping(parameters, "data").items()}
    return mapping(parameters, "spec")


def _labels(gateway: Object) -> dict[str, str]:
    return {"gateway.networking.k8s.io/gateway-name": name(gateway)}


def _metadata(provider: Provider, gateway: Object) -> dict[str, Any]:
    return {
        "name": name(gateway) + provider.suffix,
        "namespace": gateway["metadata"]["namespace"],
        "labels": _labels(gateway),
        "ownerReferences": [owner_reference(gateway)],
    }
