"""Checks of what helm installed and of the two NVIDIA operators. Neither `Running` nor `Reconciled` is enough."""

from asyncio import gather
from collections import Counter

from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed
from llmd_tui.kube.store import View
from llmd_tui.plan.actions import Helm
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.waits import KINDS
from llmd_tui.rollout.words import listing, many

GPU_OPERATOR, NETWORK_OPERATOR = "gpu-operator", "network-operator"
_PODS = (("v1", "Node"), ("v1", "Pod"), ("batch/v1", "Job"))


async def releases(context: Context) -> Verdict:
    """Each planned release is deployed, with the planned chart, version and values."""
    seen = await gather(*(_release(context, wanted) for wanted in context.expected.releases))
    wrong = [said for planned, said in seen if not planned]
    if wrong:
        return failed(listing(wrong), "`llmd-tui apply` upgrades what differs.")
    return passed(f"deployed as planned: {listing([said for _, said in seen], most=len(seen))}")


async def gpu_operator_pods(context: Context) -> Verdict:
    return await _operator(context, GPU_OPERATOR, "gpu-operator-ready")


async def network_operator_pods(context: Context) -> Verdict:
    return await _operator(context, NETWORK_OPERATOR, "ofed-ready")


async def _operator(context: Context, namespace: str, test: str) -> Verdict:
    """Its pods are Ready or completed, and its own statuses join with what the nodes show."""
    view = await context.view(*_PODS, *KINDS[test])
    pods = pods_of(view, namespace, Moment(view, context.clock.now()))
    remedy = f"`kubectl --namespace {namespace} get pods` and the pod's events tell more."
    if not pods:
        return failed(f"no pods in {namespace}", "The chart's operator has not started anything.")
    troubled = [pod for pod in pods if not _fine(pod)]
    figures = [("pods", float(len(pods) - len(troubled)), float(len(pods)))]
    if troubled:
        words = listing([f"{pod.name} {pod.word}" for pod in troubled])
        return failed(f"{len(troubled)} of {many(len(pods), 'pod')} not ready: {words}", remedy, figures)
    labels, count = context.expected.node_labels, context.expected.nodes
    progress = await context.judge(test, {"labels": labels, "count": count})
    if not progress.done:
        return failed(f"{_counted(pods)}, but {progress.text}", remedy, figures)
    return passed(f"{_counted(pods)}; {progress.text}", figures)


def pods_of(view: View, namespace: str, moment: Moment) -> list[PodHealth]:
    """Those of a namespace, without those that are going away."""
    found = [health(pod, moment) for pod in view.all("Pod", namespace)]
    return sorted((pod for pod in found if pod.word != "terminating"), key=lambda pod: pod.name)


def _fine(pod: PodHealth) -> bool:
    """Ready or completed; one that was restarted a while ago and is Ready now is fine too."""
    return pod.state == "done" or pod.word == "running"


def _counted(pods: list[PodHealth]) -> str:
    """`14 pods ready, 3 completed`."""
    words = Counter("completed" if pod.word == "completed" else "ready" for pod in pods)
    completed = f", {words['completed']} completed" if words["completed"] else ""
    return f"{many(words['ready'], 'pod')} ready{completed}"


async def _release(context: Context, wanted: Helm) -> tuple[bool, str]:
    """Whether a release is as planned, and its version or what is wrong."""
    found = await context.helm.release(wanted.release, wanted.namespace)
    if found is None:
        return False, f"{wanted.release} is not installed in {wanted.namespace}"
    if found.status != "deployed":
        return False, f"{wanted.release} is {found.status}"
    arguments = (wanted.release, wanted.namespace, wanted.chart, wanted.version, wanted.values)
    if await context.helm.is_current(*arguments):
        return True, f"{wanted.release} {found.version}"
    if found.version.removeprefix("v") != wanted.version.removeprefix("v"):
        return False, f"{wanted.release} is at {found.version}, {wanted.version} was planned"
    return False, f"{wanted.release} has other values or another chart than planned"
