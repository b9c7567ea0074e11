"""Which kinds a plan's rollout shows in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.components import components
from llmd_tui.rollout.waits import KINDS


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
    # What the nodes' stages and the pods' health are read from, whoever installed it.
    Watched("nvidia.com/v1", "ClusterPolicy"),
    Watched("mellanox.com/v1alpha1", "NicClusterPolicy"),
    Watched("nfd.k8s-sigs.io/v1alpha1", "NodeFeature"),
    Watched("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"),
    Watched("inference.networking.k8s.io/v1", "InferencePool"),
)

_NAMED_BY_WAITS = {"GatewayClass": "gateway.networking.k8s.io/v1", "Secret": "v1", "ConfigMap": "v1"}

_SENSITIVE = ("Secret", "ConfigMap")
"""Watched only where a wait names them: other people's are none of our business, and there are many."""


def watched(plan: Plan) -> list[Watched]:
    """The kinds to observe, each once."""
    return list(dict.fromkeys((*_ALWAYS, *_wanted(plan))))


def _wanted(plan: Plan) -> Iterator[Watched]:
    for phase in plan.phases:
        for action in (*phase.actions, *phase.done):
            if isinstance(action, Apply):
                for obj in action.objects:
                    if obj["kind"] not in _SENSITIVE:
                        yield Watched(obj["apiVersion"], obj["kind"])
            elif isinstance(action, Wait):
                yield from (Watched(api_version, kind) for api_version, kind in KINDS.get(action.test, ()))
                if kind := action.arguments.get("kind"):
                    yield _named(kind, action.arguments)


def _named(kind: str, arguments: Any) -> Watched:
    namespace = arguments.get("namespace") if kind in _SENSITIVE else None
    known = {watch.kind: watch.api_version for watch in _ALWAYS} | _NAMED_BY_WAITS
    for component in components().values():
        known |= {resource.kind: f"{resource.group}/{resource.version}" for resource in component.custom_resources}
    return Watched(known[kind], kind, namespace)
