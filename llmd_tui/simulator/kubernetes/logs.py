"""The logs of containers: what kubelets would keep on their nodes.

Actors write them on a path of the simulator's own: `POST /simulator/logs/NAMESPACE/POD/CONTAINER` appends the lines of
the body, `PUT` begins the log of the container's next instance, and what was there becomes the previous one.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from llmd_tui.objects import Object, timestamp
from llmd_tui.simulator.kubernetes.editing import at, listed
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.storage import Change, Key
from llmd_tui.simulator.kubernetes.times import exact

Line: TypeAlias = tuple[datetime, str]

_MOST_LINES = 20000
"""Older lines of a log are dropped, as a kubelet rotates them away."""


@dataclass(eq=False)
class Log:
    """One instance of one container. `dropped` lines are gone from its beginning."""

    lines: list[Line] = field(default_factory=list[Line])
    dropped: int = 0
    closed: bool = False

    def append(self, moment: datetime, text: str) -> None:
        self.lines += [(moment, line) for line in text.splitlines()]
        surplus = len(self.lines) - _MOST_LINES
        if surplus > 0:
            del self.lines[:surplus]
            self.dropped += surplus


@dataclass(frozen=True)
class LogOptions:
    """PodLogOptions: `since` is the earliest time, `tail` and `limit` count lines and bytes."""

    follow: bool = False
    timestamps: bool = False
    since: datetime | None = None
    tail: int | None = None
    limit: int | None = None


class Logs:
    """The logs of all containers, by pod."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._logs: dict[Key, dict[str, list[Log]]] = {}
        self._news = asyncio.Event()
        registry.storage.table("pods").listeners.append(self._heard)

    def _heard(self, change: Change) -> None:
        """Followers look again at a pod that changed; the logs of a pod that is gone are gone."""
        if change.type == "DELETED":
            for instances in self._logs.pop(change.key, {}).values():
                instances[-1].closed = True
        if change.key in self._logs or change.type == "DELETED":
            self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def write(self, pod: Key, container: str, text: str, *, anew: bool = False) -> None:
        """Appends lines, stamped with the present time; `anew` for the container's next instance."""
        instances = self._logs.setdefault(pod, {}).setdefault(container, [])
        if anew and instances:
            instances[-1].closed = True
            del instances[:-1]
        if anew or not instances:
            instances.append(Log())
        instances[-1].append(self._registry.clock.now(), text)
        self._wake()

    def find(self, pod: Key, container: str, *, previous: bool) -> Log | None:
        """The log of the instance at hand, or of the one before it. None when there is none before."""
        instances = self._logs.get(pod, {}).get(container, [])
        if previous:
            return instances[-2] if len(instances) > 1 else None
        return instances[-1] if instances else Log()

    async def read(self, pod: Key, container: str, log: Log, options: LogOptions) -> AsyncIterator[bytes]:
        """The lines, joined as they come; following ends with the container."""
        lines = [line for line in log.lines if options.since is None or line[0] >= options.since]
        if options.tail is not None:
            lines = lines[max(0, len(lines) - options.tail) :]
        seen = log.dropped + len(log.lines)
        left = options.limit
        while True:
            news = self._news
            chunk = b"".join(_text(line, options) for line in lines)
            if left is not None:
                chunk = chunk[:left]
                left -= len(chunk)
            if chunk:
                yield chunk
            ended = log.closed or self._ended(pod, container)
            lines = log.lines[max(0, seen - log.dropped) :]
            seen = log.dropped + len(log.lines)
            if not lines and (not options.follow or ended or left == 0):
                return
            if not lines:
                await news.wait()
                log = self._begun(pod, container, log)
                lines = log.lines[max(0, seen - log.dropped) :]
                seen = log.dropped + len(log.lines)

    def _begun(self, pod: Key, container: str, log: Log) -> Log:
        """The log to follow: one that was asked for before its first line takes the place of an empty one."""
        instances = self._logs.get(pod, {}).get(container, [])
        return instances[0] if instances and not log.lines and not log.closed else log

    def _ended(self, pod: Key, container: str) -> bool:
        stored = self._registry.storage.get("pods", pod)
        if stored is None or at(stored.obj, "status", "phase") in ("Succeeded", "Failed"):
            return True
        return "terminated" in (at(container_status(stored.obj, container) or {}, "state") or {})


def container_status(pod: Object, container: str) -> Object | None:
    for field_name in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for status in listed(pod, "status", field_name):
            if status.get("name") == container:
                return status
    return None


def since(query_time: str, query_seconds: str, now: datetime) -> datetime | None:
    """The earliest time that `sinceTime` or `sinceSeconds` asks for."""
    return now - timedelta(seconds=int(query_seconds)) if query_seconds else timestamp(query_time or None)


def _text(line: Line, options: LogOptions) -> bytes:
    moment, text = line
    return f"{exact(moment)} {text}\n".encode() if options.timestamps else f"{text}\n".encode()
