"""Namespaces, nodes and secrets."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, mapped, put
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry


class _Namespace(Strategy):
    def default(self, obj: Object) -> Object:
        labels = {**mapped(obj["metadata"], "labels"), "kubernetes.io/metadata.name": obj["metadata"].get("name")}
        return put(obj, ("metadata", "labels"), labels) if obj["metadata"].get("name") else obj

    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        obj = put(obj, ("spec", "finalizers"), ["kubernetes"])
        return put(obj, ("status",), {"phase": "Active"})

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        return put(obj, ("spec",), old["spec"])


class _Node(Strategy):
    keeps_status = True


class _Secret(Strategy):
    def default(self, obj: Object) -> Object:
        if "stringData" not in obj:
            return obj
        written = {key: base64.b64encode(text.encode()).decode() for key, text in obj["stringData"].items()}
        return put(put(obj, ("data",), {**mapped(obj, "data"), **written}), ("stringData",), None)

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        if old and obj.get("type") != old.get("type"):
            yield Cause("type", f'Invalid value: "{obj.get("type")}": field is immutable')
        yield from _keys(obj, "data")
        yield from _immutable(obj, old)


class _ConfigMap(Strategy):
    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        yield from _keys(obj, "data", "binaryData")
        yield from _immutable(obj, old)


def _keys(obj: Object, *fields: str) -> Iterator[Cause]:
    for field in fields:
        for key in mapped(obj, field):
            if not re.fullmatch(r"[-._a-zA-Z0-9]+", key):
                why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
                yield Cause(f"{field}[{key}]", f"Invalid value: {compact(key)}: {why}")


def _immutable(obj: Object, old: Object | None) -> Iterator[Cause]:
    if old and at(old, "immutable"):
        for field in ("data", "binaryData"):
            if obj.get(field) != old.get(field):
                yield Cause(field, "Forbidden: field is immutable when `immutable` is set", "Forbidden")


STRATEGIES: Mapping[str, Strategy] = {
    "namespaces": _Namespace(),
    "nodes": _Node(),
    "secrets": _Secret(),
    "configmaps": _ConfigMap(),
}
