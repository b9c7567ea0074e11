"""Small sick worlds, and the same ones well."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from llmd_tui.diagnose.case import LogKey, PhaseNow, Tail
from llmd_tui.diagnose.diagnose import diagnose
from llmd_tui.diagnose.finding import Finding
from llmd_tui.objects import Object
from llmd_tui.rollout.cells import Cell
from llmd_tui.rollout.stages import NodeProgress
from llmd_tui.rollout.times import State
from tests.rollout.made import NOW, ago, ended, event, node, pod, running, store, waiting

LABELS: dict[str, dict[str, str]] = {
    "driver": {"app": "nvidia-driver-daemonset"},
    "ofed": {"nvidia.com/ofed-driver": ""},
    "toolkit": {"app": "nvidia-container-toolkit-daemonset"},
    "plugin": {"app": "nvidia-device-plugin-daemonset"},
    "validator": {"app": "nvidia-operator-validator"},
    "rdma-plugin": {"app": "rdma-shared-dp"},
    "peermem": {"name": "nvidia-peermem-reloader"},
    "": {},
}
HARMLESS = "INFO: nothing to see here"


@dataclass(frozen=True)
class World:
    """What a diagnosis gets."""

    objects: Sequence[Object] = ()
    logs: dict[LogKey, Tail] = field(default_factory=dict[LogKey, Tail])
    phases: tuple[PhaseNow, ...] = ()
    stages: tuple[NodeProgress, ...] = ()

    def findings(self) -> tuple[Finding, ...]:
        return diagnose(store(*self.objects), NOW, logs=self.logs, phases=self.phases, stages=self.stages)

    def ids(self) -> set[str]:
        return {finding.id for finding in self.findings()}

    def with_log(self, line: str) -> "World":
        return replace(self, logs={key: Tail((line,)) for key in self.logs})


def last_end(code: int = 1, **more: Any) -> Object:
    return {"exitCode": code, "finishedAt": ago(60), **more}


def looped(
    role: str, container: str, *, restarts: int = 3, code: int = 1, name: str = "sick-abcde", **end: Any
) -> Object:
    """A pod whose container is kept from restarting."""
    status = waiting(container, "CrashLoopBackOff", restarts=restarts, last=last_end(code, **end))
    if container == "k8s-driver-manager":
        return pod(name, [waiting("nvidia-driver-ctr")], inits=[status], labels=LABELS[role])
    return pod(name, [status], labels=LABELS[role])


def crashing(role: str, container: str, line: str, **more: Any) -> World:
    """It ended with `line` as one of its last words."""
    sick = looped(role, container, **more)
    key = "gpu-operator", sick["metadata"]["name"], container
    return World([node("gpu-0"), sick], {key: Tail(("starting", line, "goodbye"))})


def well(world: World) -> World:
    """The same pods, Ready; with the same logs."""
    objects: list[Object] = []
    for obj in world.objects:
        if obj["kind"] != "Pod":
            objects.append(obj)
            continue
        statuses = [running(status["name"]) for status in obj["status"]["containerStatuses"]]
        inits = [ended(status["name"]) for status in obj["status"]["initContainerStatuses"]]
        metadata = obj["metadata"]
        objects.append(pod(metadata["name"], statuses, inits=inits, labels=metadata["labels"], on="gpu-0"))
    return replace(world, objects=objects)


def unpulled(role: str, container: str, message: str, *, reason: str = "ImagePullBackOff") -> World:
    sick = pod("sick-abcde", [waiting(container, reason, message=f"Back-off pulling image: ErrImagePull: {message}")],
               labels=LABELS[role], phase="Pending")  # fmt: skip
    failed = {**event(sick, "Failed", f"Failed to pull image: {message}"), "metadata": {"name": "e", "namespace": "x"}}
    return World([node("gpu-0"), sick, failed])


def failed_phase(message: str, name: str = "gpu-pool") -> World:
    return World(phases=(PhaseNow(name, "failed", NOW, message=message, remedy="Do something."),))


def said_of(obj: Object, reason: str, message: str, seconds: float = 30) -> Object:
    """An event about the object."""
    made = event(obj, reason, message, seconds=seconds)
    involved = {"kind": obj["kind"], "namespace": obj["metadata"].get("namespace", "")}
    return {**made, "involvedObject": {**made["involvedObject"], **involved}}


def thing(kind: str, name: str, *, namespace: str | None = None, seconds: float = 1000, **more: Any) -> Object:
    metadata = {"name": name, "uid": f"uid-{name}", "creationTimestamp": ago(seconds), "generation": 1}
    return {"kind": kind, "metadata": metadata | ({"namespace": namespace} if namespace else {}), **more}


def unplaced(message: str, *, seconds: float = 400) -> Object:
    refused = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
        "lastTransitionTime": ago(seconds),
    }
    made = pod("sick-abcde", [], on=None, ready=False, phase="Pending", conditions=[refused], namespace="llm-d")
    made["metadata"]["creationTimestamp"] = ago(seconds)
    return made


def at_stage(stage: str, state: State, text: str, *, seconds: float = 1000) -> tuple[NodeProgress, ...]:
    since = NOW - timedelta(seconds=seconds)
    cell = Cell(stage, state, since=since, text=text)
    return (NodeProgress("aks-gpu-1-vmss000000", stage, state, since, text, None, (0, 8), (cell,)),)
