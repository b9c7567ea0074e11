"""CustomResourceDefinitions: their status when new, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, listed, put
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer that removes the custom resources before their definition goes."""


class _Definition(Strategy):
    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        stored = [version["name"] for version in listed(obj, "spec", "versions") if version.get("storage")]
        status = {"conditions": None, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored}
        return put(obj, ("status",), status)

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        stored: list[str] = listed(old, "status", "storedVersions")
        for version in listed(obj, "spec", "versions"):
            if version.get("storage") and version["name"] not in stored:
                stored = [*stored, version["name"]]
        if stored == listed(obj, "status", "storedVersions"):
            return obj
        return put(obj, ("status", "storedVersions"), stored)

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        spec = obj["spec"]
        plural, group = at(spec, "names", "plural"), spec.get("group")
        if obj["metadata"].get("name") != f"{plural}.{group}":
            why = f'must be spec.names.plural+"."+spec.group: {compact(f"{plural}.{group}")}'
            yield Cause("metadata.name", f"Invalid value: {compact(obj['metadata'].get('name'))}: {why}")
        versions = listed(spec, "versions")
        if sum(bool(version.get("storage")) for version in versions) != 1:
            why = "must have exactly one version marked as storage version"
            yield Cause("spec.versions", f"Invalid value: {compact(versions)}: {why}")
        for index, version in enumerate(versions):
            if not at(version, "schema", "openAPIV3Schema"):
                yield Cause(f"spec.versions[{index}].schema.openAPIV3Schema", "Required value: schemas are required")
        for field in ("scope", "group"):
            if old and spec.get(field) != old["spec"].get(field) and at(old, "status", "conditions"):
                yield Cause(f"spec.{field}", f"Invalid value: {compact(spec.get(field))}: field is immutable")


STRATEGIES: Mapping[str, Strategy] = {"customresourcedefinitions.apiextensions.k8s.io": _Definition()}
