"""Reading and changing objects that others share: changes copy along their path."""

from typing import Any, TypeGuard

from llmd_tui.objects import Object


def is_map(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def at(obj: Any, *path: str) -> Any:
    """The value at a path of fields; None when it is not there."""
    for step in path:
        if not is_map(obj):
            return None
        obj = obj.get(step)
    return obj


def listed(obj: Any, *path: str) -> list[Any]:
    """The list at a path; empty when it is not there."""
    found: list[Any] | None = at(obj, *path)
    return found or []


def mapped(obj: Any, *path: str) -> dict[str, Any]:
    """The map at a path; empty when it is not there."""
    found: dict[str, Any] | None = at(obj, *path)
    return found or {}


def put(obj: Object, path: tuple[str, ...], value: Any) -> Object:
    """The object with `value` at the path. None removes the field."""
    step, *rest = path
    result = dict(obj)
    if rest:
        result[step] = put(result.get(step) or {}, tuple(rest), value)
    elif value is None:
        result.pop(step, None)
    else:
        result[step] = value
    return result


def put_default(obj: Object, path: tuple[str, ...], value: Any) -> Object:
    """The object with `value` at the path, unless something is there."""
    return obj if at(obj, *path) is not None else put(obj, path, value)
