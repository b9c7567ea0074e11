"""The columns of custom resources: the `additionalPrinterColumns` of their definition."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.columns.base import AGE, Column, age_of
from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.encoding import compact

_STEP = re.compile(
    r"""\.(?P<field>(?:\\.|[^.\[\\])+)
    | \[\?\(@\.(?P<key>[^=!\s]+)\s*(?P<sign>==|!=)\s*["'](?P<value>[^"']*)["']\)\]
    | \[["'](?P<quoted>[^"']+)["']\]
    | \[(?P<index>\*|-?\d+)\]""",
    re.VERBOSE,
)


def custom_columns(definitions: tuple[Mapping[str, Any], ...]) -> tuple[Column, ...]:
    """One column for each definition; the age alone when there are none."""
    if not definitions:
        return (Column("Age", AGE.cell, "date"),)
    return tuple(
        Column(
            definition["name"],
            _cell(definition["jsonPath"], definition["type"]),
            definition["type"],
            definition.get("format", ""),
            definition.get("priority", 0),
        )
        for definition in definitions
    )


def _cell(path: str, kind: str) -> Any:
    def cell(obj: Object, now: datetime) -> Any:
        found = find(obj, path)
        return _shown(found[0], kind, now) if found else None

    return cell


def _shown(value: Any, kind: str, now: datetime) -> Any:
    if kind == "date":
        return age_of(value, now) if isinstance(value, str) else None
    if kind == "string":
        return value if isinstance(value, str) else compact(value)
    fits = {"integer": (int, float), "number": (int, float), "boolean": bool}[kind]
    if not isinstance(value, fits) or (isinstance(value, bool) and kind != "boolean"):
        return None
    return int(value) if kind == "integer" else value


def find(value: Any, path: str) -> list[Any]:
    """What a JSON path finds: fields, indices, `*` and filters such as `[?(@.type=="Ready")]`."""
    found = [value]
    for step in _steps(path):
        found = [item for value in found for item in _descend(value, step)]
    return found


@lru_cache(1000)
def _steps(path: str) -> tuple[dict[str, str | None], ...]:
    if not path.startswith((".", "[")):
        path = f".{path}"
    return tuple(match.groupdict() for match in _STEP.finditer(path))


def _descend(value: Any, step: dict[str, str | None]) -> list[Any]:
    name = step["quoted"] or (step["field"] or "").replace("\\", "")
    if name:
        fields = value if is_map(value) else {}
        return [fields[name]] if name in fields else []
    items = list(value.values()) if is_map(value) else value
    if not is_list(items):
        return []
    listed = items
    if step["index"] == "*":
        return listed
    if step["index"]:
        return listed[int(step["index"]) :][:1]
    key, equal = step["key"] or "", step["sign"] == "=="
    return (
        [item for item in listed if [step["value"]] == find(item, key)]
        if equal
        else [item for item in listed if [step["value"]] != find(item, key)]
    )
