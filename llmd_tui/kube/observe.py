"""List and watch, kind by kind, into a store, for as long as it runs and whatever the network does."""

import asyncio
import random
import time
from contextlib import aclosing
from dataclasses import dataclass

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError, Unreachable
from llmd_tui.kube.store import Freshness, State, Store

# Wall seconds. Bookmarks come once a minute, so a watch that says nothing for longer is dead.
_WATCH = 300.0
_INACTIVITY = 90.0
_STALE = 30.0
_SHORTEST_PAUSE = 0.1

# Seconds of the run's clock.
_ABSENT_PAUSE = 3.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class _Source:
    api_version: str
    kind: str
    namespace: str | None
    labels: str


class Observer:
    """Keeps `store` up to date. Failures never end it; they show as freshness."""

    def __init__(self, cluster: Cluster, store: Store, clock: Clock) -> None:
        self.cluster = cluster
        self.store = store
        self.clock = clock
        self._sources: dict[_Source, None] = {}
        self._group: asyncio.TaskGroup | None = None
        self._news = asyncio.Event()

    def watch(self, api_version: str, kind: str, namespace: str | None = None, labels: str = "") -> None:
        """Observes a kind from now on, or from `run` on; one that is not there yet as soon as it is."""
        source = _Source(api_version, kind, namespace, labels)
        if source not in self._sources:
            self._sources[source] = None
            self.store.mark(kind, Freshness("loading", self.clock.time()), repr(source))
            if self._group:
                self._group.create_task(_Feed(self, source).run())

    async def run(self) -> None:
        """Observes until it is cancelled."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for source in self._sources:
                    self._group.create_task(_Feed(self, source).run())
                await asyncio.Event().wait()
        finally:
            self._group = None

    async def changed(self, seen: int | None = None) -> int:
        """Waits until `store.changed` differs from `seen` (default: from what it is now), and returns it."""
        seen = self.store.changed if seen is None else seen
        while self.store.changed == seen:
            await self._news.wait()
        return self.store.changed

    def tell(self) -> None:
        """Wakes those who wait for a change."""
        self._news.set()
        self._news = asyncio.Event()


class _Feed:
    """List and watch of one source."""

    def __init__(self, observer: Observer, source: _Source) -> None:
        self._observer = observer
        self._cluster = observer.cluster
        self._clock = observer.clock
        self._store = observer.store
        self._source = source
        self._id = repr(source)
        self._failures = 0
        self._absent = False
        self._heard()

    async def run(self) -> None:
        while True:
            asked, lost = 0.0, ""
            try:
                await self._list_and_watch()
            except KubeError as error:
                if error.status == 404:
                    await self._wait_for_kind()
                    continue
                lost = error.message if error.status != 410 else ""
                asked = error.retry_after or 0.0
            except Unreachable as error:
                lost = error.message
            back_off = min(_FIRST_PAUSE * 2**self._failures, _LONGEST_PAUSE) * random.uniform(0.5, 1)
            self._failures += 1
            if lost:
                self._lost(lost, self._clock.time() + asked * self._clock.speed + back_off)
            await asyncio.sleep(asked)
            await self._pause(back_off)

    async def _list_and_watch(self) -> None:
        """Returns when a watch ended without an event: nobody knows then whether its version is still good."""
        source = self._source
        resource = await self._cluster.resource(source.api_version, source.kind)
        objects, version = await self._cluster.snapshot(resource, namespace=source.namespace, labels=source.labels)
        self._store.replace(source.kind, objects, self._id)
        self._absent = False
        self._heard()
        self._mark("live", self._heard_at)
        while True:
            before = version
            events = self._cluster.watch(
                resource,
                namespace=source.namespace,
                labels=source.labels,
                resource_version=version,
                timeout=_WATCH * random.uniform(0.8, 1),
                inactivity=_INACTIVITY,
            )
            async with aclosing(events):
                async for event_type, obj in events:
                    self._heard()
                    self._failures = 0
                    version = obj["metadata"]["resourceVersion"]
                    if event_type != "BOOKMARK":
                        self._store.apply(source.kind, event_type, obj, self._id)
                        self._observer.tell()
            if version == before:
                return

    async def _wait_for_kind(self) -> None:
        """The server does not have the kind, or has it no more."""
        if not self._absent:
            self._absent = True
            self._store.replace(self._source.kind, (), self._id)
            self._mark("absent", self._clock.time())
        self._failures = 0
        await self._pause(_ABSENT_PAUSE)

    def _heard(self) -> None:
        self._heard_at, self._heard_wall = self._clock.time(), time.monotonic()

    def _lost(self, error: str, again: float) -> None:
        lasting = time.monotonic() - self._heard_wall > _STALE
        self._mark("stale" if lasting else "reconnecting", self._heard_at, error, again)

    def _mark(self, state: State, since: float, error: str = "", again: float | None = None) -> None:
        self._store.mark(self._source.kind, Freshness(state, since, error, again), self._id)
        self._observer.tell()

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(max(self._clock.wall(seconds), _SHORTEST_PAUSE))
