"""What deleting an object means: at once, after a grace period, or when its finalizers are done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from llmd_tui.objects import Object, timestamp
from llmd_tui.simulator.kubernetes.editing import at, listed, put
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.times import stamp

_POLICIES = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}
ORPHAN, FOREGROUND = _POLICIES.values()
_ORPHANING = frozenset({"jobs.batch", "replicationcontrollers"})
"""Kinds whose dependents stay when the client says nothing, as they always have."""


@dataclass(frozen=True)
class Deletion:
    """DeleteOptions: `grace` in seconds, `propagation` is Background, Foreground or Orphan; the rest are conditions."""

    grace: int | None = None
    propagation: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    dry_run: bool = False


def marked(obj: Object, kind: Kind, options: Deletion, now: datetime) -> Object | None:
    """The object as it waits for its end. None when there is nothing to wait for."""
    finalizers = _finalizers(obj, kind, options)
    grace = _grace(obj, options) if kind.table == "pods" else 0
    waiting = finalizers or grace or (kind.table == "namespaces" and at(obj, "spec", "finalizers"))
    if not waiting:
        return None
    metadata: dict[str, Any] = {**obj["metadata"], "finalizers": finalizers}
    if not finalizers:
        del metadata["finalizers"]
    begun = metadata.get("deletionTimestamp")
    before = metadata.get("deletionGracePeriodSeconds") or 0
    if begun is None:
        metadata |= {"deletionTimestamp": stamp(now + timedelta(seconds=grace)), "deletionGracePeriodSeconds": grace}
        if "generation" in metadata:
            metadata["generation"] += 1
    elif grace < before and kind.table == "pods":
        start = (timestamp(begun) or now) - timedelta(seconds=before)
        metadata |= {"deletionTimestamp": stamp(start + timedelta(seconds=grace)), "deletionGracePeriodSeconds": grace}
    obj = {**obj, "metadata": metadata}
    return put(obj, ("status", "phase"), "Terminating") if kind.table == "namespaces" else obj


def ended(obj: Object, kind: Kind) -> bool:
    """Whether an object that is being deleted waits for nothing any more."""
    metadata = obj["metadata"]
    return bool(
        metadata.get("deletionTimestamp")
        and not metadata.get("finalizers")
        and not metadata.get("deletionGracePeriodSeconds")
        and not (kind.table == "namespaces" and at(obj, "spec", "finalizers"))
    )


def _finalizers(obj: Object, kind: Kind, options: Deletion) -> list[str]:
    finalizers: list[str] = listed(obj["metadata"], "finalizers")
    policy = options.propagation
    if policy is None and kind.table in _ORPHANING and not {ORPHAN, FOREGROUND} & set(finalizers):
        policy = "Orphan"
    if policy is None:
        return finalizers
    kept = [finalizer for finalizer in finalizers if finalizer not in (ORPHAN, FOREGROUND)]
    return kept + ([_POLICIES[policy]] if policy in _POLICIES else [])


def _grace(pod: Object, options: Deletion) -> int:
    """Pods that no kubelet runs, and those that have ended, need no grace."""
    if not at(pod, "spec", "nodeName") or at(pod, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    wanted = options.grace
    if wanted is None:
        wanted = pod["metadata"].get("deletionGracePeriodSeconds")
    if wanted is None:
        wanted = at(pod, "spec", "terminationGracePeriodSeconds")
    return max(0, int(30 if wanted is None else wanted))
