"""Bodies of requests: bytes to objects of the right shape."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.encoding import from_yaml
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.schema import SCALARS, Schema
from llmd_tui.simulator.kubernetes.status import bad_request, unknown_fields

_QUANTITY = re.compile(r"[+-]?[0-9.]+([eEinumkKMGTP]*[-+]?[0-9]*)")


@dataclass
class FieldValidation:
    """What the `fieldValidation` parameter asks for, and what was found: unknown and duplicate fields."""

    mode: str = "Warn"
    problems: list[str] = field(default_factory=list[str])

    def unknown(self, path: str) -> None:
        if self.mode != "Ignore":
            self.problems.append(f'unknown field "{path}"')

    def judge(self, kind: Kind) -> None:
        """Raises StatusError for problems under strict validation; otherwise they end as warnings of the response."""
        if self.mode == "Strict" and self.problems:
            raise unknown_fields(kind, self.problems)


def parse(body: bytes, found: FieldValidation | None = None, *, content_type: str = "application/json") -> Any:
    """The JSON or YAML value of a body. Under strict validation duplicate fields are noted in `found`."""
    try:
        if content_type.endswith("yaml") and not body.lstrip().startswith(b"{"):
            return from_yaml(body)
        if found is None or found.mode != "Strict":
            return json.loads(body)
        return json.loads(body, object_pairs_hook=lambda pairs: _noting_duplicates(pairs, found))
    except ValueError as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {error}") from error


def _noting_duplicates(pairs: Sequence[tuple[str, Any]], found: FieldValidation) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        found.problems += [f'duplicate field "{name}"' for name in result if names.count(name) > 1]
    return result


class _Mismatch(Exception):
    def __init__(self, word: str, at: str, go: str) -> None:
        super().__init__(f"json: cannot unmarshal {word} into Go struct field {at} of type {go}")


def decode(obj: Object, kind: Kind, found: FieldValidation, old: Object | None = None) -> Object:
    """The object as Go would read and write it again: unknown fields, nulls, empty lists and empty maps are gone,
    and defaults are filled in. What is shared with `old` was read before and is taken as it is.

    Raises StatusError for a value of the wrong type.
    """
    try:
        result = _struct(obj, kind.schema, "", kind.kind, found, old)
    except _Mismatch as error:
        message = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {error}'
        raise bad_request(message) from error
    result["apiVersion"], result["kind"] = kind.api_version, kind.kind
    return result


def _struct(value: Any, schema: Schema, path: str, of: str, found: FieldValidation, old: Any) -> Any:
    if not is_map(value):
        raise _Mismatch(_word(value), f"{of}.{path}".rstrip("."), f"v1.{schema.go}")
    before = old if is_map(old) else {}
    result: dict[str, Any] = {}
    for name, item in value.items():
        at = f"{path}.{name}" if path else name
        child = schema.properties.get(name)
        if child is None:
            found.unknown(at)
        elif item is not None:
            had = before.get(name)
            taken = item if item is had else _value(item, child, at, schema.go, found, had)
            if taken or child.type not in ("list", "map"):
                result[name] = taken
    for name, default in schema.defaults.items():
        if name not in result:
            result[name] = _default(default, schema.properties[name])
    if schema.derive:
        schema.derive(result)
    return result


def default_of(schema: Schema, name: str) -> Any:
    """What a field holds that nobody set."""
    return _default(schema.defaults.get(name, {}), schema.properties[name])


def _default(default: Any, schema: Schema) -> Any:
    if schema.type != "object":
        return default
    fields: dict[str, Any] = schema.defaults | default
    result = {name: _default(of, schema.properties[name]) for name, of in fields.items()}
    if schema.derive:
        schema.derive(result)
    return result


def _value(value: Any, schema: Schema, path: str, of: str, found: FieldValidation, old: Any) -> Any:
    if schema.type == "object":
        return _struct(value, schema, path, of, found, old)
    if schema.type == "any":
        return value
    if schema.type == "map" and is_map(value) and schema.values:
        had = old if is_map(old) else {}
        return {
            key: item if item is had.get(key, value) else _value(item, schema.values, path, of, found, had.get(key))
            for key, item in value.items()
        }
    if schema.type == "list" and is_list(value) and schema.items:
        seen = {id(item) for item in old} if is_list(old) else set[int]()
        return [
            item if id(item) in seen else _value(item, schema.items, f"{path}[{at}]", of, found, None)
            for at, item in enumerate(value)
        ]
    if schema.type in SCALARS:
        return _scalar(value, schema, path, of)
    raise _Mismatch(_word(value), f"{of}.{path}", schema.go)


def _scalar(value: Any, schema: Schema, path: str, of: str) -> Any:
    if value is None:
        return ""
    if type(value) not in _SCALAR_VALUES[schema.type]:
        raise _Mismatch(_word(value), f"{of}.{path}", schema.go)
    if schema.type != "quantity":
        return value
    if not _QUANTITY.fullmatch(str(value)):
        expected = "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        raise bad_request(f"quantities must match the regular expression {expected}")
    return str(value)


_SCALAR_VALUES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "time": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "int-or-string": (int, str),
    "quantity": (str, int, float),
}


def _word(value: Any) -> str:
    """How Go's decoder calls the type of a JSON value."""
    names = {"str": "string", "bool": "bool", "int": "number", "float": "number", "list": "array", "dict": "object"}
    return names.get(type(value).__name__, "null")
