"""Helm values of llm-d-router-standalone and llm-d-router-gateway, at v0.11.

The chart's defaults that are kept are not repeated; an unknown key would be accepted silently, so these are few.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from llmd_tui.plan.serving.manifests import RENDER_PORT, render_name
from llmd_tui.plan.serving.request import TOKEN_KEY, ServingRequest

PLUGINS_FILE = "plugins.yaml"


def router_values(request: ServingRequest) -> dict[str, Any]:
    """Values for the path's release. The HTTPRoute is not the chart's: its default timeout would cut long answers."""
    router: dict[str, Any] = {
        "epp": _picker(request),
        "inferencePool": {"failureMode": "FailOpen"},
        "modelServers": {
            "type": "vllm",
            "protocol": "http",
            "targetPorts": [{"number": port} for port in request.path.router.target_ports],
            "matchLabels": request.path.guide_labels,
        },
    }
    if request.monitoring:
        # Without authentication: the chart gives the picker no right to review tokens.
        router["monitoring"] = {"prometheus": {"enabled": True, "auth": {"enabled": False}}}
    if request.gateway == "standalone":
        router["proxy"] = {"proxyType": "envoy", "resources": _resources()}
        router["extraServicePorts"] = [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8081}]
        return {"router": router}
    return {"router": router, "provider": {"name": request.gateway}, "httpRoute": {"create": False}}


def picker_config(request: ServingRequest) -> dict[str, Any]:
    """The EndpointPickerConfig of the scorer profile, filled in for the path and the model.

    Raises ValueError for a profile that has no form for such a path.
    """
    profile = request.scorers.disaggregated if request.path.disaggregated else request.scorers.single
    if profile is None:
        raise ValueError(f"{request.scorers.name} has no form for {request.path.name}")
    values = {
        "model": request.model.name,
        "block_size": request.block_size,
        "peak_prefill_throughput": request.path.router.peak_prefill_throughput,
        "render_url": f"http://{render_name(request)}:{RENDER_PORT}",
    }
    return {"apiVersion": "llm-d.ai/v1alpha1", "kind": "EndpointPickerConfig", **_filled(profile, values)}


def _picker(request: ServingRequest) -> dict[str, Any]:
    registry, _, image = request.images.endpoint_picker.rpartition("/")
    repository, _, tag = image.partition(":")
    flags: dict[str, Any] = {"v": 2}
    if not request.monitoring:
        # Else nobody can read the metrics: 401 without a token, 500 with any.
        flags["metrics-endpoint-auth"] = False
    picker: dict[str, Any] = {
        "replicas": 1,
        "image": {"registry": registry, "repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"},
        "flags": flags,
        "resources": _resources(),
        "pluginsConfigFile": PLUGINS_FILE,
        "pluginsCustomConfig": {PLUGINS_FILE: yaml.safe_dump(picker_config(request), sort_keys=False)},
        "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}, *map(dict, request.tolerations)],
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [_off_gpu_nodes()]}},
    }
    if request.path.router.token and request.token_secret:
        reference = {"name": request.token_secret, "key": TOKEN_KEY}
        picker["env"] = [{"name": TOKEN_KEY, "valueFrom": {"secretKeyRef": reference}}]
    return picker


def _resources() -> dict[str, Any]:
    """What llm-d's guides give the endpoint picker, and its proxy too."""
    return {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"memory": "16Gi"}}


def _off_gpu_nodes() -> dict[str, Any]:
    """The router goes to a GPU node only when the system pool has no room."""
    elsewhere = {"key": "sku", "operator": "NotIn", "values": ["gpu"]}
    return {"weight": 100, "preference": {"matchExpressions": [elsewhere]}}


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Placeholders replaced; one that stands alone keeps its value's type."""
    if isinstance(value, Mapping):
        items: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {key: _filled(item, values) for key, item in items.items()}
    if isinstance(value, list):
        listed: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_filled(item, values) for item in listed]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return values[value[1:-1]]
    return value
