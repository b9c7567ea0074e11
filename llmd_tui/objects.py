"""Kubernetes objects as the API sends them: JSON mappings, with the few readings that everybody needs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]


def name(obj: Object) -> str:
    return str(obj["metadata"]["name"])


def namespace(obj: Object) -> str | None:
    """None for cluster-scoped objects."""
    return obj["metadata"].get("namespace")


def labels(obj: Object) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def annotations(obj: Object) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}


def is_going(obj: Object) -> bool:
    """Whether it was deleted, and stays until its finalizers or its grace period are over."""
    return "deletionTimestamp" in obj["metadata"]


def status(obj: Object) -> dict[str, Any]:
    return obj.get("status") or {}


def condition(obj: Object, kind: str) -> dict[str, Any] | None:
    """The status condition of that type, whatever its place in the list."""
    conditions: list[Object] = status(obj).get("conditions") or []
    return next((c for c in conditions if c.get("type") == kind), None)


def is_true(obj: Object, kind: str) -> bool:
    """Whether the condition of that type is True."""
    found = condition(obj, kind)
    return found is not None and found.get("status") == "True"


def observed(obj: Object) -> bool:
    """Whether the controller has looked at this generation. Without it a status is about another object."""
    return status(obj).get("observedGeneration", -1) >= obj["metadata"].get("generation", 0)


def matches(obj: Object, selector: Mapping[str, str]) -> bool:
    """Whether the labels hold all of `selector`; an empty value asks for the label alone."""
    have = labels(obj)
    return all(key in have and (value in ("", have[key])) for key, value in selector.items())


def timestamp(text: str | None) -> datetime | None:
    """Kubernetes' RFC 3339 times, with or without fractions."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
