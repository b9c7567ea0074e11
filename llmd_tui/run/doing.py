"""What goes on in a phase, as a sentence's beginning: by the nodes' stages, by the pods, or by the phase's own text."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from llmd_tui.presets.phases import phase_texts
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.news import everywhere
from llmd_tui.rollout.reading import seconds_between
from llmd_tui.rollout.stages import COMPLETE, NodeProgress
from llmd_tui.rollout.times import WORST_FIRST, State, Step, worst
from llmd_tui.rollout.words import many
from llmd_tui.run.progress import PhaseProgress

SERVING = "model"
"""How the names of the steps of model servers begin."""


@dataclass(frozen=True)
class Normal:
    """What is usual, in seconds: from, to, and when it is called slow."""

    low: float
    high: float
    slow: float


@dataclass(frozen=True)
class Doing:
    """`text` completes "... for 4m47s"; `where` is `on both nodes` or the like, or empty."""

    text: str
    where: str
    state: State
    elapsed: float | None
    normal: Normal


def doing(phase: PhaseProgress, nodes: Sequence[NodeProgress], pods: Sequence[PodHealth], now: datetime) -> Doing:
    """Of a phase that runs. `pods` are its own."""
    text = phase_texts().get(phase.name)
    found = None
    if text and phase.waits_for:
        if text.watch == "nodes":
            found = on_nodes(nodes, now)
        elif text.watch == "pods":
            found = in_pods(pods, now)
    return found or _by_phase(phase, text.doing if text else f"{phase.name} runs", now.timestamp())


def _by_phase(phase: PhaseProgress, text: str, now: float) -> Doing:
    state: State = "slow" if phase.shown_state(now) == "slow" else "running"
    normal = Normal(phase.normal * 0.6, phase.normal * 1.4, max(phase.slow, phase.normal * 1.4))
    return Doing(text, "", state, phase.elapsed(now), normal)


def on_nodes(nodes: Sequence[NodeProgress], now: datetime) -> Doing | None:
    """What the worst of them do, else those that are least far. None when no step of the rollout goes on anywhere."""
    busy: dict[str, list[NodeProgress]] = defaultdict(list)
    for node in nodes:
        if node.step and node.stage != COMPLETE and node.state in ("failed", "slow", "running"):
            busy[node.step.name].append(node)
    if not busy:
        return None
    group = min(busy.values(), key=lambda group: (WORST_FIRST.index(_worst(group)), _reached(group[0])))
    step = group[0].step
    assert step
    return _of_step(step, where(group, nodes), _worst(group), [node.since for node in group], now)


def in_pods(pods: Sequence[PodHealth], now: datetime) -> Doing | None:
    """What the worst of them do, else most of them. None when they do nothing that takes a usual time."""
    busy: dict[str, list[PodHealth]] = defaultdict(list)
    for pod in pods:
        if pod.step and pod.step.name.startswith(SERVING) and pod.state in ("failed", "slow", "running"):
            busy[pod.step.name].append(pod)
    if not busy:
        return None
    group = min(busy.values(), key=lambda group: (min(WORST_FIRST.index(pod.state) for pod in group), -len(group)))
    step, state = group[0].step, worst(pod.state for pod in group)
    assert step
    serving = sum(pod.step is not None and pod.step.name.startswith(SERVING) for pod in pods)
    place = f"in {many(len(group), 'pod')}" if len(group) == serving else f"in {len(group)} of {serving} pods"
    return _of_step(step, place, state, [pod.since for pod in group], now)


def _of_step(step: Step, place: str, state: State, since: Sequence[datetime | None], now: datetime) -> Doing:
    begun = min(filter(None, since), default=None)
    slow = max(step.slow, step.usual[1])
    return Doing(step.doing, place, state, seconds_between(begun, now), Normal(*step.usual, slow))


def _worst(nodes: Sequence[NodeProgress]) -> State:
    return worst(node.state for node in nodes)


def _reached(node: NodeProgress) -> int:
    return sum(cell.state == "done" for cell in node.cells)


def where(some: Sequence[NodeProgress], every: Sequence[NodeProgress]) -> str:
    """`on vmss000001`, `on both nodes`, `on all 16 nodes`, `on 3 of 16 nodes`."""
    if 1 < len(some) < len(every):
        return f"on {len(some)} of {len(every)} nodes"
    return everywhere([node.node for node in some])
