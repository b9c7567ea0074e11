"""Whether an object is valid: names, required fields, and the schema of custom resources."""

import re
from collections.abc import Iterator
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import is_list, is_map, mapped
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.keywords import keyword_causes
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.schema import Schema
from llmd_tui.simulator.kubernetes.status import Cause

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_SUBDOMAIN_ERROR = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_LABEL_ERROR = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_DNS1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_DNS1035_ERROR = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    f"and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '{_DNS1035}')"
)
_QUALIFIED = re.compile(rf"({_SUBDOMAIN}/)?([A-Za-z0-9][-A-Za-z0-9_.]{{0,61}})?[A-Za-z0-9]")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_FREE_NAMES = frozenset({"clusterroles", "clusterrolebindings", "roles", "rolebindings"})
_JSON_TYPES = {
    "object": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "int-or-string": (int, str),
}


def metadata_causes(obj: Object, kind: Kind) -> Iterator[Cause]:
    """What is wrong with name, labels and annotations."""
    metadata = obj["metadata"]
    name = metadata.get("name", "")
    if not name:
        yield Cause("metadata.name", "Required value: name or generateName is required", "Required")
    elif kind.plural in _FREE_NAMES:
        if "/" in name or "%" in name or name in (".", ".."):
            yield Cause("metadata.name", f"Invalid value: {compact(name)}: may not contain '/' or '%'")
    else:
        pattern, limit, words = _SUBDOMAIN, 253, _SUBDOMAIN_ERROR
        if kind.table == "namespaces":
            pattern, limit, words = _LABEL, 63, _LABEL_ERROR
        if kind.table == "services":
            pattern, limit, words = _DNS1035, 63, _DNS1035_ERROR
        if len(name) > limit:
            yield Cause("metadata.name", f"Invalid value: {compact(name)}: must be no more than {limit} characters")
        if not re.fullmatch(pattern, name):
            yield Cause("metadata.name", f"Invalid value: {compact(name)}: {words}")
    for key, value in mapped(metadata, "labels").items():
        if not _QUALIFIED.fullmatch(key):
            yield Cause("metadata.labels", f"Invalid value: {compact(key)}: name part must be a qualified name")
        if not _LABEL_VALUE.fullmatch(value) or len(value) > 63:
            yield Cause(
                "metadata.labels", f"Invalid value: {compact(value)}: a valid label must be 63 characters or less"
            )


def required_causes(value: Any, schema: Schema, path: str = "", old: Any = None) -> Iterator[Cause]:
    """Fields of built-in types that must be there and are not. What is shared with `old` was judged before."""
    if value is old:
        return
    if is_list(value) and schema.items:
        for at, item in enumerate(value):
            yield from required_causes(item, schema.items, f"{path}[{at}]")
    elif is_map(value):
        fields = value
        before = old if is_map(old) else {}
        for name in schema.required:
            if fields.get(name) in (None, "", [], {}):
                yield Cause(f"{path}.{name}".lstrip("."), "Required value", "Required")
        for name, item in fields.items():
            child = schema.child(name) if isinstance(item, dict | list) else None
            if child and name not in ("metadata", "status"):
                yield from required_causes(item, child, f"{path}.{name}".lstrip("."), before.get(name))


def schema_causes(value: Any, schema: Schema, path: str = "", old: Any = None) -> Iterator[Cause]:
    """What the schema of a custom resource refuses."""
    if value is old or (value is None and schema.nullable):
        return
    python = _JSON_TYPES.get(schema.type, object)
    if not isinstance(value, python) or (isinstance(value, bool) and schema.type not in ("boolean", "any")):
        yield Cause(path, f"Invalid value: {_type_words(value, path, schema)}", "TypeInvalid")
        return
    yield from keyword_causes(value, schema.rules, path)
    if is_list(value) and schema.items:
        for at, item in enumerate(value):
            yield from schema_causes(item, schema.items, f"{path}[{at}]")
    elif is_map(value):
        fields = value
        before = old if is_map(old) else {}
        for name in schema.required:
            if name not in fields:
                yield Cause(f"{path}.{name}".lstrip("."), "Required value", "Required")
        for name, item in fields.items():
            child = schema.child(name)
            if child and not (name == "metadata" and not path):
                yield from schema_causes(item, child, f"{path}.{name}".lstrip("."), before.get(name))


def _type_words(value: Any, path: str, schema: Schema) -> str:
    expected = {"list": "array", "map": "object", "int-or-string": "integer,string"}.get(schema.type, schema.type)
    names = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "list": "array", "dict": "object"}
    actual = names.get(type(value).__name__, "null")
    return f'"{actual}": {path} in body must be of type {expected}: "{actual}"'
