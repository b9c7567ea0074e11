"""Watching: what changed since a revision, and then what changes."""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.encoding import encode
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.lists import revision_of
from llmd_tui.simulator.kubernetes.negotiation import Form
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.selectors import selects
from llmd_tui.simulator.kubernetes.status import Cause, expired, invalid_options
from llmd_tui.simulator.kubernetes.storage import Change, Stored
from llmd_tui.simulator.kubernetes.tables import object_bytes, table_bytes

_BACKLOG = 20000
"""Events that a client may fall behind before it is cut off."""


class Watch:
    """One client's watch. `take()` gives the next events as lines of JSON, nothing when there are none."""

    def __init__(
        self, registry: Registry, kind: Kind, namespace: str | None, query: Mapping[str, str], form: Form
    ) -> None:
        self._registry = registry
        self._kind = kind
        self._namespace = namespace
        self._form = form
        self._include = query.get("includeObject", "")
        self._matches = selects(kind, query.get("labelSelector", ""), query.get("fieldSelector", ""))
        self._columns_sent = False
        self._lines: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.ended = False
        self.bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
        self._table = registry.storage.table(kind.table)
        self._since = 0
        self._begin(query)
        if not self.ended:
            self._table.listeners.append(self._heard)
            self._table.endings.append(self.close)

    def close(self) -> None:
        self.ended = True
        self._news.set()
        if self._heard in self._table.listeners:
            self._table.listeners.remove(self._heard)
            self._table.endings.remove(self.close)

    async def wait(self, seconds: float) -> None:
        """Until there are events or the watch has ended, for so many seconds at most."""
        if not self._lines and not self.ended:
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return

    def take(self) -> bytes:
        self._news.clear()
        lines = b"".join(self._lines)
        self._lines.clear()
        return lines

    def bookmark(self, *, initial: bool = False) -> None:
        """Tells the client how far it has come, when it wants to know."""
        if not self.bookmarks:
            return
        revision = max(self._registry.storage.revision, self._since)
        metadata: Object = {"resourceVersion": str(revision)}
        if initial:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        obj: Object = {"kind": self._kind.kind, "apiVersion": self._kind.api_version, "metadata": metadata}
        if self._form.of == "table":
            rows: list[Object] = [{"cells": [], "object": obj}]
            obj = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": []}
            obj["rows"] = rows
        elif self._form.of == "metadata":
            obj |= {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
        self._say(b"BOOKMARK", encode(obj))

    def _begin(self, query: Mapping[str, str]) -> None:
        text, initial = query.get("resourceVersion", ""), query.get("sendInitialEvents")
        self._since = revision_of(text)
        match = query.get("resourceVersionMatch", "")
        if initial is not None and match != "NotOlderThan":
            why = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            raise invalid_options("ListOptions", Cause("resourceVersionMatch", why, "Forbidden"))
        if initial is None and match:
            why = "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            raise invalid_options("ListOptions", Cause("resourceVersionMatch", why, "Forbidden"))
        if initial in ("true", "1") or (initial is None and not self._since):
            for stored in self._table.between(self._namespace):
                if not self._matches or self._matches(stored.obj):
                    self._tell(b"ADDED", stored)
            if initial in ("true", "1"):
                self.bookmark(initial=True)
        elif self._since and self._since < self._table.compacted:
            error = expired(f"too old resource version: {self._since} ({self._table.compacted})")
            self._say(b"ERROR", encode(error.body()))
            self.ended = True
        elif self._since:
            for change in self._missed():
                self._heard(change)

    def _missed(self) -> Iterator[Change]:
        """The changes since the revision that the client knows."""
        recent: list[Change] = []
        for change in reversed(self._table.history):
            if change.now.revision <= self._since:
                break
            recent.append(change)
        return reversed(recent)

    def _heard(self, change: Change) -> None:
        if change.now.revision <= self._since:
            return
        if self._namespace is not None and change.key[0] != self._namespace:
            return
        after = change.type != "DELETED" and (not self._matches or self._matches(change.now.obj))
        before = change.before is not None and (not self._matches or self._matches(change.before.obj))
        if after:
            self._tell(b"MODIFIED" if before else b"ADDED", change.now)
        elif before:
            self._tell(b"DELETED", change.now if change.type == "DELETED" else _last_seen(change))

    def _tell(self, event: bytes, stored: Stored) -> None:
        now = self._registry.clock.now()
        if self._form.of == "table":
            self._say(event, self._table_bytes(stored, now))
        else:
            self._say(event, object_bytes(self._kind, stored, self._form, now))

    def _table_bytes(self, stored: Stored, now: datetime) -> bytes:
        meta: dict[str, Any] = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
        first, self._columns_sent = not self._columns_sent, True
        return table_bytes(self._kind, [stored], meta, now, self._include, columns=first)

    def _say(self, event: bytes, obj: bytes) -> None:
        self._lines.append(b"".join((b'{"type":"', event, b'","object":', obj, b"}\n")))
        self._news.set()
        if len(self._lines) > _BACKLOG:
            self.close()


def _last_seen(change: Change) -> Stored:
    """What no longer matches, as it was when it still did, at the revision of the change."""
    assert change.before, "only what was there can stop matching"
    obj = change.before.obj
    metadata = {**obj["metadata"], "resourceVersion": change.now.obj["metadata"]["resourceVersion"]}
    return Stored({**obj, "metadata": metadata}, change.now.revision)
