"""What controllers write into objects: times, generated names, owners, hashes, conditions."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from llmd_tui.objects import Object

NOTHING: Mapping[str, Any] = MappingProxyType({})

# Kubernetes' alphabet for generated names: no vowels, nothing that looks alike.
SAFE = "bcdfghjklmnpqrstvwxz2456789"


def mapping(value: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """The mapping at that path; empty where there is none."""
    for key in path:
        value = value.get(key) or {}
    return dict(value)


def rows(value: Mapping[str, Any], *path: str) -> list[Any]:
    """The list at that path; empty where there is none."""
    found: list[Any] | None = mapping(value, *path[:-1]).get(path[-1])
    return list(found or [])


def of_type(conditions: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    """The condition of that type; empty when there is none."""
    return next((condition for condition in conditions if condition["type"] == kind), NOTHING)


def stamp(moment: datetime) -> str:
    """A Kubernetes time, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def micro(moment: datetime) -> str:
    """A Kubernetes time with microseconds, as leases and the scheduler's events carry it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def suffix(length: int = 5) -> str:
    """The random end of a generated name."""
    return "".join(random.choices(SAFE, k=length))


@lru_cache(maxsize=2048)
def fnv32a(data: bytes) -> int:
    """The same few templates are asked for again and again, byte by byte in Python."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def safe_hash(text: str) -> str:
    """FNV-1a in the safe alphabet, digit by digit, as Kubernetes and the network operator name what they make."""
    return "".join(SAFE[ord(digit) % len(SAFE)] for digit in str(fnv32a(text.encode())))


def template_hash(template: Mapping[str, Any]) -> str:
    """The hash of a pod template; the same template gives the same name."""
    return safe_hash(json.dumps(template, sort_keys=True))


def owner_reference(owner: Object) -> dict[str, Any]:
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controller_of(obj: Object) -> Mapping[str, Any]:
    """The owner that controls the object; empty when there is none."""
    references = rows(obj, "metadata", "ownerReferences")
    return next((reference for reference in references if reference.get("controller")), NOTHING)


def controlled_by(obj: Object, owner: Object) -> bool:
    return controller_of(obj).get("uid") == owner["metadata"]["uid"]


def terminating(obj: Object) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def with_condition(
    conditions: Sequence[Mapping[str, Any]], now: str, kind: str, status: bool, reason: str = "", message: str = ""
) -> list[dict[str, Any]]:
    """The conditions with this one set. `lastTransitionTime` moves only when the status does."""
    value = "True" if status else "False"
    old = of_type(conditions, kind)
    since = old.get("lastTransitionTime", now) if old.get("status") == value else now
    new: dict[str, Any] = {"type": kind, "status": value, "reason": reason, "message": message}
    new["lastTransitionTime"] = since
    placed = [new if c["type"] == kind else dict(c) for c in conditions]
    return placed if old else [*placed, new]
