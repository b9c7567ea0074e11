"""The health of many pods, kept from one look to the next: judged again only where something may have changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.moment import Moment, node_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import name_of

PATIENCE = timedelta(seconds=1)
"""How old the judgement of a pod that is not well may be: its time, its events and what it waits for count too."""
AT_ONCE = 100
"""So many of those are judged anew in one look, the oldest judgements first."""

CHANGED = 300
"""So many pods that are new or have changed are judged in one look: about 30 ms."""


@dataclass(slots=True)
class _Entry:
    pod: Object
    said: PodHealth
    judged: datetime


class PodBook:
    """`look` gives the health of the pods in some namespaces; equal ones are the same object as before.

    `behind` says that there was more to judge than one look may take: look again.
    """

    def __init__(self) -> None:
        self.behind = False
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._nodes: list[Object] = []
        self._ready: frozenset[str] = frozenset()

    def look(self, view: View, namespaces: Collection[str] | None, now: datetime) -> list[PodHealth]:
        """`namespaces` None for all of them."""
        moment = Moment(view, now)
        self._forget_when_nodes_changed(view)
        seen: dict[tuple[str, str], _Entry] = {}
        old: list[_Entry] = []
        judged = 0
        self.behind = False
        for pod in view.all("Pod"):
            metadata = pod["metadata"]
            key = metadata.get("namespace") or "", metadata["name"]
            if namespaces is not None and key[0] not in namespaces:
                continue
            entry = self._entries.get(key)
            if entry is None or entry.pod is not pod:
                if judged < CHANGED:
                    entry = _Entry(pod, _same(entry, health(pod, moment)), now)
                    judged += 1
                else:
                    self.behind = True
            elif entry.said.state != "done" and now - entry.judged >= PATIENCE:
                old.append(entry)
            if entry is not None:
                seen[key] = entry
        for entry in sorted(old, key=lambda entry: entry.judged)[:AT_ONCE]:
            entry.said, entry.judged = _same(entry, health(entry.pod, moment)), now
        self._entries = seen
        return [entry.said for entry in seen.values()]

    def _forget_when_nodes_changed(self, view: View) -> None:
        """A pod that is well says nothing when its node goes."""
        nodes = view.all("Node")
        if _identical(nodes, self._nodes):
            return
        self._nodes = nodes
        ready = frozenset(name_of(node) for node in nodes if node_ready(node))
        if ready != self._ready:
            self._ready = ready
            self._entries = {}


def _same(before: _Entry | None, said: PodHealth) -> PodHealth:
    """What looks the same stays the same object, so that nobody has to compare it again."""
    return before.said if before is not None and before.said == said else said


def _identical(some: Sequence[Object], others: Sequence[Object]) -> bool:
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))
