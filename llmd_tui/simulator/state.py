"""What a simulation leaves behind for the next one: the objects of the cluster, Azure's resources, the time."""

import base64
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.files import PRIVATE, replace
from llmd_tui.objects import Object
from llmd_tui.simulator.arm import Cloud
from llmd_tui.simulator.arm.operations import create
from llmd_tui.simulator.arm.shapes import has_gpus
from llmd_tui.simulator.kubernetes import KubernetesServer

_UNDER_WAY = ("Creating", "Updating")
_WITHHELD = base64.b64encode(b"hf_simulated").decode()
_DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"


def load(path: Path | None) -> Mapping[str, Any] | None:
    """None where nothing was left."""
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else None


def clock(state: Mapping[str, Any] | None, speed: float) -> Clock:
    """A clock that goes on from where the earlier one stood."""
    if state is None or speed == 1:
        return Clock(speed=speed)
    now = time.time()
    return Clock(speed=speed, start=(now * speed - state["time"]) / (speed - 1))


def save(path: Path, clock: Clock, kubernetes: KubernetesServer, cloud: Cloud) -> None:
    """What users put into Secrets is not written; helm's releases, which are Secrets too, are. A link stays a link."""
    tables = kubernetes.storage.tables
    state = {
        "time": clock.time(),
        "objects": {
            name: [_unsecret(stored.obj) for stored in table.objects.values()] for name, table in tables.items()
        },
        "azure": cloud.saved(),
    }
    replace(path.resolve(), json.dumps(state), PRIVATE)


def restore_objects(kubernetes: KubernetesServer, state: Mapping[str, Any]) -> None:
    """Definitions first: they bring the kinds of the others."""
    objects: Mapping[str, list[Any]] = state["objects"]
    for table in sorted(objects, key=lambda name: name != _DEFINITIONS):
        for obj in objects[table]:
            meta = obj["metadata"]
            kubernetes.storage.put(table, (meta.get("namespace", ""), meta["name"]), obj)


def restore_cloud(cloud: Cloud, state: Mapping[str, Any]) -> None:
    """Creations that were under way begin anew; nodes that they had made are found again."""
    cloud.restore(state["azure"])
    seconds = cloud.azure.seconds
    for cluster in cloud.clusters.values():
        parts = [p for p in (cluster.resource, *cluster.pools.values()) if _state(p) in _UNDER_WAY]
        pools = [p for p in cluster.pools.values() if _state(p) in _UNDER_WAY]
        due = [(seconds["gpu-pool" if has_gpus(p["properties"]) else "pool"], p) for p in pools]
        if due:
            create(cloud, cluster, str(cluster.resource["name"]), due, parts)


def _unsecret(obj: Object) -> Object:
    if obj.get("kind") != "Secret" or str(obj.get("type", "")).startswith("helm.sh/"):
        return obj
    return obj | {"data": dict.fromkeys(obj.get("data") or {}, _WITHHELD)}


def _state(part: Object) -> str:
    return str(part["properties"].get("provisioningState"))
