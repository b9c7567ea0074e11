"""Which kinds a plan's rollout shows in."""

from collections.abc import Iterator
from dataclasses import dataclass

from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.components import components


@dataclass(frozen=True)
class Watched:
    """`namespace` is None for all."""

    api_version: str
    kind: str
    namespace: str | None = None


_ALWAYS = (
    Watched("v1", "Node"),
    Watched("v1", "Pod"),
    Watched("v1", "Event"),
    Watched("v1", "Namespace"),
    Watched("v1", "Service"),
    Watched("v1", "PersistentVolumeClaim"),
    Watched("apps/v1", "Deployment"),
    Watched("apps/v1", "DaemonSet"),
    Watched("apps/v1", "StatefulSet"),
    Watched("apps/v1", "ReplicaSet"),
    Watched("batch/v1", "Job"),
    Watched("discovery.k8s.io/v1", "EndpointSlice"),
    Watched("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
)

_BY_TEST = {
    "resource-slices": (Watched("resource.k8s.io/v1", "ResourceSlice"),),
    "gateway-programmed": (
        Watched("gateway.networking.k8s.io/v1", "Gateway"),
        Watched("gateway.networking.k8s.io/v1", "GatewayClass"),
    ),
    "route-accepted": (Watched("gateway.networking.k8s.io/v1", "HTTPRoute"),),
}

_OPERATORS = ("ClusterPolicy", "NicClusterPolicy", "NodeFeature", "LeaderWorkerSet", "InferencePool")
"""What the nodes' stages and the pods' health are read from, whoever installed it."""

# Kinds that no component's preset defines.
_GROUPS = {
    "GatewayClass": "gateway.networking.k8s.io/v1",
    "Gateway": "gateway.networking.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "InferencePool": "inference.networking.k8s.io/v1",
    "LeaderWorkerSet": "leaderworkerset.x-k8s.io/v1",
    "ResourceSlice": "resource.k8s.io/v1",
    "Secret": "v1",
    "ConfigMap": "v1",
}

_SENSITIVE = ("Secret", "ConfigMap")
"""Watched only where a wait names them: other people's are none of our business, and there are many."""


def watched(plan: Plan) -> list[Watched]:
    """The kinds to observe, each once."""
    return list(dict.fromkeys(_wanted(plan)))


def _wanted(plan: Plan) -> Iterator[Watched]:
    yield from _ALWAYS
    always = {watch.kind for watch in _ALWAYS}
    defined = {
        resource.kind: f"{resource.group}/{resource.version}"
        for component in components().values()
        for resource in component.custom_resources
    }
    for phase in plan.phases:
        for action in (*phase.actions, *phase.done):
            if isinstance(action, Apply):
                for obj in action.objects:
                    if obj["kind"] not in _SENSITIVE:
                        yield Watched(obj["apiVersion"], obj["kind"])
            elif isinstance(action, Wait):
                yield from _BY_TEST.get(action.test, ())
                kind = action.arguments.get("kind")
                if kind and kind not in always:
                    namespace = action.arguments.get("namespace") if kind in _SENSITIVE else None
                    yield Watched(defined.get(kind) or _GROUPS[kind], kind, namespace)
    yield from (Watched(defined.get(kind) or _GROUPS[kind], kind) for kind in _OPERATORS)
