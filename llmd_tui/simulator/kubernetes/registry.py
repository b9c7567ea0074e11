"""Creating, changing and deleting objects by the rules of the API server."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

from llmd_tui.clock import Clock
from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.decoding import FieldValidation, decode, default_of
from llmd_tui.simulator.kubernetes.deletion import Deletion, ended, marked
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped, put
from llmd_tui.simulator.kubernetes.kinds import Kind, Kinds
from llmd_tui.simulator.kubernetes.managers import Writer, update
from llmd_tui.simulator.kubernetes.pruning import prune
from llmd_tui.simulator.kubernetes.status import (
    Cause,
    StatusError,
    already_exists,
    bad_request,
    conflict,
    forbidden,
    invalid,
    modified,
    not_found,
)
from llmd_tui.simulator.kubernetes.storage import Key, Storage, Stored
from llmd_tui.simulator.kubernetes.strategies import strategy_of
from llmd_tui.simulator.kubernetes.times import stamp
from llmd_tui.simulator.kubernetes.validation import metadata_causes, required_causes, schema_causes

_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"
_KEPT = ("uid", "creationTimestamp", "generation", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds")


@dataclass(frozen=True)
class Write:
    """How a request writes: for which field manager, through which subresource. With `applied` the object comes
    with its managedFields already worked out."""

    manager: str = "simulator"
    subresource: str = ""
    dry_run: bool = False
    applied: bool = False
    validation: FieldValidation = field(default_factory=lambda: FieldValidation("Ignore"))


class Registry:
    """All objects and kinds, and the rules by which they change. Nothing in here waits: each call is one step."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kinds = Kinds()
        self.storage = Storage()
        self.wake: Callable[[], None] = lambda: None
        self._random = Random()
        self._waiting: deque[Callable[[], None]] = deque()
        self._awake = False
        for kind in self.kinds.tables():
            self.storage.table(kind.table)

    def now(self) -> str:
        """The time as Kubernetes writes it."""
        return stamp(self.clock.now())

    def soon(self, work: Callable[[], None]) -> None:
        """Does `work` after the request at hand: what controllers do in the background."""
        self._waiting.append(work)
        if not self._awake:
            self._awake = True
            self.wake()

    def work(self) -> None:
        """Does what is waiting. `wake` is called when there is something to do."""
        try:
            while self._waiting:
                with suppress(StatusError):  # What was to be done has been overtaken.
                    self._waiting.popleft()()
        finally:
            self._awake = False

    def get(self, kind: Kind, key: Key) -> Stored:
        """Raises StatusError when it is not there."""
        stored = self.storage.get(kind.table, key)
        if stored is None:
            raise not_found(kind, key[1])
        return stored

    def create(self, kind: Kind, namespace: str, sent: Object, write: Write) -> Stored:
        """Raises StatusError when the object is not valid or its name is taken."""
        strategy = strategy_of(kind)
        obj = _read(sent, kind, write, None)
        obj["metadata"] = self._named(obj["metadata"], kind, namespace)
        obj = strategy.default(obj)
        if kind.status and not strategy.keeps_status:
            obj = put(obj, ("status",), None if kind.custom else default_of(kind.schema, "status"))
        if not write.applied:
            obj = self._managed(obj, None, kind, write)
        name = obj["metadata"].get("name", "")
        if kind.namespaced:
            self._check_namespace(kind, namespace, name)
        if name:
            obj = strategy.create(obj, kind, self)
        _validate(obj, None, kind)
        key = (namespace, name)
        if self.storage.get(kind.table, key):
            raise already_exists(kind, name)
        return Stored(obj, self.storage.revision) if write.dry_run else self.storage.put(kind.table, key, obj)

    def update(self, kind: Kind, key: Key, change: Callable[[Object], Object], write: Write) -> Stored:
        """Writes what `change` makes of the stored object; what it shares with that is taken to be unchanged.

        Raises StatusError when the object is not there, is not valid, or was modified meanwhile.
        """
        stored = self.get(kind, key)
        old = stored.obj
        sent = change(old)
        if sent is old:
            return stored
        strategy = strategy_of(kind)
        obj = _read(sent, kind, write, old)
        obj["metadata"] = _kept(obj["metadata"], old, kind, key)
        if write.subresource:
            obj = _through(obj, old, kind, write.subresource)
        else:
            obj = strategy.default(obj)
            if kind.status:
                obj = put(obj, ("status",), old.get("status"))
            obj = strategy.update(obj, old, kind, self)
        if not write.applied:
            obj = self._managed(obj, old, kind, write)
        obj = _numbered(obj, old, kind)
        if _same(obj, old):
            return stored
        _validate(obj, old, kind)
        return Stored(obj, stored.revision) if write.dry_run else self.put(kind, key, obj)

    def put(self, kind: Kind, key: Key, obj: Object) -> Stored:
        """Writes the next state of an object; one that only waited for this to be deleted is gone."""
        if ended(obj, kind):
            self.storage.remove(kind.table, key)
            return Stored(obj, self.storage.revision)
        return self.storage.put(kind.table, key, obj)

    def delete(self, kind: Kind, key: Key, options: Deletion | None = None) -> tuple[Stored, bool]:
        """The object as it is left, and whether it is gone. Raises StatusError when a condition does not hold."""
        stored = self.get(kind, key)
        options = options or Deletion(propagation="Background")
        metadata = stored.obj["metadata"]
        if options.uid and options.uid != metadata["uid"]:
            why = f"Precondition failed: UID in precondition: {options.uid}, UID in object meta: {metadata['uid']}"
            raise conflict(kind, key[1], why)
        if options.resource_version and options.resource_version != metadata["resourceVersion"]:
            raise modified(kind, key[1])
        left = marked(stored.obj, kind, options, self.clock.now())
        if options.dry_run:
            return stored, left is None
        if left is None:
            return self.storage.remove(kind.table, key), True
        return (stored if left == stored.obj else self.storage.put(kind.table, key, left)), False

    def _named(self, metadata: dict[str, Any], kind: Kind, namespace: str) -> dict[str, Any]:
        """Metadata of a new object."""
        if metadata.get("resourceVersion"):
            raise StatusError(500, "", "resourceVersion should not be set on objects to be created")
        kept = {name: value for name, value in metadata.items() if name not in (*_KEPT, "resourceVersion")}
        if not kept.get("name") and kept.get("generateName"):
            kept["name"] = kept["generateName"] + "".join(self._random.choices(_SUFFIX, k=5))
        if kind.namespaced:
            kept["namespace"] = namespace
        kept |= {"uid": str(uuid4()), "creationTimestamp": self.now()}
        return kept | ({"generation": 1} if kind.generation else {})

    def _check_namespace(self, kind: Kind, namespace: str, name: str) -> None:
        namespaces = self.kinds.of_table("namespaces")
        assert namespaces, "namespaces are built in"
        found = self.get(namespaces, ("", namespace)).obj
        if found["metadata"].get("deletionTimestamp"):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            cause = {
                "reason": "NamespaceTerminating",
                "message": f"namespace {namespace} is being terminated",
                "field": "metadata.namespace",
            }
            raise forbidden(kind, name, why, [cause])

    def _managed(self, obj: Object, old: Object | None, kind: Kind, write: Write) -> Object:
        writer = Writer(write.manager, "Update", write.subresource, self.now())
        entries = update(old, obj, kind, writer, kind.schema)
        if entries is obj["metadata"].get("managedFields"):
            return obj
        return put(obj, ("metadata", "managedFields"), entries or None)


