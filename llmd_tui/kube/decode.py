"""JSON of the API server, read without holding up the event loop."""

import asyncio
import json
import re
from typing import Any

_LARGE = 64 * 1024
_value = json.JSONDecoder().raw_decode
_space = re.compile(r"[ \t\r\n]*")


async def decode(body: bytes) -> Any:
    """The JSON value in `body`. Raises ValueError when it is none."""
    if len(body) < _LARGE:
        return json.loads(body)
    return await asyncio.to_thread(decode_in_steps, body.decode())


def decode_in_steps(text: str) -> Any:
    """Like `json.loads`, but the arrays of the outermost object are read one element at a time.

    `json.loads` is a single call into C that keeps the interpreter lock until it is through, in a thread too:
    a page of 500 pods would stop the screen for a tenth of a second. Raises ValueError for what is not JSON.
    """
    at = _skip(text, 0)
    if not text.startswith("{", at):
        return json.loads(text)
    result: dict[str, Any] = {}
    at = _skip(text, at + 1)
    while not text.startswith("}", at):
        key, at = _value(text, at)
        if not isinstance(key, str):
            raise ValueError(f"Expected a key before {at}")
        at = _after(text, at, ":")
        result[key], at = _array(text, at) if text.startswith("[", at) else _value(text, at)
        at = _comma_or(text, at, "}")
    if _skip(text, at + 1) != len(text):
        raise ValueError("Extra data")
    return result


def _array(text: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at + 1)
    while not text.startswith("]", at):
        item, at = _value(text, at)
        items.append(item)
        at = _comma_or(text, at, "]")
    return items, at + 1


def _skip(text: str, at: int) -> int:
    found = _space.match(text, at)
    return found.end() if found else at


def _after(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise ValueError(f"Expected {sign!r} at {at}")
    return _skip(text, at + 1)


def _comma_or(text: str, at: int, end: str) -> int:
    """Past a comma and to the element that follows it, or to `end`."""
    at = _skip(text, at)
    if text.startswith(end, at):
        return at
    at = _after(text, at, ",")
    if text.startswith(end, at):
        raise ValueError(f"Expected an element at {at}")
    return at
