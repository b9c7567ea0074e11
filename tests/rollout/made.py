"""Small objects made by hand, with only what the judgements read."""

from datetime import UTC, datetime, timedelta
from typing import Any

from llmd_tui.kube.store import Store
from llmd_tui.objects import Object

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SKU = {"sku": "gpu"}
TOLERATIONS = [{"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}]
SKU_TAINT = {"key": "sku", "value": "gpu", "effect": "NoSchedule"}
NFD = {"feature.node.kubernetes.io/pci-10de.present": "true", "feature.node.kubernetes.io/pci-15b3.present": "true"}
OPEN = {"network.nvidia.com/operator.mofed.wait": "false"}
DEPLOY = {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.deploy.driver": "true"}


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def store(*objects: Object) -> Store:
    made = Store()
    for obj in objects:
        made.apply(obj["kind"], "ADDED", obj)
    return made


def condition(kind: str, status: bool | str, seconds: float = 600, **more: Any) -> Object:
    said = status if isinstance(status, str) else str(status)
    return {"type": kind, "status": said, "lastTransitionTime": ago(seconds), **more}


def node(
    name: str = "gpu-0",
    *,
    labels: dict[str, str] | None = None,
    ready: bool | str = True,
    since: float = 3000,
    born: float = 4000,
    taints: list[Object] | None = None,
    offers: dict[str, Any] | None = None,
    conditions: list[Object] | None = None,
) -> Object:
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": {**SKU, **(labels or {})}, "creationTimestamp": ago(born)},
        "spec": {"taints": taints or []},
        "status": {
            "allocatable": offers or {},
            "capacity": offers or {},
            "conditions": [*(conditions or []), condition("Ready", ready, since)],
        },
    }


def running(name: str, *, ready: bool = True, started: bool = True, seconds: float = 300, restarts: int = 0) -> Object:
    state = {"running": {"startedAt": ago(seconds)}}
    return {"name": name, "state": state, "ready": ready, "started": started, "restartCount": restarts}


def waiting(
    name: str, reason: str = "PodInitializing", *, message: str = "", restarts: int = 0, last: Object | None = None
) -> Object:
    status: Object = {"name": name, "state": {"waiting": {"reason": reason, "message": message}}, "ready": False}
    return {**status, "started": False, "restartCount": restarts, "lastState": {"terminated": last} if last else {}}


def ended(name: str, code: int = 0, *, seconds: float = 60, **more: Any) -> Object:
    state = {"terminated": {"exitCode": code, "finishedAt": ago(seconds), **more}}
    return {"name": name, "state": state, "ready": code == 0, "started": False, "restartCount": 0}


def pod(
    name: str,
    containers: list[Object],
    *,
    inits: list[Object] | None = None,
    labels: dict[str, str] | None = None,
    namespace: str = "gpu-operator",
    on: str | None = "gpu-0",
    ready: bool | None = None,
    since: float = 200,
    phase: str = "Running",
    owner: tuple[str, str] | None = None,
    conditions: list[Object] | None = None,
    spec: Object | None = None,
    **metadata: Any,
) -> Object:
    """Ready when all its containers are, unless said."""
    well = all(c["ready"] for c in containers) if ready is None else ready
    references = [{"kind": owner[0], "name": owner[1], "controller": True}] if owner else []
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "labels": labels or {},
            "creationTimestamp": ago(1000),
            "ownerReferences": references,
            **metadata,
        },
        "spec": {
            **({"nodeName": on} if on else {}),
            "containers": [{"name": c["name"], "image": f"registry/{c['name']}:1"} for c in containers],
            "initContainers": [{"name": c["name"], "image": f"registry/{c['name']}:1"} for c in inits or []],
            **(spec or {}),
        },
        "status": {
            "phase": phase,
            "conditions": [*(conditions or []), condition("Ready", well, since)],
            "containerStatuses": containers,
            "initContainerStatuses": inits or [],
        },
    }


def daemonset(
    name: str,
    template_labels: dict[str, str],
    *,
    desired: int = 1,
    available: int | None = None,
    updated: int | None = None,
    labels: dict[str, str] | None = None,
    selector: dict[str, str] | None = None,
    namespace: str = "gpu-operator",
    owner: str = "",
    observed: int | None = 1,
    tolerations: list[Object] | None = None,
) -> Object:
    """Observed, with all its pods available and of this revision, unless said."""
    status: Object = {"desiredNumberScheduled": desired}
    numbers = {"numberAvailable": available, "updatedNumberScheduled": updated}
    status.update({key: n for key, given in numbers.items() if (n := desired if given is None else given)})
    if observed is not None:
        status["observedGeneration"] = observed
    spec = {"nodeSelector": selector or {}, "tolerations": TOLERATIONS if tolerations is None else tolerations}
    return {
        "kind": "DaemonSet",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "generation": 1,
            "labels": labels or {},
            "creationTimestamp": ago(1500),
            "ownerReferences": [{"kind": owner, "name": "x", "controller": True}] if owner else [],
        },
        "spec": {"template": {"metadata": {"labels": template_labels}, "spec": spec}},
        "status": status,
    }


def event(about: Object, reason: str, message: str = "", *, container: str = "", seconds: float = 30) -> Object:
    involved = {"uid": about["metadata"]["uid"], "name": about["metadata"]["name"]}
    if container:
        involved["fieldPath"] = f"spec.containers{{{container}}}"
    name = f"{about['metadata']['name']}.{reason}.{container}.{seconds}"
    metadata = {"name": name, "namespace": "gpu-operator"}
    return {
        "kind": "Event",
        "metadata": metadata,
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "lastTimestamp": ago(seconds),
    }


def mofed(
    status: Object | None = None, *, on: str = "gpu-0", since: float = 200, name: str = "mofed-x", **more: Any
) -> Object:
    return pod(
        name,
        [status or running("mofed-container")],
        labels={"nvidia.com/ofed-driver": ""},
        namespace="network-operator",
        on=on,
        since=since,
        owner=("DaemonSet", "mofed-ds"),
        **more,
    )


def driver(
    *containers: Object, inits: list[Object] | None = None, on: str = "gpu-0", name: str = "driver-x", **more: Any
) -> Object:
    return pod(
        name,
        list(containers) or [running("nvidia-driver-ctr"), running("nvidia-peermem-ctr")],
        inits=inits if inits is not None else [ended("k8s-driver-manager")],
        labels={"app": "nvidia-driver-daemonset"},
        on=on,
        owner=("DaemonSet", "nvidia-driver-daemonset"),
        **more,
    )


def operand(
    app: str, container: Object, *, inits: list[Object] | None = None, on: str = "gpu-0", **more: Any
) -> Object:
    return pod(f"{app}-{on}", [container], inits=inits, labels={"app": app}, on=on, owner=("DaemonSet", app), **more)
