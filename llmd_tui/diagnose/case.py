"""What a diagnosis looks at: one moment of the cluster, the last lines of troubled containers, where the phases are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeAlias

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.containers import Active, all_containers
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.moment import Moment, node_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import changed, deleted, dig, holds, labels_of, quantity
from llmd_tui.rollout.stages import NodeProgress
from llmd_tui.rollout.times import State, work

PhaseState: TypeAlias = Literal["running", "slow", "failed"]


@dataclass(frozen=True)
class Tail:
    """The last lines of a container's log, oldest first, and of the one before its restart."""

    lines: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()


STAGE_ROLES = {"plugin": "plugin", "rdma": "rdma-plugin", "peermem": "peermem", "valid": "validator"}
"""Whose pod does the work of a stage."""

LogKey: TypeAlias = tuple[str, str, str]
"""Namespace, pod, container."""


@dataclass(frozen=True)
class PhaseNow:
    """A phase that goes on or failed. Times in seconds; `since` is when it began, or failed.

    `doing` is the command that it carries out, `output` what that printed last; `in_azure`: its work is Azure's.
    """

    name: str
    state: PhaseState
    since: datetime | None
    elapsed: float = 0.0
    normal: float = 0.0
    slow: float = 0.0
    doing: str = ""
    waits_for: str = ""
    error: str = ""
    message: str = ""
    remedy: str = ""
    output: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    in_azure: bool = False


@dataclass(frozen=True)
class Patient:
    """A pod that is not well. `state` is worse than its health's while a container runs between two crashes."""

    pod: Object
    health: PodHealth
    state: State
    containers: tuple[Active, ...]

    def suspects(self) -> tuple[Active, ...]:
        """The containers that may be to blame, the likeliest first."""
        bad = [one for one in self.containers if one.in_trouble or _crashing(one)]
        return tuple(bad or [one for one in self.containers if one.name == self.health.container])


class Case:
    """Indexes over what was seen; built when first asked for. `logs` may grow until then; `stages` may be told late."""

    def __init__(
        self,
        view: View,
        now: datetime,
        *,
        logs: Mapping[LogKey, Tail] | None = None,
        phases: Sequence[PhaseNow] = (),
        stages: Iterable[NodeProgress] | Callable[[], Iterable[NodeProgress]] = (),
    ) -> None:
        self.view = view
        self.now = now
        self.logs = logs or {}
        self.phases = tuple(phases)
        self._stages = stages
        self.moment = Moment(view, now)

    @cached_property
    def stages(self) -> tuple[NodeProgress, ...]:
        """Where the GPU nodes stand."""
        return tuple(self._stages() if callable(self._stages) else self._stages)

    @cached_property
    def patients(self) -> tuple[Patient, ...]:
        """Pods that are not well, and those that are Ready while their part of the node's rollout is not done."""
        found = {id(one.pod): one for one in patients(self.moment)}
        for row in self.stages:
            for cell in row.cells:
                pod = self.moment.pod(row.node, STAGE_ROLES.get(cell.stage, ""))
                if pod and cell.state in ("slow", "failed") and id(pod) not in found:
                    said = replace(health(pod, self.moment), since=cell.since)
                    found[id(pod)] = Patient(pod, said, cell.state, tuple(all_containers(pod)))
        return tuple(found.values())

    @cached_property
    def events(self) -> dict[str, list[Object]]:
        """By reason: there are many, and few reasons matter."""
        found: dict[str, list[Object]] = defaultdict(list)
        for event in self.view.all("Event"):
            found[str(event.get("reason"))].append(event)
        return found

    @cached_property
    def gpu_nodes(self) -> list[Object]:
        """By the label that AKS and we give them, or by what they offer."""
        return [node for node in self.moment.nodes.values() if is_gpu(node)]

    def gpu_nodes_for(self) -> float:
        """Seconds since the first GPU node that is Ready became so; 0 without one."""
        times = [at for node in self.gpu_nodes if node_ready(node) and (at := changed(node, "Ready"))]
        return (self.now - min(times)).total_seconds() if times else 0.0

    def phase_of(self, namespace: str) -> str:
        """The phase that works in that namespace: one that failed first, then the one that began last."""
        there = [phase for phase in self.phases if namespace and namespace in phase.namespaces]
        worst = sorted(there, key=lambda phase: ("failed", "slow", "running").index(phase.state))
        return worst[0].name if worst else ""


def patients(moment: Moment) -> tuple[Patient, ...]:
    """The pods that are not plainly well. Most are: those are passed over quickly."""
    found: list[Patient] = []
    silent = {name for name, node in moment.nodes.items() if not node_ready(node)}
    for pod in moment.view.all("Pod"):
        if holds(pod, "Ready") and not _on_lost_node(pod, silent, moment):
            continue
        if deleted(pod) or dig(pod, "status", "phase") == "Succeeded":
            continue
        containers = tuple(all_containers(pod))
        said = health(pod, moment)
        if said.state != "done":
            found.append(Patient(pod, said, _state(said, containers), containers))
    return tuple(found)


def is_gpu(node: Object) -> bool:
    labels = labels_of(node)
    return (
        labels.get("sku") == "gpu"
        or labels.get("kubernetes.azure.com/accelerator") == "nvidia"
        or labels.get("nvidia.com/gpu.present") == "true"
        or bool(quantity(dig(node, "status", "capacity", "nvidia.com/gpu")))
    )


def _on_lost_node(pod: Object, silent: set[str], moment: Moment) -> bool:
    node = dig(pod, "spec", "nodeName")
    return node in silent or (bool(moment.nodes) and node not in moment.nodes)


def _state(said: PodHealth, containers: Sequence[Active]) -> State:
    if said.state in ("failed", "slow", "blocked", "waiting"):
        return said.state
    crashes = max((one.restarts - work(one.name).restarts for one in containers if _crashing(one)), default=0)
    return "failed" if crashes > 1 else "slow" if crashes == 1 else said.state


def _crashing(container: Active) -> bool:
    """It runs now, and has ended badly before; it has not been ready since."""
    more = container.restarts > work(container.name).restarts
    return more and not container.ready and container.exit_code not in (0, None)
