"""Events as lines of JSON, and back: what `apply --output json` prints and a run's journal holds."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from llmd_tui.events import Event


def _name(kind: type[Event]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


KINDS: Mapping[str, type[Event]] = {_name(kind): kind for kind in get_args(Event)}
"""Every event by the name that it has in JSON, for example `phase_started`."""


def encode(event: Event) -> str:
    """One line of ASCII, without its end."""
    return json.dumps({"event": _name(type(event)), **asdict(event)})


def decode(line: str) -> Event:
    """The event of a line that `encode` wrote. Raises ValueError on anything else."""
    fields: Any = json.loads(line)
    if not isinstance(fields, dict) or fields.get("event") not in KINDS:  # pyright: ignore[reportUnknownMemberType]
        raise ValueError(f"not an event: {line[:80]}")
    known: dict[str, Any] = {key: _tuples(value) for key, value in fields.items()}  # pyright: ignore
    kind = KINDS[known.pop("event")]
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(f"not an event of this version: {error}") from None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value  # pyright: ignore
