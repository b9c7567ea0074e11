"""The types of the built-in kinds, from data/types.json (generated from the OpenAPI document) and data/rules.yaml."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from llmd_tui.simulator.kubernetes.derived import DERIVED
from llmd_tui.simulator.kubernetes.schema import ANY, Schema

_GO = {
    "string": ("string", "string"),
    "boolean": ("boolean", "bool"),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "integer": ("integer", "int64"),
    "float64": ("number", "float64"),
    "time": ("time", "string"),
    "quantity": ("quantity", "resource.Quantity"),
    "int-or-string": ("int-or-string", "intstr.IntOrString"),
}
_SCALARS: Mapping[str, Schema] = {word: Schema(kind, go) for word, (kind, go) in _GO.items()}


def builtin_type(*names: str) -> Schema:
    """The type of that name, the first of `names` that exists (`events.Event` rather than `Event`)."""
    types = _types()
    return next((types[name] for name in names if name in types), ANY)


@cache
def _types() -> dict[str, Schema]:
    data = files("llmd_tui.simulator.kubernetes") / "data"
    fields: dict[str, dict[str, str]] = json.loads((data / "types.json").read_text())
    rules: dict[str, dict[str, Any]] = yaml.load((data / "rules.yaml").read_text(), yaml.CSafeLoader)
    types = {
        name: Schema(
            "object",
            name.rpartition(".")[2],
            atomic=of.pop("", "") == "atomic",
            derive=DERIVED.get(name),
            required=tuple(rules["required"].get(name, ())),
        )
        for name, of in fields.items()
    }
    for name, schema in types.items():
        for key, text in fields[name].items():
            expression, _, zero = text.partition(" =")
            schema.properties[key] = _parse(expression, types)
            if zero:
                schema.zeros[key] = json.loads(zero)
        filled = {key: zero for key, zero in schema.zeros.items() if zero is not None}
        schema.defaults.update(filled | rules["defaults"].get(name, {}))
    return types


def _parse(expression: str, types: Mapping[str, Schema]) -> Schema:
    """`ContainerPort[containerPort,protocol] merge=containerPort`, `map:string`, `DeploymentStrategy retainKeys` ..."""
    text, *words = expression.split()
    schema = _base(text, types)
    for word in words:
        name, _, key = word.partition("=")
        if name == "merge":
            schema = replace(schema, merge=True, merge_key=key or None)
        elif name == "retainKeys":
            schema = replace(schema, retain_keys=True)
        else:
            schema = replace(schema, atomic=True)
    return schema


def _base(text: str, types: Mapping[str, Schema]) -> Schema:
    if text.endswith("]"):
        inner, _, keys = text[:-1].rpartition("[")
        items = _base(inner, types)
        kind = keys if keys == "set" else "map" if keys else "atomic"
        return Schema(
            "list", f"[]{items.go}", items=items, list_type=kind, keys=tuple(keys.split(",")) if kind == "map" else ()
        )
    if text.startswith("map:"):
        values = _base(text.removeprefix("map:"), types)
        return Schema("map", f"map[string]{values.go}", values=values)
    if text == "any":
        return ANY
    return _SCALARS.get(text) or types[text]
