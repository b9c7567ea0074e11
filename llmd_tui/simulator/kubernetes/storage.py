"""Where objects are kept: every write is a revision of the whole store, and watchers hear of it."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.encoding import tail

Key: TypeAlias = tuple[str, str]
"""Namespace (empty for cluster-scoped objects) and name."""

HISTORY = 2000
"""Changes of a table that watchers can still ask for. Older ones are 410 Gone."""


class Stored:
    """An object as it was written at `revision`. Nobody changes it afterwards: a change is a new object."""

    __slots__ = ("_tail", "obj", "revision")

    def __init__(self, obj: Object, revision: int) -> None:
        self.obj = obj
        self.revision = revision
        self._tail: bytes | None = None

    @property
    def tail(self) -> bytes:
        """The JSON of the object without its head (see encoding), encoded once for every reader."""
        if self._tail is None:
            self._tail = tail(self.obj)
        return self._tail


@dataclass(frozen=True, slots=True)
class Change:
    """`now` is the state that was written; for a deletion the last state, at the revision of the deletion."""

    type: str
    table: "Table"
    key: Key
    now: Stored
    before: Stored | None


Listener: TypeAlias = Callable[[Change], None]


@dataclass(eq=False)
class Table:
    """The objects of one kind, all versions, sorted by namespace and name. `endings` are called when it is dropped."""

    name: str
    compacted: int
    objects: dict[Key, Stored] = field(default_factory=dict[Key, Stored])
    keys: list[Key] = field(default_factory=list[Key])
    history: deque[Change] = field(default_factory=deque[Change])
    listeners: list[Listener] = field(default_factory=list[Listener])
    endings: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def between(self, namespace: str | None, after: Key | None = None) -> Iterator[Stored]:
        """The objects of a namespace (None: of all), in order, beginning after a key."""
        start = after if after is not None else (namespace or "", "")
        for at in range(bisect_left(self.keys, start), len(self.keys)):
            key = self.keys[at]
            if namespace is not None and key[0] != namespace:
                return
            if key != after:
                yield self.objects[key]

    def forget(self, keep: int) -> None:
        """Drops the oldest changes until `keep` are left."""
        while len(self.history) > keep:
            self.compacted = self.history.popleft().now.revision

    def compact(self, revision: int) -> None:
        """Forgets all changes up to a revision."""
        self.forget(0)
        self.compacted = revision


class Storage:
    """All tables and their common revision."""

    def __init__(self) -> None:
        self.revision = 1
        self.tables: dict[str, Table] = {}
        self.listeners: list[Listener] = []

    def table(self, name: str) -> Table:
        if name not in self.tables:
            self.tables[name] = Table(name, self.revision)
        return self.tables[name]

    def get(self, table: str, key: Key) -> Stored | None:
        return self.table(table).objects.get(key)

    def put(self, table: str, key: Key, obj: Object) -> Stored:
        """Writes an object: a new one, or the next state of one. Its metadata is completed with the revision."""
        into = self.table(table)
        before = into.objects.get(key)
        now = self._stored(obj)
        into.objects[key] = now
        if before is None:
            insort(into.keys, key)
        self._tell(Change("ADDED" if before is None else "MODIFIED", into, key, now, before))
        return now

    def remove(self, table: str, key: Key) -> Stored:
        """Deletes an object. Returns its last state, at the revision of the deletion."""
        of = self.table(table)
        before = of.objects.pop(key)
        del of.keys[bisect_left(of.keys, key)]
        now = self._stored(before.obj)
        self._tell(Change("DELETED", of, key, now, before))
        return now

    def drop(self, table: str) -> None:
        """Forgets a table with all its history."""
        if table in self.tables:
            for end in list(self.tables.pop(table).endings):
                end()

    def _stored(self, obj: Object) -> Stored:
        self.revision += 1
        metadata = {**obj["metadata"], "resourceVersion": str(self.revision)}
        return Stored({**obj, "metadata": metadata}, self.revision)

    def _tell(self, change: Change) -> None:
        change.table.history.append(change)
        change.table.forget(HISTORY)
        for listener in (*change.table.listeners, *self.listeners):
            listener(change)
