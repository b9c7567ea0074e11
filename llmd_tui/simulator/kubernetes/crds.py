"""What a CustomResourceDefinition brings: kinds to serve, and conditions that say so."""

import re
from typing import Any

from llmd_tui.objects import Object, is_true
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped, put
from llmd_tui.simulator.kubernetes.kinds import Kind, Scale
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.schema import ANY, structural
from llmd_tui.simulator.kubernetes.storage import Change
from llmd_tui.simulator.kubernetes.strategies.crds import CLEANUP
from llmd_tui.simulator.kubernetes.types import builtin_type

TABLE = "customresourcedefinitions.apiextensions.k8s.io"


class Definitions:
    """Serves what the stored definitions define, and removes custom resources with their definition."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        registry.storage.listeners.append(self._heard)

    def _heard(self, change: Change) -> None:
        registry = self._registry
        if change.table.name != TABLE:
            if change.type == "DELETED" and registry.storage.get(TABLE, ("", change.table.name)):
                registry.soon(lambda: self._finish(change.table.name))
            return
        table = change.key[1]
        if change.type == "DELETED":
            registry.kinds.replace(table, ())
            registry.storage.drop(table)
            return
        if change.before is None or change.before.obj["spec"] is not change.now.obj["spec"]:
            registry.kinds.replace(table, tuple(kinds_of(change.now.obj)))
            registry.storage.table(table)
        if change.now.obj["metadata"].get("deletionTimestamp"):
            registry.soon(lambda: self._remove_all(table))
        elif not is_true(change.now.obj, "Established") or _accepted(change.now.obj) != change.now.obj["spec"]["names"]:
            registry.soon(lambda: self._establish(table))

    def _establish(self, table: str) -> None:
        stored = self._registry.storage.get(TABLE, ("", table))
        if stored is None or stored.obj["metadata"].get("deletionTimestamp"):
            return
        obj = stored.obj
        names = obj["spec"]["names"]
        now = self._registry.now()
        conditions = [
            {
                "type": "NamesAccepted",
                "status": "True",
                "lastTransitionTime": now,
                "reason": "NoConflicts",
                "message": "no conflicts found",
            },
            {
                "type": "Established",
                "status": "True",
                "lastTransitionTime": now,
                "reason": "InitialNamesAccepted",
                "message": "the initial names have been accepted",
            },
        ]
        status = {**mapped(obj, "status"), "acceptedNames": names}
        status["conditions"] = conditions if not is_true(obj, "Established") else status["conditions"]
        finalizers = listed(obj["metadata"], "finalizers")
        obj = put(obj, ("status",), status)
        if CLEANUP not in finalizers:
            obj = put(obj, ("metadata", "finalizers"), [*finalizers, CLEANUP])
        self._registry.storage.put(TABLE, ("", table), obj)

    def _remove_all(self, table: str) -> None:
        registry = self._registry
        kind = registry.kinds.of_table(table)
        if kind:
            for key in list(registry.storage.table(table).keys):
                registry.delete(kind, key)
        self._finish(table)

    def _finish(self, table: str) -> None:
        """The definition goes when it is to go and nothing of its kind is left."""
        stored = self._registry.storage.get(TABLE, ("", table))
        if not stored or not stored.obj["metadata"].get("deletionTimestamp"):
            return
        finalizers: list[str] = listed(stored.obj["metadata"], "finalizers")
        if CLEANUP in finalizers and not self._registry.storage.table(table).objects:
            left = [finalizer for finalizer in finalizers if finalizer != CLEANUP]
            kind = self._registry.kinds.of_table(TABLE)
            assert kind, "definitions are built in"
            self._registry.put(kind, ("", table), put(stored.obj, ("metadata", "finalizers"), left or None))


def _accepted(definition: Object) -> Any:
    return at(definition, "status", "acceptedNames")


def kinds_of(definition: Object) -> list[Kind]:
    """The served versions, the preferred one first."""
    spec = definition["spec"]
    served = [version for version in spec["versions"] if version.get("served")]
    served.sort(key=lambda version: version_rank(version["name"]))
    return [_kind(definition, version, preferred=version is served[0]) for version in served]


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Sorts v2, v1, v1beta2, v1beta1, v1alpha1 and then the rest, as clients prefer them."""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if not match:
        return (3, 0, 0, version)
    major, stage, minor = match.groups()
    return ({None: 0, "beta": 1, "alpha": 2}[stage], -int(major), -int(minor or 0), "")


def _kind(definition: Object, version: dict[str, Any], *, preferred: bool) -> Kind:
    spec, names = definition["spec"], definition["spec"]["names"]
    subresources = mapped(version, "subresources")
    scale = subresources.get("scale")
    schema = structural(at(version, "schema", "openAPIV3Schema") or {"x-kubernetes-preserve-unknown-fields": True})
    schema.type = "object"
    schema.properties |= {
        "apiVersion": builtin_type("ObjectReference").properties["apiVersion"],
        "kind": builtin_type("ObjectReference").properties["kind"],
        "metadata": builtin_type("ObjectMeta") or ANY,
    }
    return Kind(
        spec["group"],
        version["name"],
        names["plural"],
        names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        table=definition["metadata"]["name"],
        singular=names.get("singular") or names["kind"].lower(),
        list_kind=names.get("listKind") or f"{names['kind']}List",
        short=tuple(listed(names, "shortNames")),
        categories=tuple(listed(names, "categories")),
        status="status" in subresources,
        scale=_scale(scale) if scale else None,
        generation=True,
        fields=tuple(field["jsonPath"].lstrip(".") for field in listed(version, "selectableFields")),
        schema=schema,
        custom=True,
        columns=tuple(listed(version, "additionalPrinterColumns")),
        preferred=preferred,
    )


def _scale(scale: dict[str, str]) -> Scale:
    selector = scale.get("labelSelectorPath")
    return Scale(
        scale["specReplicasPath"].lstrip("."),
        scale["statusReplicasPath"].lstrip("."),
        selector.lstrip(".") if selector else None,
    )
