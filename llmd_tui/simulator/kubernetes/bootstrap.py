"""What every new cluster has: namespaces, the API server's service, priority classes, the administrators' role."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from llmd_tui.simulator.kubernetes.registry import Registry, Write


@cache
def _objects() -> list[Any]:
    text = (files("llmd_tui.simulator.kubernetes") / "data" / "bootstrap.yaml").read_text()
    return list(yaml.load_all(text, yaml.CSafeLoader))


def furnish(registry: Registry) -> None:
    for obj in _objects():
        group, _, _ = obj["apiVersion"].rpartition("/")
        kind = registry.kinds.of_kind(group, obj["kind"])
        assert kind, "only built-in kinds are in the data"
        registry.create(kind, obj["metadata"].get("namespace", ""), obj, Write("kube-apiserver"))
        registry.work()
