"""Pods as rows of a table: the worst first, and one row for all that wait for the same thing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.times import WORST_FIRST, State
from llmd_tui.rollout.words import many


@dataclass(frozen=True)
class PodRow:
    """One pod, or several that wait for the same thing. `key` names the row for as long as it is there.

    `ready` counts containers of a single pod (`1/2`) and pods of a group (`0/10`); `since` is the earliest.
    """

    key: str
    title: str
    state: State
    word: str
    reason: str
    ready: str
    restarts: int
    since: datetime | None
    pods: tuple[PodHealth, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names, sorted, without repeats; empty before they are scheduled."""
        return tuple(sorted({pod.node for pod in self.pods if pod.node}))


def group_pods(pods: Iterable[Object], view: View, now: datetime) -> list[PodRow]:
    """Rows for these pods, worst state first, then by name. A pod that waits alone keeps its own row."""
    moment = Moment(view, now)
    alone: list[PodHealth] = []
    together: dict[tuple[str, State], list[PodHealth]] = defaultdict(list)
    for one in (health(pod, moment) for pod in pods):
        if one.waits_for:
            together[one.waits_for, one.state].append(one)
        else:
            alone.append(one)
    rows = [_row(one) for one in alone]
    rows += [_group(group) if len(group) > 1 else _row(group[0]) for group in together.values()]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.state), row.pods[0].namespace, row.title))


def _row(pod: PodHealth) -> PodRow:
    return PodRow(
        key=f"{pod.namespace}/{pod.name}",
        title=pod.name,
        state=pod.state,
        word=pod.word,
        reason=pod.reason,
        ready=pod.ready,
        restarts=pod.restarts,
        since=pod.since,
        pods=(pod,),
    )


def _group(pods: list[PodHealth]) -> PodRow:
    pods = sorted(pods, key=lambda pod: (pod.namespace, pod.name))
    first = pods[0]
    reasons = {pod.reason for pod in pods}
    return PodRow(
        key=f"{first.state} {first.waits_for}",
        title=_title(pods),
        state=first.state,
        word=first.word.replace("waits for", "wait for"),
        reason=reasons.pop() if len(reasons) == 1 else "",
        ready=f"0/{len(pods)}",
        restarts=sum(pod.restarts for pod in pods),
        since=min((pod.since for pod in pods if pod.since), default=None),
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
