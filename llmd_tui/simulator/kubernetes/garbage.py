"""What goes with what is deleted: dependents with their owners, contents with their namespace."""

from collections import defaultdict
from typing import TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.deletion import FOREGROUND, ORPHAN, Deletion
from llmd_tui.simulator.kubernetes.editing import at, listed, put
from llmd_tui.simulator.kubernetes.registry import Registry, Write
from llmd_tui.simulator.kubernetes.storage import Change, Key

Place: TypeAlias = tuple[str, Key]
"""A table and a key in it."""


class Garbage:
    """The garbage collector: follows owner references by uid."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._living: dict[str, Place] = {}
        self._dependents: defaultdict[str, dict[Place, None]] = defaultdict(dict)
        registry.storage.listeners.append(self._heard)

    def _heard(self, change: Change) -> None:
        place = (change.table.name, change.key)
        metadata = change.now.obj["metadata"]
        uid = metadata["uid"]
        if change.type == "DELETED":
            self._living.pop(uid, None)
            for owner in _owners(change.now.obj):
                self._dependents[owner].pop(place, None)
                if owner in self._living:
                    self._registry.soon(lambda owner=owner: self._finish(owner))
            if self._dependents.get(uid):
                self._registry.soon(lambda: self._bereave(uid))
            return
        self._living[uid] = place
        before = change.before.obj if change.before else None
        if before is None or at(before, "metadata", "ownerReferences") is not metadata.get("ownerReferences"):
            self._adopt(place, set(_owners(before)) if before else set(), set(_owners(change.now.obj)))
        if metadata.get("deletionTimestamp") and {FOREGROUND, ORPHAN} & set(listed(metadata, "finalizers")):
            self._registry.soon(lambda: self._finish(uid))

    def _adopt(self, place: Place, before: set[str], after: set[str]) -> None:
        for owner in before - after:
            self._dependents[owner].pop(place, None)
        for owner in after - before:
            self._dependents[owner][place] = None
        if after and not any(owner in self._living for owner in after):
            self._registry.soon(lambda: self._collect(place))

    def _bereave(self, owner: str) -> None:
        """The owner is gone."""
        for place in list(self._dependents.pop(owner, ())):
            self._collect(place)

    def _collect(self, place: Place) -> None:
        """Deletes what has no owner left, or takes off the references to those that are gone."""
        table, key = place
        stored, kind = self._registry.storage.get(table, key), self._registry.kinds.of_table(table)
        if stored is None or kind is None:
            return
        references = listed(stored.obj["metadata"], "ownerReferences")
        living = [reference for reference in references if reference["uid"] in self._living]
        if living:
            self._registry.put(kind, key, put(stored.obj, ("metadata", "ownerReferences"), living))
        elif references and not stored.obj["metadata"].get("deletionTimestamp"):
            self._registry.delete(kind, key)

    def _finish(self, owner: str) -> None:
        """Goes on with an owner that waits for its dependents, or is to leave them behind."""
        place = self._living.get(owner)
        stored = self._registry.storage.get(*place) if place else None
        kind = self._registry.kinds.of_table(place[0]) if place else None
        if not place or not stored or not kind or not stored.obj["metadata"].get("deletionTimestamp"):
            return
        finalizers: list[str] = listed(stored.obj["metadata"], "finalizers")
        dependents = list(self._dependents.get(owner, ()))
        if ORPHAN in finalizers:
            for dependent in dependents:
                self._release(dependent, owner)
            dependents = []
        elif FOREGROUND not in finalizers:
            return
        if not self._blocking(dependents, owner):
            left = [finalizer for finalizer in finalizers if finalizer not in (ORPHAN, FOREGROUND)]
            self._registry.put(kind, place[1], put(stored.obj, ("metadata", "finalizers"), left or None))

    def _blocking(self, dependents: list[Place], owner: str) -> bool:
        """Deletes the dependents. Whether the owner must wait for one of them."""
        waits = False
        for table, key in dependents:
            stored, kind = self._registry.storage.get(table, key), self._registry.kinds.of_table(table)
            if stored is None or kind is None:
                continue
            gone = False
            if not stored.obj["metadata"].get("deletionTimestamp"):
                gone = self._registry.delete(kind, key, Deletion(propagation="Foreground"))[1]
            references = listed(stored.obj["metadata"], "ownerReferences")
            blocks = any(r["uid"] == owner and r.get("blockOwnerDeletion") for r in references)
            waits = waits or (blocks and not gone)
        return waits

    def _release(self, place: Place, owner: str) -> None:
        table, key = place
        stored, kind = self._registry.storage.get(table, key), self._registry.kinds.of_table(table)
        if stored and kind:
            references = listed(stored.obj["metadata"], "ownerReferences")
            left = [reference for reference in references if reference["uid"] != owner]
            self._registry.put(kind, key, put(stored.obj, ("metadata", "ownerReferences"), left or None))


def _owners(obj: Object) -> list[str]:
    return [reference["uid"] for reference in listed(obj["metadata"], "ownerReferences")]


class Namespaces:
    """The namespace controller: furnishes new namespaces, empties those that are to go."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._terminating: set[str] = set()
        registry.storage.listeners.append(self._heard)

    def _heard(self, change: Change) -> None:
        namespace = change.key[0] or change.key[1]
        if change.table.name == "namespaces":
            if change.type == "ADDED":
                self._registry.soon(lambda: self._furnish(namespace))
            elif change.type == "DELETED":
                self._terminating.discard(namespace)
            elif change.now.obj["metadata"].get("deletionTimestamp") and namespace not in self._terminating:
                self._terminating.add(namespace)
                self._registry.soon(lambda: self._empty(namespace))
        elif change.type == "DELETED" and change.key[0] in self._terminating:
            self._registry.soon(lambda: self._finalize(namespace))
        elif change.type == "DELETED" and (change.table.name, change.key[1]) == ("serviceaccounts", "default"):
            self._registry.soon(lambda: self._furnish(namespace))

    def _furnish(self, namespace: str) -> None:
        """With a service account and the certificate of the API server, which here is a placeholder."""
        self._add("serviceaccounts", namespace, {"metadata": {"name": "default"}})
        data = {"ca.crt": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}
        self._add("configmaps", namespace, {"metadata": {"name": "kube-root-ca.crt"}, "data": data})

    def _add(self, table: str, namespace: str, obj: Object) -> None:
        registry = self._registry
        kind = registry.kinds.of_table(table)
        found = registry.storage.get("namespaces", ("", namespace))
        there = registry.storage.get(table, (namespace, obj["metadata"]["name"]))
        if kind and found and not there and not found.obj["metadata"].get("deletionTimestamp"):
            registry.create(kind, namespace, obj, Write("kube-controller-manager"))

    def _empty(self, namespace: str) -> None:
        for kind in self._registry.kinds.tables():
            if kind.namespaced:
                table = self._registry.storage.table(kind.table)
                for stored in list(table.between(namespace)):
                    self._registry.delete(kind, (namespace, stored.obj["metadata"]["name"]))
        self._finalize(namespace)

    def _finalize(self, namespace: str) -> None:
        registry = self._registry
        kind, stored = registry.kinds.of_table("namespaces"), registry.storage.get("namespaces", ("", namespace))
        if kind is None or stored is None or not stored.obj["metadata"].get("deletionTimestamp"):
            return
        for content in registry.kinds.tables():
            if content.namespaced and next(registry.storage.table(content.table).between(namespace), None):
                return
        registry.put(kind, ("", namespace), put(stored.obj, ("spec",), {}))
