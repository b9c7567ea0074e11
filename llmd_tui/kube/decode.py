"""JSON of the API server, read without holding up the event loop."""

import asyncio
import json
import re
from typing import Any

from llmd_tui.objects import Object

_LARGE = 64 * 1024
_decode_at = json.JSONDecoder().raw_decode
_space = re.compile(r"[ \t\r\n]*")


async def decode(body: bytes) -> Any:
    """The JSON value in `body`. Raises ValueError when it is none."""
    if len(body) < _LARGE:
        return json.loads(body)
    return await asyncio.to_thread(decode_list, body.decode())


def decode_list(text: str) -> Any:
    """Like `json.loads`, one element of `items` at a time and without their managedFields.

    `json.loads` is a single call into C that keeps the interpreter lock until it is through, in a thread too:
    a page of 500 pods would stop the screen for a tenth of a second.
    """
    if not text.startswith("{"):
        return json.loads(text)
    result: dict[str, Any] = {}
    at = _skip(text, 1)
    while not text.startswith("}", at):
        key, at = _decode_at(text, at)
        at = _after(text, at, ":")
        if key == "items" and text.startswith("[", at):
            result[key], at = _items(text, _skip(text, at + 1))
        else:
            result[key], at = _decode_at(text, at)
        at = _comma_or(text, at, "}")
    if _skip(text, at + 1) != len(text):
        raise ValueError("Extra data")
    return result


def _items(text: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while not text.startswith("]", at):
        item, at = _decode_at(text, at)
        items.append(_without_managed_fields(item))
        at = _comma_or(text, at, "]")
    return items, at + 1


def _without_managed_fields(obj: Object) -> Object:
    """The same object, less the third of it that only server-side apply reads."""
    obj.get("metadata", {}).pop("managedFields", None)
    return obj


def _skip(text: str, at: int) -> int:
    found = _space.match(text, at)
    return found.end() if found else at


def _after(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise ValueError(f"Expected {sign!r} at {at}")
    return _skip(text, at + 1)


def _comma_or(text: str, at: int, end: str) -> int:
    """Past a comma and to the next element, or to `end`."""
    at = _skip(text, at)
    return at if text.startswith(end, at) else _after(text, at, ",")
