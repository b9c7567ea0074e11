"""The keywords of OpenAPI that judge a value: enum, pattern, minimum and their like."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.status import Cause

Rules: TypeAlias = Mapping[str, Any]
_Holds: TypeAlias = Callable[[Any, Rules], bool]


def _at_least(rule: str) -> _Holds:
    return lambda value, rules: len(value) >= rules[rule]


def _at_most(rule: str) -> _Holds:
    return lambda value, rules: len(value) <= rules[rule]


def _minimum(value: Any, rules: Rules) -> bool:
    return value > rules["minimum"] or (value == rules["minimum"] and not rules.get("exclusiveMinimum"))


def _maximum(value: Any, rules: Rules) -> bool:
    return value < rules["maximum"] or (value == rules["maximum"] and not rules.get("exclusiveMaximum"))


def _pattern(value: Any, rules: Rules) -> bool:
    """Patterns are Go's. Those that Python's `re` cannot read judge nothing."""
    try:
        return re.search(rules["pattern"], value) is not None
    except re.error:
        return True


_NUMBERS: tuple[tuple[str, str, _Holds], ...] = (
    ("minimum", "should be greater than or equal to {}", _minimum),
    ("maximum", "should be less than or equal to {}", _maximum),
)
_JUDGES: Mapping[str, tuple[tuple[str, str, _Holds], ...]] = {
    "int": _NUMBERS,
    "float": _NUMBERS,
    "str": (
        ("pattern", "should match '{}'", _pattern),
        ("minLength", "should be at least {} chars long", _at_least("minLength")),
        ("maxLength", "should be at most {} chars long", _at_most("maxLength")),
    ),
    "list": (
        ("minItems", "should have at least {} items", _at_least("minItems")),
        ("maxItems", "should have at most {} items", _at_most("maxItems")),
    ),
    "dict": (
        ("minProperties", "should have at least {} properties", _at_least("minProperties")),
        ("maxProperties", "should have at most {} properties", _at_most("maxProperties")),
    ),
}


def keyword_causes(value: Any, rules: Rules, path: str) -> Iterator[Cause]:
    """What the keywords refuse."""
    if "enum" in rules and value not in rules["enum"]:
        supported = ", ".join(compact(choice) for choice in rules["enum"])
        yield Cause(path, f"Unsupported value: {compact(value)}: supported values: {supported}", "NotSupported")
    for rule, words, holds in _JUDGES.get(type(value).__name__, ()):
        if rule in rules and not holds(value, rules):
            shown = len(value) if is_list(value) or is_map(value) else compact(value)
            yield Cause(path, f"Invalid value: {shown}: {path} in body {words.format(rules[rule])}")
