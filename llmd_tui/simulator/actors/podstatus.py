"""The status of a pod, put together from its containers as the kubelet does it."""

from collections.abc import Mapping, Sequence
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.actors.container import Container
from llmd_tui.simulator.actors.meta import of_type, rows


def phase_of(containers: Sequence[Container], restart_policy: str) -> str:
    """`restart_policy` decides whether a container that ended will run again."""
    if any(c.kind == "init" and c.exit_code not in (None, 0) for c in containers) and restart_policy == "Never":
        return "Failed"
    if not initialized(containers):
        return "Pending"
    main = [c for c in containers if c.kind == "main"]
    if all(c.exit_code == 0 for c in main) and restart_policy != "Always":
        return "Succeeded"
    if all(c.exit_code is not None for c in main) and restart_policy == "Never":
        return "Failed"
    return "Running" if any(c.container_id for c in main) else "Pending"


def initialized(containers: Sequence[Container]) -> bool:
    return not _incomplete(containers)


def _incomplete(containers: Sequence[Container]) -> list[str]:
    return [
        c.name
        for c in containers
        if (c.kind == "init" and c.exit_code != 0) or (c.kind == "sidecar" and not c.started and c.exit_code is None)
    ]


def conditions_of(
    pod: Object, containers: Sequence[Container], phase: str, now: str, *, sandbox: bool
) -> list[dict[str, Any]]:
    """The five conditions in the kubelet's order. `sandbox`: the pod has its network."""
    incomplete = _incomplete(containers)
    unready = [c.name for c in containers if c.kind != "init" and not c.ready]
    if phase == "Succeeded":
        initial = (True, "PodCompleted", "")
        whole = (False, "PodCompleted", "")
    else:
        initial = (
            (False, "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(incomplete)}]")
            if incomplete
            else (True, "", "")
        )
        whole = (
            (False, "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
            if unready
            else (True, "", "")
        )
    old: list[Mapping[str, Any]] = rows(pod, "status", "conditions")
    generation = pod["metadata"].get("generation", 1)
    return [
        _condition(of_type(old, kind), kind, value, generation, now)
        for kind, value in (
            ("PodReadyToStartContainers", (sandbox and phase not in ("Succeeded", "Failed"), "", "")),
            ("Initialized", initial),
            ("Ready", whole),
            ("ContainersReady", whole),
            ("PodScheduled", (True, "", "")),
        )
    ]


def _condition(
    old: Mapping[str, Any], kind: str, value: tuple[bool, str, str], generation: int, now: str
) -> dict[str, Any]:
    status = "True" if value[0] else "False"
    since = old.get("lastTransitionTime", now) if old.get("status") == status else now
    condition: dict[str, Any] = {
        "type": kind,
        "observedGeneration": generation,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": since,
    }
    if value[1]:
        condition["reason"] = value[1]
    if value[2]:
        condition["message"] = value[2]
    return condition
