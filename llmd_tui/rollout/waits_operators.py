"""Tests of the two NVIDIA operators. What their own objects say is joined with DaemonSets, pods and nodes."""

import re

from llmd_tui.objects import Object
from llmd_tui.rollout.evidence_rdma import IB_LABEL, OFED_GATE
from llmd_tui.rollout.moment import Moment, node_ready, owner_of, pod_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.progress import Arguments, Progress, of, wanted_nodes
from llmd_tui.rollout.reading import condition_of, deleted, dig, has_labels, labels_of, listed, name_of, part, text
from llmd_tui.rollout.waits_devices import NOT_READY
from llmd_tui.rollout.waits_workloads import counts, observed
from llmd_tui.rollout.words import listing

_STATE_LABEL = "nvidia.network-operator.state"
_EVERYWHERE = ("plugin", "validator")


def ofed_ready(arguments: Arguments, moment: Moment) -> Progress:
    """`labels`: OFED is Ready on every node with these labels, and the network operator has gone on from there.

    On each node: Ready, an OFED pod that is Ready, and only then the label that opens the node. Then the
    NicClusterPolicy `ready`, with its other DaemonSets wanting as many pods as OFED's: it says `ready` for a moment
    before the last node is opened. With `count`, there must be that many nodes.
    """
    found, wanted = wanted_nodes(arguments, moment)
    lacking = [(name_of(node), why) for node in found if (why := _without_ofed(node, moment))]
    progress = of("node", len(found) - len(lacking), wanted, lacking, "with OFED ready")
    if not progress.done:
        return progress
    unsettled = _unsettled(moment)
    return Progress(False, unsettled, progress.count) if unsettled else progress


def _without_ofed(node: Object, moment: Moment) -> str:
    if not node_ready(node):
        return NOT_READY
    if labels_of(node).get(IB_LABEL) != "true":
        return "InfiniBand not labelled yet"
    pod = moment.pod(name_of(node), "ofed")
    if pod is None:
        return "no OFED pod yet"
    if not pod_ready(pod):
        said = health(pod, moment)
        return f"OFED {said.word}"
    return "" if labels_of(node).get(OFED_GATE) == "false" else "not opened by the network operator yet"


def _unsettled(moment: Moment) -> str:
    """What the network operator still has to do; empty when nothing."""
    policies = moment.view.all("NicClusterPolicy")
    if not policies:
        return "there is no NicClusterPolicy"
    states = {text(s.get("name")): s.get("state") for s in listed(dig(policies[0], "status", "appliedStates"))}
    if dig(policies[0], "status", "state") != "ready" or states.get("state-OFED") != "ready":
        unready = [name for name, state in states.items() if state not in ("ready", "ignore")]
        return f"NicClusterPolicy is not ready: {', '.join(unready) or 'no state yet'}"
    made = moment.view.all("DaemonSet", labels={_STATE_LABEL: ""})
    drivers = [d for d in made if labels_of(d).get(_STATE_LABEL) == "state-OFED"]
    wanted = sum(counts(d).desired for d in drivers)
    for daemonset in made:
        have = counts(daemonset)
        if not observed(daemonset) or have.available < have.desired:
            return f"{name_of(daemonset)} has {have.available} of {have.desired} pods"
        if OFED_GATE in part(daemonset, "spec", "template", "spec", "nodeSelector") and have.desired != wanted:
            return f"{name_of(daemonset)} wants {have.desired} pods, OFED runs on {wanted} nodes"
    return ""


def gpu_operator_ready(arguments: Arguments, moment: Moment) -> Progress:
    """`labels`: the GPU operator is done on every node with these labels.

    ClusterPolicy Ready=True with reason Reconciled (its `state` is written apart and can be stale), while every node
    is Ready, and the operator's DaemonSets are observed, want a pod on each node that is theirs, and have it: a
    DaemonSet that wants none counts as ready for the operator. With `count`, there must be that many nodes.
    """
    found, wanted = wanted_nodes(arguments, moment)
    lacking = [(name_of(node), "") for node in found if not node_ready(node)]
    if lacking or len(found) < wanted:
        return of("node", len(found) - len(lacking), wanted, lacking, "Ready")
    policies = [p for p in moment.view.all("ClusterPolicy") if part(p, "status")]
    if not policies:
        return Progress(False, "the GPU operator has not looked at its ClusterPolicy yet")
    ready, error = condition_of(policies[0], "Ready"), condition_of(policies[0], "Error")
    if ready.get("status") != "True" or ready.get("reason") != "Reconciled" or error.get("status") == "True":
        return Progress(False, _policy_says(ready, error), subjects=(name_of(policies[0]),))
    short = _operands_short(found, moment)
    return short or Progress(True, f"ClusterPolicy Reconciled on {wanted} nodes", (wanted, wanted))


def _policy_says(ready: Object, error: Object) -> str:
    """The states that are not ready are in the message of Error; that of Ready is empty."""
    shown = error if error.get("status") == "True" else ready
    states = re.search(r"\[(.+)\]", text(shown.get("message")))
    if shown.get("reason") == "OperandNotReady" and states:
        return f"ClusterPolicy waits for {listing(states[1].split())}"
    said = ", ".join(filter(None, [text(shown.get("reason")), text(shown.get("message"))]))
    return f"ClusterPolicy is not ready: {said or 'no condition yet'}"


def _operands_short(nodes: list[Object], moment: Moment) -> Progress | None:
    """The first DaemonSet that is not where it should be."""
    for role in _EVERYWHERE:
        if not moment.daemonsets.get(role):
            return Progress(False, f"the GPU operator's {role} has no DaemonSet yet")
    operands = [d for d in moment.view.all("DaemonSet") if owner_of(d).get("kind") == "ClusterPolicy"]
    everywhere = [d for role in _EVERYWHERE for d in moment.daemonsets[role]]
    for daemonset in [*everywhere, *operands]:
        have = counts(daemonset)
        selector = part(daemonset, "spec", "template", "spec", "nodeSelector")
        wanted = len(nodes) if daemonset in everywhere else sum(has_labels(node, selector) for node in nodes)
        name = name_of(daemonset)
        if not observed(daemonset) or deleted(daemonset):
            return Progress(False, f"{name} has not been looked at by its controller", subjects=(name,))
        if have.desired < wanted or have.available < have.desired:
            there = f"{name} has {have.available} of {max(have.desired, wanted)} pods"
            return Progress(False, there, (have.available, max(have.desired, wanted)), (name,))
    return None
