"""A column of a table, and what many columns show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from llmd_tui.objects import Object, timestamp
from llmd_tui.simulator.kubernetes.editing import at, listed
from llmd_tui.simulator.kubernetes.times import human

Cell: TypeAlias = Callable[[Object, datetime], Any]
"""What a column shows of an object at a moment."""


@dataclass(frozen=True)
class Column:
    """`priority` 0 is always shown, 1 with `kubectl get -o wide`."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    priority: int = 0

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": "",
            "priority": self.priority,
        }


def age_of(moment: str | None, now: datetime) -> str:
    """How long ago a time was."""
    then = timestamp(moment)
    return human((now - then).total_seconds()) if then else "<unknown>"


def field(*path: str, default: Any = "") -> Cell:
    """The value at a path."""

    def cell(obj: Object, now: datetime) -> Any:
        value = at(obj, *path)
        return default if value is None else value

    return cell


def length(*paths: tuple[str, ...]) -> Cell:
    """How many items there are at the paths together."""
    return lambda obj, now: sum(len(listed(obj, *path)) for path in paths)


def wide(name: str, cell: Cell) -> Column:
    """A text column for `-o wide`."""
    return Column(name, cell, priority=1)


def number(name: str, *path: str) -> Column:
    """A count at a path."""
    return Column(name, field(*path, default=0), "integer")


def truth(value: Any) -> str:
    return "<unset>" if value is None else "True" if value else "False"


def labels_text(labels: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def joined(items: Sequence[Any]) -> str:
    """The first few, and how many more there are."""
    if not items:
        return "<unset>"
    text = ",".join(str(item) for item in items[:3])
    return f"{text} + {len(items) - 3} more..." if len(items) > 3 else text


NAME = Column("Name", lambda obj, now: obj["metadata"]["name"], format="name")
AGE = Column("Age", lambda obj, now: age_of(obj["metadata"].get("creationTimestamp"), now))
CREATED = Column("Created At", lambda obj, now: obj["metadata"].get("creationTimestamp"), "date")


def template_columns(*template: str) -> tuple[Column, Column]:
    """Names and images of the containers of a pod template."""
    path = (*template, "spec", "containers")
    return (
        wide("Containers", lambda obj, now: ",".join(c.get("name", "") for c in listed(obj, *path))),
        wide("Images", lambda obj, now: ",".join(c.get("image", "") for c in listed(obj, *path))),
    )
