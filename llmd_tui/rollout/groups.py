"""Pods as rows of a table: the worst first, and one row for all that wait for the same thing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.times import WORST_FIRST, State
from llmd_tui.rollout.words import many

Order: TypeAlias = Literal["state", "name", "age", "restarts", "node"]
ORDERS: tuple[Order, ...] = ("state", "name", "age", "restarts", "node")
GROUPS_ABOVE = 5_000
"""From so many pods on, those that are well are one row a workload."""

_LONG_AHEAD = datetime.max.replace(tzinfo=UTC)
_RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}


@dataclass(frozen=True)
class PodRow:
    """One pod, or several that wait for the same thing. `key` names the row for as long as it is there.

    `ready` counts containers of a single pod (`1/2`) and pods of a group (`0/10`); `since` and `created` are the
    earliest. `inside` is the key of the opened group that the row belongs to.
    """

    key: str
    title: str
    state: State
    word: str
    reason: str
    ready: str
    restarts: int
    since: datetime | None
    created: datetime | None
    pods: tuple[PodHealth, ...]
    inside: str = ""

    @property
    def namespace(self) -> str:
        """Empty when its pods are in several."""
        found = {pod.namespace for pod in self.pods}
        return found.pop() if len(found) == 1 else ""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names, sorted, without repeats; empty before they are scheduled."""
        return tuple(sorted({pod.node for pod in self.pods if pod.node}))

    @property
    def grouped(self) -> bool:
        return len(self.pods) > 1


def pod_rows(
    pods: Collection[PodHealth],
    *,
    opened: Collection[str] = (),
    order: Order = "state",
    known: "RowCache | None" = None,
) -> list[PodRow]:
    """Rows for these pods. A pod that waits alone keeps its own row; the rows of `opened` groups follow theirs."""
    alone: list[PodHealth] = []
    together: dict[str, list[PodHealth]] = defaultdict(list)
    crowded = len(pods) > GROUPS_ABOVE
    for one in pods:
        if one.waits_for:
            together[f"{one.state} {one.waits_for}"].append(one)
        elif crowded and one.state == "done":
            together[f"{one.state} {one.namespace} {one.owner or one.name}"].append(one)
        else:
            alone.append(one)
    if known is not None:
        known.keep_to(len(pods))
    row = known.row if known is not None else pod_row
    rows = [row(one) for one in alone]
    for key, group in together.items():
        rows.append(_group(key, group) if len(group) > 1 else row(group[0]))
    rows.sort(key=_KEYS[order])
    if not opened:
        return rows
    return [shown for one in rows for shown in (one, *(_inside(one) if one.key in opened and one.grouped else ()))]


class RowCache:
    """The rows of pods whose health is the same object as before are the same objects too."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[PodHealth, PodRow]] = {}

    def keep_to(self, pods: int) -> None:
        """Forgets all when there are many more than so many: pods that are gone do not say so."""
        if len(self._rows) > 2 * pods + 100:
            self._rows.clear()

    def row(self, pod: PodHealth) -> PodRow:
        found = self._rows.get((pod.namespace, pod.name))
        if found is None or found[0] is not pod:
            found = self._rows[pod.namespace, pod.name] = pod, pod_row(pod)
        return found[1]


def pod_row(pod: PodHealth) -> PodRow:
    return PodRow(
        key=f"{pod.namespace}/{pod.name}",
        title=pod.name,
        state=pod.state,
        word=pod.word,
        reason=pod.reason,
        ready=pod.ready,
        restarts=pod.restarts,
        since=pod.since,
        created=pod.created,
        pods=(pod,),
    )


def _inside(group: PodRow) -> list[PodRow]:
    return [replace(pod_row(pod), inside=group.key) for pod in group.pods]


def _group(key: str, pods: list[PodHealth]) -> PodRow:
    pods = sorted(pods, key=lambda pod: (pod.namespace, pod.name))
    first = pods[0]
    reasons = {pod.reason for pod in pods}
    well = sum(pod.state == "done" for pod in pods)
    return PodRow(
        key=key,
        title=_title(pods),
        state=first.state,
        word=first.word.replace("waits for", "wait for"),
        reason=reasons.pop() if len(reasons) == 1 else "",
        ready=f"{well}/{len(pods)}",
        restarts=sum(pod.restarts for pod in pods),
        since=min((pod.since for pod in pods if pod.since), default=None),
        created=min((pod.created for pod in pods if pod.created), default=None),
        pods=tuple(pods),
    )


def _title(pods: list[PodHealth]) -> str:
    """`10 pods of 5 DaemonSets`, `3 pods of nvidia-driver-daemonset`, `4 pods` where nothing made them."""
    owners = {(pod.owner_kind, pod.namespace, pod.owner) for pod in pods if pod.owner}
    count = many(len(pods), "pod")
    if not owners:
        return count
    if len(owners) == 1:
        return f"{count} of {next(iter(owners))[2]}"
    kinds = {kind for kind, _, _ in owners}
    return f"{count} of {many(len(owners), kinds.pop() if len(kinds) == 1 else 'workload')}"


_KEYS: Mapping[Order, Callable[[PodRow], Any]] = {
    "state": lambda row: (_RANK[row.state], row.pods[0].namespace, row.title),
    "name": lambda row: (row.title, row.pods[0].namespace),
    "age": lambda row: (row.created or _LONG_AHEAD, row.title),
    "restarts": lambda row: (-row.restarts, _RANK[row.state], row.title),
    "node": lambda row: (row.nodes[:1], _RANK[row.state], row.title),
}
