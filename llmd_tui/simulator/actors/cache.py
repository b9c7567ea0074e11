"""The actors' shared memory of the cluster: a store that tells them what changed and never goes back in time."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from llmd_tui.kube.store import Store
from llmd_tui.objects import Object, name, namespace

Listener: TypeAlias = Callable[[str, Object], None]
"""Called with the kind and the object as it is now, or as it last was."""


class Cache(Store):
    """Takes watch events and the answers to the actors' own writes, whichever comes first."""

    def __init__(self) -> None:
        super().__init__()
        self._listeners: dict[str, list[Listener]] = {}
        self._gone: set[str] = set()

    def listen(self, kinds: Iterable[str], listener: Listener) -> None:
        for kind in kinds:
            self._listeners.setdefault(kind, []).append(listener)

    def wrote(self, obj: Object) -> None:
        """The API server's answer to a write."""
        if obj["metadata"]["uid"] not in self._gone:
            self.apply(obj["kind"], "MODIFIED", obj, "own")

    def apply(self, kind: str, event_type: str, obj: Object, source: str = "") -> None:
        if event_type == "DELETED":
            self._gone.add(obj["metadata"]["uid"])
        elif self._newest(kind, obj) is not obj:
            return
        super().apply(kind, event_type, obj, source)
        self._tell(kind, obj)

    def replace(self, kind: str, seen: Iterable[Object], source: str = "") -> None:
        before = {(namespace(obj), name(obj)): obj for obj in self.all(kind)}
        super().replace(kind, [self._newest(kind, obj) for obj in seen], source)
        after = {(namespace(obj), name(obj)): obj for obj in self.all(kind)}
        for key in before.keys() | after.keys():
            if before.get(key) is not (now := after.get(key)):
                self._tell(kind, now or before[key])

    def _newest(self, kind: str, obj: Object) -> Object:
        """The object as it is known, when the server's word is behind a write whose answer is here already."""
        known = self.get(kind, name(obj), namespace(obj))
        return obj if known is None or _version(obj) >= _version(known) else known

    def _tell(self, kind: str, obj: Object) -> None:
        for listener in self._listeners.get(kind, ()):
            listener(kind, obj)


def _version(obj: Object) -> int:
    return int(obj["metadata"].get("resourceVersion") or 0)
