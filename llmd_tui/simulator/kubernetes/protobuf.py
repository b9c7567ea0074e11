"""Bodies in Kubernetes' protobuf encoding, which helm and parts of kubectl send. Answers are always JSON."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.status import bad_request
from llmd_tui.simulator.kubernetes.times import stamp

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_GROUPS = {"": "core", "rbac.authorization.k8s.io": "rbac"}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Field: TypeAlias = tuple[str, str, str, bool]
"""Name (`*`: the fields belong to the message around), container (`[]`, `map:` or nothing), type, drop zeros."""


def from_protobuf(body: bytes) -> Object:
    """The object in a body. Raises StatusError when it is none."""
    if not body.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        unknown = dict(_pairs(memoryview(body)[len(_MAGIC) :]))
        head = {number: bytes(value).decode() for number, value in _pairs(unknown[1])}
        api_version, kind = head.get(1, ""), head.get(2, "")
        group = api_version.rpartition("/")[0]
        name = "meta.DeleteOptions" if kind == "DeleteOptions" else f"{_GROUPS.get(group, group.split('.')[0])}.{kind}"
        return {"apiVersion": api_version, "kind": kind, **_message(unknown[2], name)}
    except (KeyError, ValueError, IndexError) as error:
        raise bad_request(f"the protobuf body cannot be read: {error}") from error


@cache
def _messages() -> Mapping[str, Mapping[int, Field]]:
    text = (files("llmd_tui.simulator.kubernetes") / "data" / "protobuf.json").read_text()
    return {
        name: {int(number): _field(line) for number, line in fields.items()}
        for name, fields in json.loads(text).items()
    }


def _field(line: str) -> Field:
    name, _, kind = line.partition(" ")
    container = next((prefix for prefix in ("[]", "map:") if kind.startswith(prefix)), "")
    return name, container, kind.removeprefix(container).removesuffix("?"), kind.endswith("?")


def _pairs(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Number and raw value of each field: an integer, or a view of bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire)
        if length is None:
            length, at = _varint(data, at)
        if at + length > len(data):
            raise ValueError("unexpected EOF")
        yield number, data[at : at + length]
        at += length


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _message(data: memoryview, name: str) -> dict[str, Any]:
    fields = _messages()[name]
    result: dict[str, Any] = {}
    for number, raw in _pairs(data):
        if number not in fields:
            continue
        field, container, kind, drop_zero = fields[number]
        if container == "map:":
            entry = dict(_pairs(raw))
            key = bytes(entry.get(1, b"")).decode()
            result.setdefault(field, {})[key] = _value(entry.get(2, memoryview(b"")), kind)
        elif container:
            result.setdefault(field, []).append(_value(raw, kind))
        elif field == "*":
            result |= _message(raw, kind)
        else:
            value = _value(raw, kind)
            if value is not None and not (drop_zero and not value):
                result[field] = value
    return result


def _value(raw: Any, kind: str) -> Any:
    if kind in _SCALARS:
        return _SCALARS[kind](raw)
    return _message(raw, kind)


def _text(raw: memoryview) -> str:
    return bytes(raw).decode()


def _integer(raw: int) -> int:
    """Negative numbers are sent as 64 bits."""
    return raw - (1 << 64) if raw >> 63 else raw


def _time(raw: memoryview) -> str | None:
    fields = dict(_pairs(raw))
    moment = datetime.fromtimestamp(_integer(fields.get(1, 0)), UTC)
    return stamp(moment) if fields else None


def _micro_time(raw: memoryview) -> str | None:
    fields = dict(_pairs(raw))
    moment = datetime.fromtimestamp(_integer(fields.get(1, 0)) + fields.get(2, 0) / 1e9, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if fields else None


def _int_or_string(raw: memoryview) -> int | str:
    fields = dict(_pairs(raw))
    return bytes(fields.get(3, b"")).decode() if fields.get(1) else _integer(fields.get(2, 0))


def _json(raw: memoryview) -> Any:
    inner = dict(_pairs(raw)).get(1)
    return json.loads(bytes(inner)) if inner else None


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "bytes": lambda raw: base64.b64encode(bytes(raw)).decode(),
    "bool": bool,
    "int32": _integer,
    "int64": _integer,
    "Time": _time,
    "MicroTime": _micro_time,
    "Quantity": lambda raw: _text(dict(_pairs(raw)).get(1, memoryview(b""))),
    "IntOrString": _int_or_string,
    "RawExtension": _json,
    "FieldsV1": _json,
    "ExtraValue": lambda raw: [_text(item) for _, item in _pairs(raw)],
}
