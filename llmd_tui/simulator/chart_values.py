"""Places in a chart's objects that values fill."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from llmd_tui.objects import Object
from llmd_tui.presets.components import merge


@dataclass(frozen=True)
class Value:
    """`path` into the values, `default` where nothing is given."""

    path: tuple[str, ...]
    default: Any

    def of(self, values: Mapping[str, Any]) -> Any:
        """What the values say; they hold the defaults already."""
        found: Any = values
        for key in self.path:
            found = found[key]
        return found

    @property
    def reference(self) -> str:
        """As a template writes it; `index` because keys may hold dashes."""
        return " ".join(["index .Values", *(json.dumps(key) for key in self.path)])


@dataclass(frozen=True)
class Part:
    """An object of a chart; made only where `when` is true."""

    obj: Object
    when: Value | None = None


def value(path: str, default: Any) -> Value:
    """`a.b.c` into the values."""
    return Value(tuple(path.split(".")), default)


def default_values(parts: Sequence[Part]) -> dict[str, Any]:
    """The chart's values.yaml: every default in its place."""
    values: dict[str, Any] = {}

    def collect(leaf: Any) -> Any:
        nonlocal values
        if isinstance(leaf, Value):
            nested: Any = leaf.default
            for key in reversed(leaf.path):
                nested = {key: nested}
            values = merge(values, nested)
        return leaf

    for part in parts:
        rebuilt([part.obj, part.when], collect)
    return values


def rebuilt(node: Any, leaf: Callable[[Any], Any]) -> Any:
    """The same tree with `leaf` applied to every key and to every value that is no mapping or list."""
    if isinstance(node, Mapping):
        entries = cast("Mapping[str, Any]", node)
        return {leaf(key): rebuilt(value, leaf) for key, value in entries.items()}
    if isinstance(node, list | tuple):
        return [rebuilt(item, leaf) for item in cast("Sequence[Any]", node)]
    return leaf(node)
