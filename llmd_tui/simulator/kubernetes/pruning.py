"""Custom resources as their schema stores them: unknown fields pruned, defaults filled in."""

from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.decoding import FieldValidation
from llmd_tui.simulator.kubernetes.editing import is_list, is_map, mapped
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.schema import Schema
from llmd_tui.simulator.kubernetes.types import builtin_type

_META = ("apiVersion", "kind", "metadata")


def prune(obj: Object, kind: Kind, found: FieldValidation, old: Object | None = None) -> Object:
    """What is shared with `old` was pruned before and is taken as it is."""
    result = _object(obj, kind.schema, "", found, old, embedded=True)
    result["apiVersion"], result["kind"] = kind.api_version, kind.kind
    metadata_type = builtin_type("ObjectMeta")
    metadata: dict[str, Any] = {}
    for name, value in mapped(obj, "metadata").items():
        if name not in metadata_type.properties:
            found.unknown(f"metadata.{name}")
        elif value not in (None, {}, []):
            metadata[name] = value
    result["metadata"] = metadata
    return result


def _object(
    value: dict[str, Any], schema: Schema, path: str, found: FieldValidation, old: Any, *, embedded: bool = False
) -> dict[str, Any]:
    before = old if is_map(old) else {}
    result: dict[str, Any] = {}
    for name, item in value.items():
        if embedded and name in _META:
            result[name] = item
            continue
        at = f"{path}.{name}" if path else name
        child = schema.child(name)
        if child is None:
            found.unknown(at)
        elif item is None and not child.nullable and name in schema.defaults:
            continue
        elif item is not None or child.nullable or child.type == "any":
            had = before.get(name)
            result[name] = item if item is had else _value(item, child, at, found, had)
    for name, default in schema.defaults.items():
        if name not in result:
            result[name] = _value(default, schema.properties[name], f"{path}.{name}", found, None)
    return result


def _value(value: Any, schema: Schema, path: str, found: FieldValidation, old: Any) -> Any:
    if is_map(value) and schema.type in ("object", "map"):
        fields = value
        return _object(fields, schema, path, found, old, embedded=schema.embedded)
    if is_list(value) and schema.items:
        items = value
        return [_value(item, schema.items, f"{path}[{at}]", found, None) for at, item in enumerate(items)]
    return value
