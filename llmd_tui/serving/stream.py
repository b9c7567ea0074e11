"""Server-sent events of a model server: chunks of an answer, the end of it, what was counted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmd_tui.rollout.reading import listed, mapping

LONGEST = 1 << 20
"""Bytes of one line. A chunk of an answer is some hundred."""
END = "[DONE]"


class Lines:
    """Takes a body apart as it comes."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """The lines that `data` ends. Raises ValueError when one is longer than any answer's."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST:
            raise ValueError("a line without an end")
        yield from (line.decode(errors="replace").rstrip("\r") for line in whole)

    def rest(self) -> str:
        """What came after the last line's end."""
        return self._rest.decode(errors="replace")


@dataclass(frozen=True)
class Chunk:
    """One event. `thought` is what a model says to itself; `tokens` counts the answer's, once the server tells."""

    text: str = ""
    thought: str = ""
    finish: str = ""
    tokens: int | None = None
    error: str = ""


def chunk(event: str) -> Chunk:
    """Of a completion or a chat; what is neither is an empty one."""
    said = _parsed(event)
    choices = listed(said.get("choices"))
    first = choices[0] if choices else {}
    delta = mapping(first.get("delta"))
    counted = mapping(said.get("usage")).get("completion_tokens")
    return Chunk(
        text=_text(first.get("text")) or _text(delta.get("content")),
        thought=_text(delta.get("reasoning")) or _text(delta.get("reasoning_content")),
        finish=_text(first.get("finish_reason")),
        tokens=counted if isinstance(counted, int) else None,
        error=_text(mapping(said.get("error")).get("message")),
    )


def _parsed(event: str) -> dict[str, Any]:
    try:
        parsed: Any = json.loads(event)
    except (ValueError, RecursionError):
        return {}
    return mapping(parsed)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
