"""Reading of raw objects that may lack anything: controllers fill a status step by step, and leave out zeros."""

from datetime import UTC, datetime
from typing import Any, cast

from llmd_tui.objects import Object, timestamp


def mapping(value: Any) -> Object:
    """The value, or nothing where there is no mapping."""
    return cast(Object, value) if isinstance(value, dict) else {}


def listed(value: Any) -> list[Object]:
    """The mappings of a list, or nothing where there is no list."""
    return (
        [cast(Object, item) for item in cast(list[Any], value) if isinstance(item, dict)]
        if isinstance(value, list)
        else []
    )


def part(obj: Any, *path: str) -> Object:
    """The mapping at that path; empty where there is none."""
    return mapping(dig(obj, *path))


def dig(obj: Any, *path: str) -> Any:
    """What lies at that path, or None."""
    for key in path:
        obj = mapping(obj).get(key)
    return obj


def text(value: Any) -> str:
    """Empty where there is none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int:
    """Zero where there is none, as in a status."""
    return value if isinstance(value, int) else 0


def when(value: Any) -> datetime | None:
    """A time of the API; None where there is none or it cannot be read."""
    try:
        found = timestamp(text(value))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Never negative: the clocks of nodes and control plane differ."""
    return max(0.0, (end - start).total_seconds()) if start and end else None


_SUFFIXES = {
    "": 1,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}


def quantity(value: Any) -> float | None:
    """A Kubernetes quantity such as 8, "8", "1k" or "500m"; None where there is none."""
    written = str(value) if isinstance(value, int | float) else text(value)
    digits = written.rstrip("mkMGTKi")
    try:
        return float(digits) * _SUFFIXES[written[len(digits) :]]
    except (ValueError, KeyError):
        return None


def name_of(obj: Object) -> str:
    return text(dig(obj, "metadata", "name"))


def namespace_of(obj: Object) -> str:
    return text(dig(obj, "metadata", "namespace"))


def labels_of(obj: Object) -> Object:
    return part(obj, "metadata", "labels")


def created(obj: Object) -> datetime | None:
    return when(dig(obj, "metadata", "creationTimestamp"))


def deleted(obj: Object) -> datetime | None:
    """When it is to be gone at last: the end of its grace period. None unless it was deleted."""
    return when(dig(obj, "metadata", "deletionTimestamp"))


def condition_of(obj: Object | None, kind: str) -> Object:
    """The status condition of that type; empty where there is none."""
    return next((c for c in listed(dig(obj, "status", "conditions")) if c.get("type") == kind), mapping(None))


def changed(obj: Object | None, kind: str) -> datetime | None:
    """Since when the condition of that type has its status."""
    return when(condition_of(obj, kind).get("lastTransitionTime"))


def latest(*times: datetime | None) -> datetime | None:
    """The last of those that are known."""
    return max(filter(None, times), default=None)


def holds(obj: Object, kind: str) -> bool:
    """Whether the condition of that type is True."""
    return condition_of(obj, kind).get("status") == "True"


def has_labels(obj: Object, selector: Any) -> bool:
    """Whether the labels hold all of `selector`; an empty value asks for the label alone."""
    have = labels_of(obj)
    return all(key in have and value in ("", have[key]) for key, value in mapping(selector).items())
