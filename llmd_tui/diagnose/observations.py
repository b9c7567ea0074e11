"""What else was seen: things that make a cause sure, and twins that are well."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from llmd_tui.diagnose.case import Case
from llmd_tui.diagnose.hits import Hit
from llmd_tui.diagnose.words import node_word, pod_word
from llmd_tui.objects import Object
from llmd_tui.rollout.containers import container
from llmd_tui.rollout.health import workload
from llmd_tui.rollout.moment import node_of, pod_ready
from llmd_tui.rollout.names import shorten
from llmd_tui.rollout.reading import changed, condition_of, created, dig, listed, name_of, namespace_of, quantity, text
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.words import duration, listing

Observe = Callable[[Case, Hit], str]
"""One line of evidence, or nothing."""

_SHORTLY = timedelta(minutes=4)


def ofed_restarted(case: Case, hit: Hit) -> str:
    """OFED's container, or its pod, is younger than the driver's container: the driver knew other modules."""
    ofed, driver = case.moment.pod(hit.node, "ofed"), case.moment.pod(hit.node, "driver")
    ours = container(ofed, "mofed-container") if ofed else None
    theirs = container(driver, "nvidia-driver-ctr") if driver else None
    if ofed is None or ours is None or theirs is None or ours.since is None:
        return ""
    began = theirs.since or created(driver or {})
    if began is None or (ours.since <= began and not ours.restarts):
        return ""
    name = shorten(name_of(ofed), 24)
    if ours.since <= began:
        return f"{name} restarted before, {duration((began - ours.since).total_seconds())} ahead of the driver"
    return f"{name} restarted {duration((ours.since - began).total_seconds())} after the driver began to build"


def toolkit_restarted(case: Case, hit: Hit) -> str:
    """The node fell silent shortly after the toolkit's container had begun."""
    toolkit, node = case.moment.pod(hit.node, "toolkit"), case.moment.nodes.get(hit.node)
    began = container(toolkit, "nvidia-container-toolkit-ctr") if toolkit else None
    silent = changed(node, "Ready")
    at = (began.since or began.ended) if began else None
    if toolkit is None or at is None or silent is None or not timedelta(0) <= silent - at <= _SHORTLY:
        return ""
    return f"toolkit pod {pod_word(name_of(toolkit))} began {duration((silent - at).total_seconds())} before"


def ofed_loading(case: Case, hit: Hit) -> str:
    """The node fell silent after OFED had loaded its modules there."""
    ofed = case.moment.pod(hit.node, "ofed")
    return f"OFED runs on {node_word(hit.node)}: {name_of(ofed)}" if ofed else ""


def no_ofed(case: Case, hit: Hit) -> str:
    """No OFED pod on the node."""
    return "" if case.moment.pod(hit.node, "ofed") else f"{node_word(hit.node)} has no OFED pod"


def taints(case: Case, hit: Hit) -> str:
    """What keeps pods off the GPU nodes."""
    found = {
        f"{text(taint.get('key'))}={text(taint.get('value'))}".removesuffix("=")
        for node in case.gpu_nodes
        for taint in listed(dig(node, "spec", "taints"))
    }
    return f"GPU nodes carry the taints {listing(sorted(found))}" if found else ""


def allocatable(case: Case, hit: Hit) -> str:
    """GPUs as the nodes offer them."""
    told = [
        f"{node_word(name_of(node))} {quantity(dig(node, 'status', 'allocatable', 'nvidia.com/gpu')) or 0:g}"
        for node in case.gpu_nodes
    ]
    return f"nvidia.com/gpu allocatable: {listing(told)}" if told else ""


def mixed_os(case: Case, hit: Hit) -> str:
    """The GPU nodes do not all run the same system, and the pod is the driver's."""
    found = {text(dig(node, "status", "nodeInfo", "osImage")) for node in case.gpu_nodes} - {""}
    driver = hit.patient is not None and role_of(hit.patient.pod) == "driver"
    return f"GPU nodes run {listing(sorted(found))}" if driver and len(found) > 1 else ""


OBSERVATIONS: Mapping[str, Observe] = {
    "ofed-restarted": ofed_restarted,
    "toolkit-restarted": toolkit_restarted,
    "ofed-loading": ofed_loading,
    "no-ofed": no_ofed,
    "taints": taints,
    "allocatable": allocatable,
    "mixed-os": mixed_os,
}


def healthy_twin(case: Case, hit: Hit, healthy: str) -> str:
    """`vmss000000, same image and kernel: module loaded`, for a pod of the same workload that is Ready elsewhere."""
    if hit.patient is None:
        return ""
    own = hit.patient.pod
    for pod in case.view.all("Pod", namespace_of(own)):
        if pod_ready(pod) and workload(pod) == workload(own) and node_of(pod) != node_of(own):
            return f"{node_word(node_of(pod))}, {_sameness(pod, own, case)}: {healthy}"
    return ""


def _sameness(one: Object, other: Object, case: Case) -> str:
    same = [
        what
        for what, is_same in (
            ("image", _images(one) == _images(other)),
            ("kernel", _kernel(one, case) == _kernel(other, case) != ""),
        )
        if is_same
    ]
    return f"same {' and '.join(same)}" if same else "another image and kernel"


def _images(pod: Object) -> list[str]:
    return [text(one.get("image")) for one in listed(dig(pod, "spec", "containers"))]


def _kernel(pod: Object, case: Case) -> str:
    return text(dig(case.moment.nodes.get(node_of(pod)), "status", "nodeInfo", "kernelVersion"))


def node_seen(case: Case, name: str) -> str:
    """`vmss000001 is not ready: KubeletNotReady`."""
    ready = condition_of(case.moment.nodes.get(name), "Ready")
    return f"{node_word(name)} is {'ready' if ready.get('status') == 'True' else 'not ready'}"
