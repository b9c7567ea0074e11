"""JSON merge patch (RFC 7386) and JSON patch (RFC 6902). Results share what did not change."""

from collections.abc import Callable
from typing import Any

from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.status import StatusError


def merge_patch(target: Any, patch: Any) -> Any:
    """The patched value; null removes a field."""
    if not is_map(patch):
        return patch
    result = dict(target) if is_map(target) else dict[str, Any]()
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif is_map(value) or result.get(name) != value:
            result[name] = merge_patch(result.get(name), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """The patched value. Raises StatusError when an operation does not apply or a test fails."""
    if not is_list(operations):
        raise _rejected()
    for operation in operations:
        if not is_map(operation):
            raise _rejected()
        target = _operated(target, operation)
    return target


def _operated(target: Any, operation: dict[str, Any]) -> Any:
    op, path = operation.get("op"), _steps(operation.get("path"))
    if op in ("add", "replace"):
        if "value" not in operation:
            raise _rejected()
        return _at(target, path, lambda parent, step: _put(parent, step, operation["value"], add=op == "add"))
    if op == "remove":
        return _at(target, path, _remove)
    if op == "test":
        if _read(target, path) != operation.get("value"):
            raise _rejected()
        return target
    source = _steps(operation.get("from"))
    value = _read(target, source)
    if op == "move":
        target = _at(target, source, _remove)
    elif op != "copy":
        raise _rejected()
    return _at(target, path, lambda parent, step: _put(parent, step, value, add=True))


def _steps(pointer: Any) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise _rejected()
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _at(target: Any, path: list[str], change: Callable[[Any, str], None]) -> Any:
    """A copy along the path, with its last step changed."""
    if not path:
        holder: dict[str, Any] = {"": target}
        change(holder, "")
        return holder.get("")
    copied: Any = _copy(target)
    here = copied
    for step in path[:-1]:
        key = _key(here, step)
        here[key] = _copy(here[key])
        here = here[key]
    change(here, path[-1])
    return copied


def _copy(value: Any) -> Any:
    if is_map(value):
        return dict(value)
    if is_list(value):
        return list(value)
    raise _rejected()


def _key(parent: Any, step: str) -> Any:
    """The key or index of something that is there."""
    if is_list(parent) and step.isdigit() and int(step) < len(parent):
        return int(step)
    if is_map(parent) and step in parent:
        return step
    raise _rejected()


def _put(parent: Any, step: str, value: Any, *, add: bool) -> None:
    if is_list(parent) and add:
        items = parent
        if step != "-" and not (step.isdigit() and int(step) <= len(items)):
            raise _rejected()
        items.insert(len(items) if step == "-" else int(step), value)
    elif is_map(parent):
        parent[step] = value
    else:
        parent[_key(parent, step)] = value


def _remove(parent: Any, step: str) -> None:
    del parent[_key(parent, step)]


def _read(target: Any, path: list[str]) -> Any:
    for step in path:
        target = target[_key(target, step)]
    return target


def _rejected() -> StatusError:
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})
