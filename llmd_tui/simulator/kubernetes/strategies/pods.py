"""Pods: what admission adds, and what of a pod may change."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped, put, put_default
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause, forbidden
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry

_UPDATES = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_MUTABLE = ("activeDeadlineSeconds", "tolerations", "schedulingGates", "terminationGracePeriodSeconds")


class _Pod(Strategy):
    def default(self, obj: Object) -> Object:
        obj = put_default(obj, ("spec", "enableServiceLinks"), True)
        for field in ("containers", "initContainers"):
            containers = at(obj, "spec", field)
            if containers and any(at(container, "resources", "limits") for container in containers):
                obj = put(obj, ("spec", field), [_requesting(container) for container in containers])
        return obj

    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
        account = at(obj, "spec", "serviceAccountName") or at(obj, "spec", "serviceAccount") or "default"
        if not registry.storage.get("serviceaccounts", (namespace, account)):
            why = f'error looking up service account {namespace}/{account}: serviceaccount "{account}" not found'
            raise forbidden(kind, name, why)
        spec = {**obj["spec"], "serviceAccountName": account, "serviceAccount": account}
        spec |= _priority(spec, kind, name, registry)
        runtime = spec.get("runtimeClassName")
        if runtime and not registry.storage.get("runtimeclasses.node.k8s.io", ("", runtime)):
            raise forbidden(kind, name, f'pod rejected: RuntimeClass "{runtime}" not found')
        spec["tolerations"] = _tolerating(listed(spec, "tolerations"))
        return {**obj, "spec": spec, "status": {"phase": "Pending", "qosClass": _quality_of_service(spec)}}

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        """Who applies a pod again does not name the tolerations that admission added."""
        tolerations = listed(obj, "spec", "tolerations")
        completed = _tolerating(tolerations)
        return obj if completed == tolerations else put(obj, ("spec", "tolerations"), completed)

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        if old and obj["spec"] is not old["spec"] and _fixed(_unbound(obj, old)) != _fixed(old["spec"]):
            yield Cause("spec", _UPDATES, "Forbidden")
        names: set[str] = set()
        for field in ("initContainers", "containers"):
            for index, container in enumerate(listed(obj, "spec", field)):
                if container.get("name") in names:
                    yield Cause(f"spec.{field}[{index}].name", f'Duplicate value: "{container["name"]}"', "Duplicate")
                names.add(container.get("name"))


def _requesting(container: dict[str, Any]) -> dict[str, Any]:
    limits = mapped(container, "resources", "limits")
    requests = mapped(container, "resources", "requests")
    return put(container, ("resources", "requests"), {**limits, **requests}) if limits else container


def _priority(spec: Mapping[str, Any], kind: Kind, name: str, registry: "Registry") -> dict[str, Any]:
    wanted = spec.get("priorityClassName")
    classes = registry.storage.table("priorityclasses.scheduling.k8s.io").objects
    if wanted:
        found = classes.get(("", wanted))
        if found is None:
            raise forbidden(kind, name, f"no PriorityClass with name {wanted} was found")
        chosen = found.obj
    else:
        defaults = (stored.obj for stored in classes.values() if stored.obj.get("globalDefault"))
        chosen = next(defaults, Object())
    priority = {"priority": chosen.get("value", 0)}
    priority |= {"preemptionPolicy": chosen.get("preemptionPolicy", "PreemptLowerPriority")}
    return priority | ({"priorityClassName": chosen["metadata"]["name"]} if chosen else {})


def _tolerating(tolerations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With five minutes of patience for nodes that are not ready or cannot be reached."""
    added: list[dict[str, Any]] = []
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(_tolerates(toleration, key) for toleration in tolerations):
            added.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})
    return tolerations + added


def _tolerates(toleration: Mapping[str, Any], key: str) -> bool:
    return toleration.get("key", key) == key and toleration.get("effect", "NoExecute") == "NoExecute"


def _quality_of_service(spec: Mapping[str, Any]) -> str:
    counted = ("cpu", "memory")
    resources = [mapped(container, "resources") for container in listed(spec, "containers")]
    asked = [(mapped(of, "requests"), mapped(of, "limits")) for of in resources]
    if not any(name in requests or name in limits for requests, limits in asked for name in counted):
        return "BestEffort"
    if all(name in limits and requests.get(name) == limits[name] for requests, limits in asked for name in counted):
        return "Guaranteed"
    return "Burstable"


def _unbound(obj: Object, old: Object) -> dict[str, Any]:
    """The spec without its node, when it had none before: that is what a binding changes."""
    return {k: v for k, v in obj["spec"].items() if k != "nodeName" or "nodeName" in old["spec"]}


def _fixed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What of a pod's spec never changes."""
    fixed = {name: value for name, value in spec.items() if name not in _MUTABLE}
    for field in ("containers", "initContainers"):
        if field in fixed:
            fixed[field] = [{**container, "image": ""} for container in fixed[field]]
    return fixed


STRATEGIES: Mapping[str, Strategy] = {"pods": _Pod()}
