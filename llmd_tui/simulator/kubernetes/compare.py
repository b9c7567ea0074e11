"""What changed between two objects, as sets of fields."""

from typing import Any

from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.fields import Fields, indexed
from llmd_tui.simulator.kubernetes.schema import ANY, Schema

ABSENT: Any = object()
"""No such field; a field that holds null is there."""


def compare(old: Any, new: Any, schema: Schema) -> tuple[Fields, Fields]:
    """The fields that are new or different in `new`, and those that are gone. Both values are objects."""
    changed: Fields = {}
    removed: Fields = {}
    _children(old, new, schema, changed, removed)
    return changed, removed


def _children(old: Any, new: Any, schema: Schema, changed: Fields, removed: Fields) -> None:
    before = _items(old, schema)
    after = _items(new, schema)
    for step, value in after.items():
        had = before.get(step, ABSENT)
        if value is not had and (type(value) is not type(had) or value != had):
            _node(step, had, value, _child(step, schema), changed, removed)
    for step, value in before.items():
        if step not in after:
            _node(step, value, ABSENT, _child(step, schema), changed, removed)


def _node(step: str, old: Any, new: Any, schema: Schema, changed: Fields, removed: Fields) -> None:
    if not _descends(old, schema) and not _descends(new, schema):
        if new is ABSENT:
            removed[step] = {}
        elif old is ABSENT or old != new or type(old) is not type(new):
            changed[step] = {}
        return
    under_changed: Fields = {}
    under_removed: Fields = {}
    _children(old, new, schema, under_changed, under_removed)
    if under_changed or old is ABSENT:
        changed[step] = {".": {}, **under_changed} if old is ABSENT and under_changed else under_changed
    if under_removed or new is ABSENT:
        removed[step] = {".": {}, **under_removed} if new is ABSENT and under_removed else under_removed


def _descends(value: Any, schema: Schema) -> bool:
    """Whether managers can own what is beneath the value."""
    if not value or value is ABSENT or not schema.granular:
        return False
    return is_list(value) if schema.type == "list" else is_map(value)


def _items(value: Any, schema: Schema) -> dict[str, Any]:
    if is_map(value) and schema.type != "list":
        return {f"f:{name}": item for name, item in value.items()}
    if is_list(value) and schema.type == "list":
        return indexed(value, schema)
    return {}


def _child(step: str, schema: Schema) -> Schema:
    if schema.type == "list":
        return schema.items or ANY
    return schema.child(step[2:]) or ANY
