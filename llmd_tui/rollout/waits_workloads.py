"""Tests of Deployments, DaemonSets and pods."""

from dataclasses import dataclass

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment, node_of, node_ready, pod_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.progress import Arguments, Progress, not_there, of, written
from llmd_tui.rollout.reading import condition_of, deleted, dig, name_of, number
from llmd_tui.rollout.words import listing, many


@dataclass(frozen=True)
class Counts:
    """Of a DaemonSet's status; what is zero is left out there."""

    desired: int
    updated: int
    available: int


def counts(daemonset: Object) -> Counts:
    def read(key: str) -> int:
        return number(dig(daemonset, "status", key))

    return Counts(read("desiredNumberScheduled"), read("updatedNumberScheduled"), read("numberAvailable"))


def observed(workload: Object) -> bool:
    """Whether its controller has looked at this generation; before, its zeros mean nothing."""
    seen = dig(workload, "status", "observedGeneration")
    return isinstance(seen, int) and seen >= number(dig(workload, "metadata", "generation"))


def deployment_available(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, `name`: it wants pods, all are of this revision and available."""
    name = str(arguments["name"])
    found = moment.view.get("Deployment", name, arguments["namespace"])
    if found is None:
        return not_there("Deployment", name)
    replicas = dig(found, "spec", "replicas")
    wanted = replicas if isinstance(replicas, int) else 1
    updated = number(dig(found, "status", "updatedReplicas"))
    # Pods of an older revision that are still there would be counted as available.
    old = number(dig(found, "status", "replicas")) - updated
    ready = min(updated, number(dig(found, "status", "availableReplicas")))
    count = (ready, wanted)
    if not observed(found) or deleted(found):
        return Progress(False, f"{name} has not been looked at by its controller", count, (name,))
    if wanted == 0:
        return Progress(False, f"{name} wants no pods: it is scaled to 0", count, (name,))
    stalled = condition_of(found, "Progressing")
    if ready >= wanted and old <= 0 and condition_of(found, "Available").get("status") == "True":
        return Progress(True, f"{name} has {ready} of {many(wanted, 'pod')}", count)
    detail = f"; {written(stalled, 'Progressing')}" if stalled.get("status") == "False" else ""
    return Progress(False, f"{name} has {ready} of {many(wanted, 'pod')}{detail}", count, (name,))


def daemonset_ready(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, and `name` or `labels` for several: all their pods are of this revision and available.

    Together they must want `minimum` or more (1 if not said): what a DaemonSet wants falls when nodes are not Ready.
    """
    namespace, name = arguments["namespace"], arguments.get("name")
    if name:
        one = moment.view.get("DaemonSet", str(name), namespace)
        found = [one] if one else []
    else:
        found = moment.view.all("DaemonSet", namespace, arguments["labels"])
    if not found:
        return not_there("DaemonSet", str(name or ", ".join(arguments["labels"])))
    minimum = max(1, number(arguments.get("minimum")))
    have = [counts(daemonset) for daemonset in found]
    wanted = max(minimum, sum(one.desired for one in have))
    ready = sum(min(one.updated, one.available) for one in have)
    unseen = [name_of(daemonset) for daemonset in found if not observed(daemonset) or deleted(daemonset)]
    if unseen:
        return Progress(False, f"{listing(unseen)} not looked at by the controller yet", (ready, wanted), tuple(unseen))
    short = [name_of(d) for d, one in zip(found, have, strict=True) if min(one.updated, one.available) < one.desired]
    title = name_of(found[0]) if len(found) == 1 else many(len(found), "DaemonSet")
    done = ready >= wanted and not short
    return Progress(done, f"{title}: {ready} of {many(wanted, 'pod')} ready", (ready, wanted), tuple(short))


def pods_ready(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, `labels`, `count`: that many pods are Ready.

    By condition, not by phase. Pods that end, or whose node is gone or silent, do not count.
    """
    found = moment.view.all("Pod", arguments["namespace"], arguments["labels"])
    wanted = int(arguments["count"])
    ready = [pod for pod in found if _counts(pod, moment)]
    if len(ready) >= wanted > 0:
        return Progress(True, f"{len(ready)} of {many(wanted, 'pod')} Ready", (len(ready), wanted))
    rest = [health(pod, moment) for pod in found if not _counts(pod, moment)]
    lacking = sorted((pod.name, pod.word) for pod in rest if pod.word != "completed")
    return of("pod", len(ready), wanted, lacking, "Ready")


def _counts(pod: Object, moment: Moment) -> bool:
    return pod_ready(pod) and node_ready(moment.nodes.get(node_of(pod)))


def pod_succeeded(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, `name`: the pod ended well. One that failed and is not started again never will."""
    name = str(arguments["name"])
    pod = moment.view.get("Pod", name, arguments["namespace"])
    if pod is None:
        return not_there("Pod", name)
    if dig(pod, "status", "phase") == "Succeeded":
        return Progress(True, f"{name} succeeded")
    said = health(pod, moment)
    told = f"{name} {said.word}: {said.reason}" if said.reason else f"{name} {said.word}"
    return Progress(False, told, subjects=(name,), failed=dig(pod, "status", "phase") == "Failed")
