"""Writes the simulator's `data/types.json` from the OpenAPI documents of a real API server.

`python -m tests.simulator.kubernetes.generate DOCUMENT...` with what `kubectl get --raw /openapi/v3/api/v1` and its
like for every group answer.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llmd_tui.simulator.kubernetes.kinds import builtin_kinds

TYPES = Path(__file__).parents[3] / "llmd_tui" / "simulator" / "kubernetes" / "data" / "types.json"

_SCALARS = {
    "meta.v1.Time": "time",
    "meta.v1.MicroTime": "time",
    "resource.Quantity": "quantity",
    "intstr.IntOrString": "int-or-string",
    "meta.v1.FieldsV1": "any",
    "runtime.RawExtension": "any",
    "apiextensions.v1.JSON": "any",
    "apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}
_FORMATS = {"byte": "string", "int32": "int32", "int64": "int64", "double": "float64"}
_EXTRA = ["autoscaling.v1.Scale", "policy.v1.Eviction", "core.v1.Binding"]


def types_of(documents: Iterable[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The structural types of the built-in kinds: type -> field -> expression, as `types.py` reads it."""
    definitions: dict[str, Any] = {}
    for document in documents:
        definitions |= document.get("components", {}).get("schemas", {})
    roots = {
        name
        for name, definition in definitions.items()
        for gvk in definition.get("x-kubernetes-group-version-kind", [])
        if any((k.group, k.version, k.kind) == (gvk["group"], gvk["version"], gvk["kind"]) for k in builtin_kinds())
    } | {name for name in definitions if name.endswith(tuple(f".{extra}" for extra in _EXTRA))}
    reached: dict[str, Any] = {}
    waiting = sorted(roots)
    while waiting:
        name = waiting.pop()
        if name not in reached and _short(name) not in _SCALARS:
            reached[name] = definitions[name]
            waiting += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(definitions[name]))
    names = _unique(reached)
    return {names[name]: _fields(reached[name], names) for name in sorted(reached, key=names.__getitem__)}


def _short(name: str) -> str:
    """`io.k8s.api.core.v1.Pod` -> `core.v1.Pod`, `io.k8s.apimachinery.pkg.runtime.X` -> `runtime.X`."""
    parts = name.split(".")
    return ".".join(parts[-3:] if re.fullmatch(r"v\d\w*", parts[-2]) else parts[-2:])


def _unique(definitions: dict[str, Any]) -> dict[str, str]:
    """Type names as in Go, `events.Event` where two groups have the same and this is not core's or meta's."""
    result: dict[str, str] = {}
    for name in sorted(definitions, key=lambda n: (".core." not in n, ".meta." not in n, n)):
        group, *_, kind = _short(name).split(".")
        result[name] = f"{group}.{kind}" if kind in result.values() else kind
    return result


def _fields(definition: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    required = definition.get("required", ())
    fields = {
        name: _expression(field, names, required=name in required)
        for name, field in definition.get("properties", {}).items()
    }
    return ({"": "atomic"} if definition.get("x-kubernetes-map-type") == "atomic" else {}) | fields


def _expression(field: dict[str, Any], names: dict[str, str], *, required: bool) -> str:
    text = _type(field, names)
    strategies = field.get("x-kubernetes-patch-strategy", "").split(",")
    if "merge" in strategies:
        key = field.get("x-kubernetes-patch-merge-key")
        text += f" merge={key}" if key else " merge"
    if "retainKeys" in strategies:
        text += " retainKeys"
    if field.get("x-kubernetes-map-type") == "atomic":
        text += " atomic"
    if "default" in field:
        return f"{text} ={json.dumps(field['default'])}"
    return f"{text} =null" if required and field.get("type") in ("array", "object") else text


def _type(field: dict[str, Any], names: dict[str, str]) -> str:
    reference = field.get("$ref") or next((part["$ref"] for part in field.get("allOf", ())), None)
    if reference:
        name = reference.removeprefix("#/components/schemas/")
        return _SCALARS.get(_short(name), names.get(name, ""))
    if field.get("type") == "array":
        kind = field.get("x-kubernetes-list-type", "atomic")
        keys = {"atomic": "", "set": "set", "map": ",".join(field.get("x-kubernetes-list-map-keys", []))}[kind]
        return f"{_type(field['items'], names)}[{keys}]"
    if field.get("type") == "object":
        return f"map:{_type(field['additionalProperties'], names)}" if "additionalProperties" in field else "any"
    return _FORMATS.get(str(field.get("format")), str(field["type"]))


def render(types: dict[str, dict[str, str]]) -> str:
    lines = [f"{json.dumps(name)}: {json.dumps(fields)}" for name, fields in types.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TYPES.write_text(render(types_of(json.loads(Path(document).read_text()) for document in sys.argv[1:])))
