"""The table of pods."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from llmd_tui.objects import Object, condition, is_true, status
from llmd_tui.simulator.kubernetes.columns.base import AGE, NAME, Column, age_of, field, wide
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped


def _word(of: Mapping[str, Any], prefix: str = "") -> str:
    """Why a container ended."""
    if of.get("reason"):
        return f"{prefix}{of['reason']}"
    return f"{prefix}Signal:{of['signal']}" if of.get("signal") else f"{prefix}ExitCode:{of.get('exitCode', 0)}"


def _init_word(pod: Object, sidecars: set[str]) -> str | None:
    """What the init containers are at; None when they are through."""
    statuses: list[dict[str, Any]] = listed(status(pod), "initContainerStatuses")
    for index, container in enumerate(statuses):
        state = mapped(container, "state")
        ended, waits = state.get("terminated"), at(state, "waiting", "reason")
        if ended is not None and not ended.get("exitCode"):
            continue
        if container.get("name") in sidecars and container.get("started"):
            continue
        if ended is not None:
            return _word(ended, "Init:")
        if waits and waits != "PodInitializing":
            return f"Init:{waits}"
        return f"Init:{index}/{len(listed(pod, 'spec', 'initContainers'))}"
    return None


def _main_word(pod: Object, word: str) -> str:
    """What the containers are at, the first one having the last word."""
    failed, running = "", False
    for container in reversed(listed(status(pod), "containerStatuses")):
        state = mapped(container, "state")
        ended, waits = state.get("terminated"), at(state, "waiting", "reason")
        if waits:
            word = waits
        elif ended is not None:
            word = _word(ended)
            failed = word if ended.get("exitCode") else failed
        elif container.get("ready") and "running" in state:
            running = True
    if word != "Completed":
        return word
    if running and is_true(pod, "Ready"):
        return "Running"
    return failed or ("NotReady" if running else word)


def pod_word(pod: Object, now: datetime) -> str:
    """The STATUS column."""
    phase = status(pod).get("phase", "")
    word = status(pod).get("reason") or phase
    if (condition(pod, "PodScheduled") or {}).get("reason") == "SchedulingGated":
        word = "SchedulingGated"
    initializing = _init_word(pod, _sidecars(pod))
    word = initializing or word
    if initializing is None or is_true(pod, "Initialized"):
        word = _main_word(pod, word)
    if pod["metadata"].get("deletionTimestamp"):
        if status(pod).get("reason") == "NodeLost":
            return "Unknown"
        if phase not in ("Succeeded", "Failed"):
            return "Terminating"
    return word


def _sidecars(pod: Object) -> set[str]:
    containers = listed(pod, "spec", "initContainers")
    return {container["name"] for container in containers if container.get("restartPolicy") == "Always"}


def _ready(pod: Object, now: datetime) -> str:
    sidecars = _sidecars(pod)
    initializing = _init_word(pod, sidecars) is not None and not is_true(pod, "Initialized")
    running = [c for c in listed(status(pod), "initContainerStatuses") if c["name"] in sidecars and c.get("started")]
    if not initializing:
        running += [c for c in listed(status(pod), "containerStatuses") if "running" in mapped(c, "state")]
    ready = sum(bool(container.get("ready")) for container in running)
    return f"{ready}/{len(listed(pod, 'spec', 'containers')) + len(sidecars)}"


def _restarts(pod: Object, now: datetime) -> str:
    sidecars = _sidecars(pod)
    containers: list[dict[str, Any]] = listed(status(pod), "initContainerStatuses")
    if _init_word(pod, sidecars) is None or is_true(pod, "Initialized"):
        containers = [c for c in containers if c["name"] in sidecars] + (listed(status(pod), "containerStatuses"))
    count = sum(container.get("restartCount", 0) for container in containers)
    ends = [at(container, "lastState", "terminated", "finishedAt") or "" for container in containers]
    last = max(ends, default="")
    return f"{count} ({age_of(last, now)} ago)" if count and last else str(count)


def _gates(pod: Object, now: datetime) -> str:
    gates = listed(pod, "spec", "readinessGates")
    return f"{sum(is_true(pod, gate['conditionType']) for gate in gates)}/{len(gates)}" if gates else "<none>"


def row_conditions(pod: Object) -> list[dict[str, str]]:
    """What marks the rows of pods that have ended."""
    phase = status(pod).get("phase")
    if phase not in ("Succeeded", "Failed"):
        return []
    words = {
        "Succeeded": "The pod has completed successfully.",
        "Failed": "The pod failed.",
    }
    return [{"type": "Completed", "status": "True", "reason": phase, "message": words[phase]}]


def _address(pod: Object, now: datetime) -> str:
    return next((ip["ip"] for ip in listed(status(pod), "podIPs") if ip.get("ip")), "<none>")


COLUMNS = {
    "pods": (
        NAME,
        Column("Ready", _ready),
        Column("Status", pod_word),
        Column("Restarts", _restarts),
        AGE,
        wide("IP", _address),
        wide("Node", field("spec", "nodeName", default="<none>")),
        wide("Nominated Node", field("status", "nominatedNodeName", default="<none>")),
        wide("Readiness Gates", _gates),
    )
}
