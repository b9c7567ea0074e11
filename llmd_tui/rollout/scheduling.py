"""Why a pod has no node: taints, resources, volumes. The lasting evidence is the pod's own condition, not the event."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.reading import condition_of, dig, has_labels, listed, part, quantity, text
from llmd_tui.rollout.words import listing, many

_PART = re.compile(r"(\d+) (.+)")
_INSUFFICIENT = re.compile(r"Insufficient (\S+)")

# Set and taken off by the node controller: they say that the node is not usable yet, not that the pod is unwelcome.
_PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


@dataclass(frozen=True)
class Unplaced:
    """`waits_for` is named when it is on its way; without it nothing here will make room by itself."""

    waits_for: str
    reason: str


def untolerated(pod_spec: Object, node: Object) -> list[Object]:
    """The node's taints that keep the pod off."""
    tolerations = listed(pod_spec.get("tolerations"))
    return [
        taint
        for taint in listed(dig(node, "spec", "taints"))
        if taint.get("effect") in ("NoSchedule", "NoExecute") and not any(_tolerates(t, taint) for t in tolerations)
    ]


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    key = text(toleration.get("key"))
    if toleration.get("operator") == "Exists":
        return key in ("", taint.get("key"))
    return key == taint.get("key") and text(toleration.get("value")) == text(taint.get("value"))


def passing(taint: Object) -> bool:
    """Whether the cluster itself takes the taint off again."""
    return text(taint.get("key")).startswith(_PASSING)


def written(taint: Object) -> str:
    """`sku=gpu`, or the key alone."""
    value = text(taint.get("value"))
    return f"{text(taint.get('key'))}={value}" if value else text(taint.get("key"))


def message_counts(message: str) -> list[tuple[int, str]]:
    """`0/5 nodes are available: 3 Insufficient nvidia.com/gpu, 2 node(s) had ...` as counts and reasons.

    Ends at the first sentence: what follows is about preemption.
    """
    body = message.partition("nodes are available: ")[2]
    body = re.split(r"\. (?=no new claims|preemption)|\.$", body)[0]
    # A taint is printed as {key: value}; the commas that part reasons are followed by a count.
    return [(int(found[1]), found[2]) for part in re.split(r", (?=\d)", body) if (found := _PART.fullmatch(part))]


def unplaced(pod: Object, moment: Moment) -> Unplaced | None:
    """Why the scheduler finds no node for the pod; None when it did not say so."""
    condition = condition_of(pod, "PodScheduled")
    message = text(condition.get("message"))
    if condition.get("status") != "False":
        return None
    if condition.get("reason") == "SchedulingGated":
        return Unplaced("its scheduling gate", message)
    return _refused(pod, message, moment) if condition.get("reason") == "Unschedulable" else None


def _refused(pod: Object, message: str, moment: Moment) -> Unplaced:
    counts = message_counts(message)
    if "PersistentVolumeClaim" in message:
        return Unplaced("its volume", message.partition(". ")[0])
    claims = [reason for _, reason in counts if "claim" in reason]
    if claims:
        return Unplaced("its resource claim", claims[0])
    lacking = [found[1] for _, reason in counts if (found := _INSUFFICIENT.match(reason)) and "/" in found[1]]
    if lacking:
        return _resource(min(lacking), moment)
    if any("taint" in reason for _, reason in counts):
        return _tainted(pod, counts, moment)
    return Unplaced("", "; ".join(f"{count} × {reason}" for count, reason in counts) or message)


def _resource(resource: str, moment: Moment) -> Unplaced:
    """A device that no node offers yet is on its way; one that others hold is not."""
    offers = [node for node in moment.nodes.values() if quantity(dig(node, "status", "allocatable", resource))]
    if not offers:
        return Unplaced(resource, f"no node offers {resource} yet")
    return Unplaced(
        "", f"{many(len(offers), 'node')} with {resource}: too little is left, or the nodes are closed to it"
    )


def _tainted(pod: Object, counts: list[tuple[int, str]], moment: Moment) -> Unplaced:
    """The scheduler of 1.35 does not say which taint: the nodes do."""
    spec = part(pod, "spec")
    candidates = [node for node in moment.nodes.values() if has_labels(node, spec.get("nodeSelector"))]
    keeping_off = {id(node): untolerated(spec, node) for node in candidates}
    taints = [taint for found in keeping_off.values() for taint in found]
    if any(keeping_off[id(node)] and all(map(passing, keeping_off[id(node)])) for node in candidates):
        return Unplaced("a node", "its nodes are not ready yet")
    others = [f"{count} × {reason}" for count, reason in counts if "taint" not in reason]
    return Unplaced("", "; ".join([f"does not tolerate {_taints(taints)}", *others]))


def _taints(taints: Iterable[Object]) -> str:
    """`sku=gpu on 3 nodes and CriticalAddonsOnly=true on 2`."""
    counted = Counter(written(taint) for taint in taints if not passing(taint)).most_common()
    return listing([f"{taint} on {many(n, 'node')}" for taint, n in counted]) or "a taint that is gone by now"


@dataclass(frozen=True)
class Refusal:
    """Why a DaemonSet wants no pod on a node. For good, unless someone acts."""

    reason: str
    final: bool


def refusal(daemonset: Object, node: Object) -> Refusal | None:
    """None when it wants a pod there."""
    spec = part(daemonset, "spec", "template", "spec")
    lacking = [key for key, value in part(spec, "nodeSelector").items() if not has_labels(node, {key: value})]
    if lacking:
        return Refusal(f"the node's label {listing(sorted(lacking))}", final=False)
    return taint_refusal(spec, node, "its DaemonSet")


def taint_refusal(spec: Object, node: Object, what: str) -> Refusal | None:
    """For taints that stay. `spec` holds the tolerations, `what` names whose they are."""
    taints = [taint for taint in untolerated(spec, node) if not passing(taint)]
    if not taints:
        return None
    return Refusal(f"{what} does not tolerate the taint {listing([written(taint) for taint in taints])}", final=True)