def _read(sent: Object, kind: Kind, write: Write, old: Object | None) -> Object:
    """A fresh object in the shape of the kind."""
    obj = (prune if kind.custom else decode)(sent, kind, write.validation, old)
    write.validation.judge(kind)
    return {**obj, "metadata": dict(mapped(obj, "metadata"))}


def _kept(metadata: dict[str, Any], old: Object, kind: Kind, key: Key) -> dict[str, Any]:
    """Metadata of an update: what clients cannot change stays. Raises StatusError when they meant another object."""
    before = old["metadata"]
    if metadata.get("name", key[1]) != key[1]:
        why = f"the name of the object ({metadata['name']}) does not match the name on the URL ({key[1]})"
        raise bad_request(why)
    if metadata.get("uid", before["uid"]) != before["uid"]:
        why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {before['uid']}"
        raise conflict(kind, key[1], why)
    if metadata.get("resourceVersion") not in (None, "", "0", before["resourceVersion"]):
        raise modified(kind, key[1])
    added = set(listed(metadata, "finalizers")) - set(listed(before, "finalizers"))
    if added and before.get("deletionTimestamp"):
        why = f"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers {added}"
        raise invalid(kind, key[1], [Cause("metadata.finalizers", why, "Forbidden")])
    kept = {name: value for name, value in metadata.items() if name not in _KEPT}
    kept |= {"name": key[1], "resourceVersion": before["resourceVersion"]}
    kept |= {name: before[name] for name in ("namespace", *_KEPT) if name in before}
    if "managedFields" not in kept and "managedFields" in before:
        kept["managedFields"] = before["managedFields"]
    return before if kept == before else kept


def _through(obj: Object, old: Object, kind: Kind, subresource: str) -> Object:
    """What an update through a subresource may change: the status, and of built-in kinds labels and annotations."""
    if subresource != "status":
        return obj
    result = {**old, "status": obj.get("status")}
    sent, metadata = obj["metadata"], dict(old["metadata"])
    for field_name in ("managedFields",) if kind.custom else ("managedFields", "labels", "annotations"):
        metadata.pop(field_name, None)
        if field_name in sent:
            metadata[field_name] = sent[field_name]
    result["metadata"] = old["metadata"] if metadata == old["metadata"] else metadata
    if result["status"] is None:
        del result["status"]
    return result


def _numbered(obj: Object, old: Object, kind: Kind) -> Object:
    """With the next generation, when something other than metadata and status changed."""
    if not kind.generation or "generation" not in obj["metadata"]:
        return obj
    apart = {"metadata", "apiVersion", "kind"} | ({"status"} if kind.status else set[str]())
    names = (obj.keys() | old.keys()) - apart
    if all(obj.get(name) == old.get(name) for name in names):
        return obj
    return put(obj, ("metadata", "generation"), old["metadata"].get("generation", 0) + 1)


def _same(obj: Object, old: Object) -> bool:
    """Whether nothing changed but the times of managers."""
    if obj == old:
        return True
    if obj.keys() != old.keys() or any(
        obj[name] != old[name] for name in obj if name not in ("metadata", "apiVersion")
    ):
        return False
    new, had = obj["metadata"], old["metadata"]
    return {**new, "managedFields": None} == {**had, "managedFields": None} and _timeless(new) == _timeless(had)


def _timeless(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**entry, "time": None} for entry in listed(metadata, "managedFields")]


def _validate(obj: Object, old: Object | None, kind: Kind) -> None:
    """Raises StatusError with all that is wrong."""
    causes = list(metadata_causes(obj, kind)) if old is None else []
    causes += (schema_causes if kind.custom else required_causes)(obj, kind.schema, "", old)
    if not causes:
        causes += strategy_of(kind).invalid(obj, old)
    if causes:
        raise invalid(kind, at(obj, "metadata", "name") or "", causes)
