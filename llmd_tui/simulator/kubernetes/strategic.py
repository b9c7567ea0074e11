"""Strategic merge patch: a merge patch that knows which lists merge item by item, with its directives.

`$patch` replaces or deletes, `$retainKeys` drops all other keys, `$deleteFromPrimitiveList/X` removes values from the
list X, `$setElementOrder/X` orders it. Results share what did not change.
"""

from typing import Any

from llmd_tui.simulator.kubernetes.editing import is_list, is_map, listed
from llmd_tui.simulator.kubernetes.schema import ANY, Schema
from llmd_tui.simulator.kubernetes.status import bad_request

_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def strategic_merge(target: Any, patch: dict[str, Any], schema: Schema) -> Any:
    """The patched value."""
    directive = patch.get("$patch")
    if directive == "delete":
        return {}
    if directive == "replace" or not is_map(target):
        target = {}
    result = dict(target)
    retained = patch.get("$retainKeys")
    if retained is not None:
        result = {key: value for key, value in result.items() if key in retained}
    for name, value in patch.items():
        if name.startswith("$"):
            continue
        child = schema.child(name) or ANY
        if value is None:
            result.pop(name, None)
        elif is_map(value):
            result[name] = strategic_merge(result.get(name), value, child)
        elif is_list(value) and child.merge:
            result[name] = _merge_list(listed(result, name), value, child)
        elif result.get(name) != value:
            result[name] = value
    for name, value in patch.items():
        if name.startswith(_DELETE_FROM):
            _delete_from(result, name.removeprefix(_DELETE_FROM), value)
        elif name.startswith(_ORDER):
            _order(result, name.removeprefix(_ORDER), value, schema)
    return result


def _merge_list(target: list[Any], patch: list[Any], schema: Schema) -> list[Any]:
    key = schema.merge_key
    if key is None:
        return target + [item for item in patch if item not in target]
    if any(is_map(item) and item.get("$patch") == "replace" for item in patch):
        return [item for item in patch if "$patch" not in item]
    result: list[Any] = list(target)
    for item in patch:
        if not is_map(item) or key not in item:
            raise bad_request(f"map: {item} does not contain declared merge key: {key}")
        index = next((i for i, had in enumerate(result) if had.get(key) == item[key]), None)
        if item.get("$patch") == "delete":
            result = [had for had in result if had.get(key) != item[key]]
        elif index is None:
            result.append(strategic_merge({}, item, schema.items or ANY))
        else:
            result[index] = strategic_merge(result[index], item, schema.items or ANY)
    return result


def _delete_from(result: dict[str, Any], name: str, values: list[Any]) -> None:
    if name in result:
        result[name] = [item for item in result[name] if item not in values]


def _order(result: dict[str, Any], name: str, order: list[Any], schema: Schema) -> None:
    """Items that the order names come in its order; those that only the server has keep their place before the next."""
    key = (schema.child(name) or ANY).merge_key
    wanted = [_identity(item, key) for item in order]
    items = listed(result, name)
    known = [item for item in items if _identity(item, key) in wanted]
    known.sort(key=lambda item: wanted.index(_identity(item, key)))
    others = [(at, item) for at, item in enumerate(items) if _identity(item, key) not in wanted]
    for at, item in others:
        known.insert(min(at, len(known)), item)
    if known != items:
        result[name] = known


def _identity(item: Any, key: str | None) -> Any:
    return item.get(key) if is_map(item) and key else item
