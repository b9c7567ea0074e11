"""What was seen of a cluster, by kind, and how old that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from llmd_tui import objects
from llmd_tui.objects import Object

State: TypeAlias = Literal["loading", "live", "stale", "reconnecting", "absent"]

_WORST_FIRST: tuple[State, ...] = ("stale", "reconnecting", "loading", "live", "absent")


@dataclass(frozen=True)
class Freshness:
    """How far a kind's objects can be trusted.

    `loading`: not read yet. `live`: a watch tells every change. `reconnecting`, and `stale` when that lasts: what is
    there was true at `since`. `absent`: the server does not have this kind (its CRD is not there).
    `since` is in seconds since the epoch by the run's clock, and so is `again`, when it is tried anew; `error` the
    last thing that went wrong.
    """

    state: State
    since: float
    error: str = ""
    again: float | None = None


class View(Protocol):
    """The reading half of a store."""

    def all(self, kind: str, namespace: str | None = None, labels: Mapping[str, str] | None = None) -> list[Object]:
        """All of a kind, or those in a namespace, or those with these labels (an empty value: that have the label)."""
        ...

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """The object, if it was seen. `namespace` is None for cluster-scoped kinds."""
        ...


class Store:
    """Objects by plain kind name. A `source` is one list+watch: several may feed one kind, a namespace each.

    `changed` rises with every change, of objects and of freshness.
    """

    def __init__(self) -> None:
        self.changed = 0
        self._objects: dict[str, dict[tuple[str | None, str], Object]] = {}
        self._keys: dict[tuple[str, str], set[tuple[str | None, str]]] = {}
        self._freshness: dict[str, dict[str, Freshness]] = {}

    def all(self, kind: str, namespace: str | None = None, labels: Mapping[str, str] | None = None) -> list[Object]:
        return [
            obj
            for (where, _), obj in self._objects.get(kind, {}).items()
            if namespace in (None, where) and (not labels or objects.matches(obj, labels))
        ]

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        return self._objects.get(kind, {}).get((namespace, name))

    def snapshot(self) -> View:
        """What is there now, for a reader in another thread: objects are replaced by newer ones, never changed."""
        copied = Store()
        copied._objects = {kind: dict(found) for kind, found in self._objects.items()}
        return copied

    def freshness(self, kind: str) -> Freshness:
        """Of a kind with several sources, the least trustworthy one. `loading` for a kind that nobody watches."""
        known = self._freshness.get(kind, {}).values()
        return min(known, key=lambda f: _WORST_FIRST.index(f.state), default=Freshness("loading", 0.0))

    def apply(self, kind: str, event_type: str, obj: Object, source: str = "") -> None:
        """A watch event: ADDED, MODIFIED or DELETED."""
        key = _key(obj)
        self.changed += 1
        if event_type == "DELETED":
            self._keys.setdefault((kind, source), set()).discard(key)
            self._objects.get(kind, {}).pop(key, None)
        else:
            self._keys.setdefault((kind, source), set()).add(key)
            self._objects.setdefault(kind, {})[key] = obj

    def replace(self, kind: str, seen: Iterable[Object], source: str = "") -> None:
        """A whole list: what `source` knew before and is not in it is gone."""
        self.changed += 1
        new = {_key(obj): obj for obj in seen}
        kept = self._objects.setdefault(kind, {})
        for key in self._keys.get((kind, source), set()) - new.keys():
            kept.pop(key, None)
        kept.update(new)
        self._keys[kind, source] = set(new)

    def mark(self, kind: str, freshness: Freshness, source: str = "") -> None:
        """Says how far `source` can be trusted from now on."""
        if self._freshness.setdefault(kind, {}).get(source) != freshness:
            self._freshness[kind][source] = freshness
            self.changed += 1


def _key(obj: Object) -> tuple[str | None, str]:
    return objects.namespace(obj), objects.name(obj)
