"""The workload kinds: selectors, templates, Jobs."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, mapped, put
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry

_MUTABLE_OF_STATEFUL_SETS = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


class _Workload(Strategy):
    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        selector, labels = mapped(obj, "spec", "selector"), mapped(obj, "spec", "template", "metadata", "labels")
        wanted: dict[str, str] = mapped(selector, "matchLabels")
        if any(labels.get(key) != value for key, value in wanted.items()):
            why = "`selector` does not match template `labels`"
            yield Cause("spec.template.metadata.labels", f"Invalid value: {compact(labels)}: {why}")
        if old and selector != at(old, "spec", "selector"):
            yield Cause("spec.selector", f"Invalid value: {compact(selector)}: field is immutable")


class _StatefulSet(_Workload):
    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        if old is None:
            yield from super().invalid(obj, old)
        elif _fixed(obj["spec"]) != _fixed(old["spec"]):
            names = ", ".join(f"'{name}'" for name in _MUTABLE_OF_STATEFUL_SETS[:-1])
            why = f"updates to statefulset spec for fields other than {names} and 'minReadySeconds' are forbidden"
            yield Cause("spec", f"Forbidden: {why}", "Forbidden")


def _fixed(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name not in _MUTABLE_OF_STATEFUL_SETS}


class _Job(Strategy):
    def default(self, obj: Object) -> Object:
        labels = at(obj, "spec", "template", "metadata", "labels")
        return put(obj, ("metadata", "labels"), labels) if labels and not obj["metadata"].get("labels") else obj

    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        if at(obj, "spec", "manualSelector"):
            return obj
        name, uid = obj["metadata"]["name"], obj["metadata"]["uid"]
        own = {
            "batch.kubernetes.io/controller-uid": uid,
            "batch.kubernetes.io/job-name": name,
            "controller-uid": uid,
            "job-name": name,
        }
        labels = mapped(obj, "spec", "template", "metadata", "labels")
        selector = mapped(obj, "spec", "selector")
        wanted = {**mapped(selector, "matchLabels"), "batch.kubernetes.io/controller-uid": uid}
        obj = put(obj, ("spec", "template", "metadata", "labels"), own | labels)
        return put(obj, ("spec", "selector"), {**selector, "matchLabels": wanted})

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        return obj if at(obj, "spec", "selector") else put(obj, ("spec", "selector"), at(old, "spec", "selector"))

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        policy = at(obj, "spec", "template", "spec", "restartPolicy")
        if policy not in ("Never", "OnFailure"):
            supported = 'supported values: "OnFailure", "Never"'
            why = f"Unsupported value: {compact(policy)}: {supported}"
            yield Cause("spec.template.spec.restartPolicy", why, "NotSupported")
        for field in ("selector", "template", "completionMode"):
            if old and at(old, "spec", field) != at(obj, "spec", field) and not at(old, "spec", "suspend"):
                value = at(obj, "spec", field)
                yield Cause(f"spec.{field}", f"Invalid value: {compact(value)}: field is immutable")


STRATEGIES: Mapping[str, Strategy] = {
    "deployments.apps": _Workload(),
    "replicasets.apps": _Workload(),
    "daemonsets.apps": _Workload(),
    "statefulsets.apps": _StatefulSet(),
    "jobs.batch": _Job(),
}
