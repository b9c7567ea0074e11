"""Cells made from what all stages have in common: a pod of a role on the node, or the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.rollout.cells import Cell, Seat
from llmd_tui.rollout.containers import container
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.moment import pod_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import changed, deleted, latest, name_of, seconds_between, text
from llmd_tui.rollout.scheduling import refusal
from llmd_tui.rollout.times import step

NETWORK_OPERATOR = {"app.kubernetes.io/name": "network-operator"}
GPU_OPERATOR = {"app": "gpu-operator"}


def by_pod(seat: Seat, stage: str, role: str) -> Cell:
    """Done when the pod of that role is Ready; before, what the pod does or waits for."""
    pod = seat.pod(role)
    if pod is None:
        return absent(seat, stage, role)
    if pod_ready(pod):
        return done(stage, pod)
    if deleted(pod):
        return Cell(stage, "waiting", since=deleted(pod), text="the old pod is ending")
    return by_health(stage, health(pod, seat.moment))


def done(stage: str, pod: Object, main: str = "") -> Cell:
    """`main` is the container whose run the stage is; without it, the time counts from the pod's creation."""
    ready = changed(pod, "Ready")
    started = container(pod, main) if main else None
    return Cell(stage, "done", since=ready, seconds=seconds_between(started.since if started else None, ready))


def by_health(stage: str, pod: PodHealth) -> Cell:
    """What goes on in a pod that is not Ready, as the stage's state. A pod that is there has begun."""
    if pod.step is not None:
        return Cell(stage, pod.state, since=pod.since, text=pod.step.doing, step=pod.step)
    if pod.state in ("pending", "done"):
        return Cell(stage, "running", since=pod.since, text="starting its pod")
    told = pod.state in ("slow", "failed", "running") and pod.reason
    return Cell(stage, pod.state, since=pod.since, text=f"{pod.word}: {pod.reason}" if told else pod.word)


def absent(seat: Seat, stage: str, role: str) -> Cell:
    """Why the node has no pod of that role: no DaemonSet, one that is not for this node, or one that is slow."""
    daemonsets = seat.moment.daemonsets.get(role, [])
    if not daemonsets:
        return Cell(stage, "pending", text="next")
    reasons = [refusal(daemonset, seat.node) for daemonset in daemonsets]
    if None in reasons:
        return _coming(seat, stage, daemonsets)
    why = min((reason for reason in reasons if reason), key=lambda reason: reason.final)
    return (
        Cell(stage, "failed", text=why.reason) if why.final else Cell(stage, "waiting", text=f"waits for {why.reason}")
    )


def _coming(seat: Seat, stage: str, daemonsets: list[Object]) -> Cell:
    """A DaemonSet's pod comes within a second, unless an admission webhook or the namespace's policy refuses it."""
    for daemonset in daemonsets:
        events = seat.moment.events_of(daemonset)
        if events and events[-1].get("reason") == "FailedCreate":
            return Cell(stage, "failed", text=f"{name_of(daemonset)}: {text(events[-1].get('message'))}")
    return Cell(stage, "running", text=step("operator").doing, step=step("operator"))


def timed(seat: Seat, stage: str, step_name: str, since: datetime | None, told: str = "") -> Cell:
    """Something that goes on since then: running, slow or failed by the times of the step."""
    usual = step(step_name)
    return Cell(stage, usual.judge(since, seat.now), since=since, text=told or usual.doing, step=usual)


def operator_trouble(seat: Seat, stage: str, labels: Mapping[str, str]) -> Cell | None:
    """An operator's own pod, or its chart's hook Job: where these fail, nothing ever comes to the nodes."""
    for pod in seat.moment.view.all("Pod", labels=labels):
        found = health(pod, seat.moment)
        if found.state in ("slow", "failed"):
            what = found.owner or found.name
            return Cell(stage, found.state, since=found.since, text=f"{what}: {found.word}, {found.reason}")
    return None


def operator_reacts(seat: Seat, stage: str, labels: Mapping[str, str], policy: Object) -> Cell:
    """An operator has its custom resource and has not made its DaemonSets. Its time counts from when it runs."""
    trouble = operator_trouble(seat, stage, labels)
    if trouble:
        return trouble
    pods = seat.moment.view.all("Pod", labels=labels)
    running = latest(*(changed(pod, "Ready") for pod in pods if pod_ready(pod)))
    if pods and running is None:
        return Cell(stage, "running", text=step("operator").doing, step=step("operator"))
    return timed(seat, stage, "operator", latest(seat.since(policy), running))
