"""Label and field selectors, from the text of a query or from a LabelSelector."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.conversion import stored_path
from llmd_tui.simulator.kubernetes.editing import is_map, listed, mapped
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import bad_request

Matches: TypeAlias = Callable[[Object], bool]
Requirement: TypeAlias = Callable[[Mapping[str, str]], bool]

_KEY = re.compile(r"[A-Za-z0-9./_-]+")
_TOKENS = re.compile(r"\s*(==|!=|=|!|,|\(|\)|<|>|[^\s=!,()<>]+)")


@lru_cache(1000)
def label_selector(text: str) -> tuple[Requirement, ...]:
    """The requirements of `a=b,c!=d,e in (f,g),!h,i`. Raises StatusError for what is not a selector."""
    tokens = [match.group(1) for match in _TOKENS.finditer(text)]
    requirements: list[Requirement] = []
    while tokens:
        requirements.append(_requirement(tokens))
        if tokens and tokens.pop(0) != ",":
            raise bad_request(f"unable to parse requirement: found '{text}', expected: ',' or 'end of string'")
        if tokens == [] and text.rstrip().endswith(","):
            raise bad_request("found '', expected: identifier after ','")
    return tuple(requirements)


def _requirement(tokens: list[str]) -> Requirement:
    absent = tokens[0] == "!"
    if absent:
        tokens.pop(0)
    key = tokens.pop(0) if tokens else ""
    if not _KEY.fullmatch(key):
        raise bad_request(f"unable to parse requirement: found '{key}', expected: !, identifier, or 'end of string'")
    if absent:
        return lambda labels: key not in labels
    sign = tokens[0] if tokens else ","
    if sign == ",":
        return lambda labels: key in labels
    tokens.pop(0)
    if sign in ("in", "notin"):
        return _set_requirement(key, sign, _values(tokens))
    value = tokens.pop(0) if tokens and tokens[0] != "," else ""
    if value in ("=", "==", "!=", "!", "(", ")"):
        raise bad_request(f"unable to parse requirement: found '{value}', expected: identifier")
    if sign in ("=", "=="):
        return lambda labels: labels.get(key) == value
    if sign == "!=":
        return lambda labels: labels.get(key) != value
    if sign in ("<", ">"):
        return _bound(key, sign, value)
    raise bad_request(f"unable to parse requirement: found '{sign}', expected: in, notin, =, ==, !=, gt, lt")


def _values(tokens: list[str]) -> frozenset[str]:
    if not tokens or tokens.pop(0) != "(" or ")" not in tokens:
        raise bad_request("unable to parse requirement: found '', expected: '(' or ')'")
    end = tokens.index(")")
    inside = tokens[:end]
    del tokens[: end + 1]
    return frozenset(token for token in inside if token != ",") or frozenset({""})


def _set_requirement(key: str, sign: str, values: frozenset[str]) -> Requirement:
    if sign == "in":
        return lambda labels: labels.get(key) in values
    return lambda labels: labels.get(key) not in values


def _bound(key: str, sign: str, value: str) -> Requirement:
    def holds(labels: Mapping[str, str]) -> bool:
        have = labels.get(key, "")
        return have.lstrip("-").isdigit() and (int(have) > int(value) if sign == ">" else int(have) < int(value))

    if not value.lstrip("-").isdigit():
        raise bad_request(f"for 'Gt', 'Lt' operators, the value must be an integer: \"{value}\"")
    return holds


def field_selector(text: str, kind: Kind) -> tuple[tuple[str, str, bool], ...]:
    """The (path, value, equal) of `a=b,c!=d`. Raises StatusError for a field that this kind cannot be asked for."""
    requirements: list[tuple[str, str, bool]] = []
    for part in re.split(r"(?<!\\),", text):
        match = re.fullmatch(r"\s*([^=!]+?)\s*(==|!=|=)\s*(.*?)\s*", part)
        if not match:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        path, sign, value = match.groups()
        if path not in ("metadata.name", "metadata.namespace", *kind.fields):
            known = "field label not supported: " + path
            if not kind.fields:
                known = f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
            raise bad_request(known)
        requirements.append((stored_path(path, kind), re.sub(r"\\(.)", r"\1", value), sign != "!="))
    return tuple(requirements)


def selects(kind: Kind, labels: str, fields: str) -> Matches | None:
    """Whether an object is selected. None when every object is."""
    by_label = label_selector(labels) if labels.strip() else ()
    by_field = field_selector(fields, kind) if fields.strip() else ()
    if not by_label and not by_field:
        return None

    def matches(obj: Object) -> bool:
        if by_label:
            have = mapped(obj["metadata"], "labels")
            if not all(holds(have) for holds in by_label):
                return False
        return all((field_value(obj, path) == value) is equal for path, value, equal in by_field)

    return matches


def field_value(obj: Object, path: str) -> str:
    """The text that field selectors compare with; empty when the field is not there."""
    if path == "source":
        path = "source.component"
    if path == "status.podIPs":
        path = "status.podIP"
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if is_map(value) else None
    if value is None:
        return {"spec.unschedulable": "false", "spec.hostNetwork": "false"}.get(path, "0" if path in _COUNTS else "")
    return str(value).lower() if isinstance(value, bool) else str(value)


_COUNTS = ("status.replicas", "status.successful")


def format_selector(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector as text, as tables and the scale subresource show it; `<none>` and `<error>` as kubectl says."""
    if selector is None:
        return "<none>"
    parts = [f"{key}={value}" for key, value in sorted(mapped(selector, "matchLabels").items())]
    for expression in listed(selector, "matchExpressions"):
        key, values = expression["key"], ",".join(sorted(listed(expression, "values")))
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }.get(expression["operator"], "<error>")
        )
    return ",".join(parts) or "<none>"
