"""Sets of fields, in the form of managedFields: a tree whose keys are path elements.

`f:name` is a field, `k:{...}` an item of a list by its keys, `v:...` an item of a set. An empty tree is a field that
belongs to the set; a tree with children belongs to it when it has the key `.`. The root never belongs to it.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.schema import ANY, Schema

Fields: TypeAlias = dict[str, Any]

_MEMBER: Fields = {}


def union(a: Fields, b: Fields) -> Fields:
    """Of two roots."""
    if a is b or not b:
        return a
    return _merged(a, b) if a else b


def _merged(a: Fields, b: Fields) -> Fields:
    result = dict(a)
    for step, of in b.items():
        had = result.get(step)
        if had is None:
            result[step] = of
        elif not had or not of:
            result[step] = {".": _MEMBER, **(had or of)} if had or of else _MEMBER
        elif had is not of:
            result[step] = _merged(had, of)
    return result


def difference(a: Fields, b: Fields) -> Fields:
    """What belongs to the root `a` and not to the root `b`."""
    if not a or not b:
        return a
    return _without(a, b, root=True) or {}


def _without(a: Fields, b: Fields, *, root: bool = False) -> Fields | None:
    """None when nothing is left."""
    member = not root and (not b or "." in b)
    if not a:
        return None if member else a
    result: Fields = {}
    changed = False
    for step, of in a.items():
        other = b.get(step)
        if step == "." and member:
            changed = True
        elif other is None or step == ".":
            result[step] = of
        else:
            left = _without(of, other)
            changed = changed or left is not of
            if left is not None:
                result[step] = left
    return (_normal(result) if result else None) if changed else a


def intersection(a: Fields, b: Fields) -> Fields:
    """What belongs to both roots."""
    return _common(a, b, root=True) or {}


def _common(a: Fields, b: Fields, *, root: bool = False) -> Fields | None:
    result: Fields = {}
    if not root and (not a or "." in a) and (not b or "." in b):
        result["."] = _MEMBER
    for step in a.keys() & b.keys():
        if step != ".":
            both = _common(a[step], b[step])
            if both is not None:
                result[step] = both
    return _normal(result) if result else None


def _normal(tree: Fields) -> Fields:
    return _MEMBER if len(tree) == 1 and "." in tree else tree


def paths(fields: Fields, prefix: str = "") -> Iterator[str]:
    """The members as messages name them: `.spec.containers[name="c"].image`."""
    steps = sorted(step for step in fields if step != ".")
    for step in steps:
        if not fields[step] or "." in fields[step]:
            yield prefix + words(step)
    for step in steps:
        yield from paths(fields[step], prefix + words(step))


def words(step: str) -> str:
    """One path element, as a message names it."""
    kind, _, text = step.partition(":")
    if kind == "f":
        return f".{text}"
    if kind == "k":
        return "[" + ",".join(f"{key}={compact(value)}" for key, value in json.loads(text).items()) + "]"
    return f"[={text}]" if kind == "v" else f"[{text}]"


def step_of(item: Any, schema: Schema) -> str | None:
    """The path element of an item of a granular list. None when its keys are missing."""
    if schema.list_type == "set":
        return "v:" + compact(item)
    if not is_map(item):
        return None
    key = {name: item.get(name, key_default(name, schema)) for name in sorted(schema.keys)}
    key = {name: value for name, value in key.items() if value is not None}
    return "k:" + compact(key) if key else None


def key_default(name: str, schema: Schema) -> Any:
    """What stands for a key that an item does not have: `TCP` for the protocol of a port."""
    return schema.items.defaults.get(name) if schema.items else None


def indexed(items: list[Any], schema: Schema) -> dict[str, Any]:
    """The items of a granular list by their path element."""
    found: dict[str, Any] = {}
    for item in items:
        step = step_of(item, schema)
        if step is not None:
            found.setdefault(step, item)
    return found


def fields_of(value: Any, schema: Schema) -> Fields:
    """The fields that a configuration speaks of: what applying it owns."""
    result: Fields = {}
    if is_map(value) and schema.granular and schema.type != "list":
        for name, item in value.items():
            child = schema.child(name) or ANY
            of = fields_of(item, child)
            result[f"f:{name}"] = of if not of or name in schema.properties else {".": _MEMBER, **of}
    elif is_list(value) and schema.type == "list" and schema.granular and schema.items:
        for step, item in indexed(value, schema).items():
            of = fields_of(item, schema.items)
            result[step] = {".": _MEMBER, **of} if of else _MEMBER
    return result
