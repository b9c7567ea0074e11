"""The scale subresource: replicas of a workload, whatever its kind."""

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, put
from llmd_tui.simulator.kubernetes.kinds import Kind, Scale
from llmd_tui.simulator.kubernetes.selectors import format_selector


def scale_of(obj: Object, scale: Scale, kind: Kind) -> Object:
    """The Scale of an object."""
    metadata = {
        name: value
        for name, value in obj["metadata"].items()
        if name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    }
    status = {"replicas": at(obj, *scale.status.split(".")) or 0}
    selector = _selector(obj, scale, kind)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": at(obj, *scale.spec.split(".")) or 0},
        "status": status | ({"selector": selector} if selector else {}),
    }


def _selector(obj: Object, scale: Scale, kind: Kind) -> str:
    if scale.selector:
        return str(at(obj, *scale.selector.split(".")) or "")
    selector = None if kind.custom else at(obj, "spec", "selector")
    if kind.table == "replicationcontrollers":
        selector = {"matchLabels": selector}
    return format_selector(selector) if selector else ""


def scaled(obj: Object, scale: Scale, wanted: Object) -> Object:
    """The object with the replicas that a Scale wants."""
    return put(obj, tuple(scale.spec.split(".")), at(wanted, "spec", "replicas") or 0)
