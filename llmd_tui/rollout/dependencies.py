"""What a pod of the driver stack waits for on its node. The operators gate their pods by init containers."""

from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.rollout.containers import Active
from llmd_tui.rollout.moment import Moment, node_of, pod_ready
from llmd_tui.rollout.reading import changed, condition_of, dig, listed, quantity, text
from llmd_tui.rollout.roles import BEHIND_TOOLKIT

_GATES = ("driver", "toolkit")

TITLES = {"ofed": "OFED", "driver": "driver", "toolkit": "toolkit", "plugin": "device plugin"}
"""How a role is named as something that is waited for."""


def awaited(pod: Object, role: str, active: Active | None, moment: Moment) -> str:
    """The role that the pod waits for on its own node; empty when it waits for none."""
    node = node_of(pod)
    if role == "driver":
        waits = active is not None and active.name == "k8s-driver-manager" and active.state == "running"
        return "ofed" if waits and loads_peermem(pod) and not pod_ready(moment.pod(node, "ofed")) else ""
    if role == "toolkit":
        return "driver" if _in_init(active) and _unready("driver", node, moment) else ""
    if role in BEHIND_TOOLKIT and (_in_init(active) or not sandbox(pod)):
        for gate in _GATES:
            if _unready(gate, node, moment):
                return gate
        if active is not None and active.name == "plugin-validation" and not _offers_gpus(node, moment):
            return "plugin"
    return ""


def gate_opened(pod: Object, role: str, moment: Moment) -> datetime | None:
    """When the last of what the pod had to wait for became Ready: only from then on is its time its own."""
    gates = {"driver": ("ofed",), "toolkit": ("driver",)}.get(role, _GATES if role in BEHIND_TOOLKIT else ())
    others = [other for gate in gates if (other := moment.pod(node_of(pod), gate))]
    return max(filter(None, (changed(other, "Ready") for other in others)), default=None)


def loads_peermem(driver_pod: Object) -> bool:
    """Whether RDMA is on in the GPU operator: then its driver is built against OFED and waits for it."""
    return any(c.get("name") == "nvidia-peermem-ctr" for c in listed(dig(driver_pod, "spec", "containers")))


def sandbox(pod: Object) -> bool:
    """Whether the pod has its sandbox; kubelets that do not say so are believed to have made it."""
    return condition_of(pod, "PodReadyToStartContainers").get("status") != "False"


def sandbox_trouble(pod: Object, moment: Moment) -> str:
    """The kubelet's last complaint about sandbox or volumes, without the wrapping of the runtime's interface."""
    for event in reversed(moment.events_of(pod)):
        if event.get("reason") in ("FailedCreatePodSandBox", "FailedMount", "FailedAttachVolume"):
            return text(event.get("message")).strip().split(" desc = ")[-1]
    return ""


def _in_init(active: Active | None) -> bool:
    return active is not None and active.init


def _unready(role: str, node: str, moment: Moment) -> bool:
    """Whether the cluster has that part at all and the node's is not ready."""
    return bool(moment.daemonsets.get(role)) and not pod_ready(moment.pod(node, role))


def _offers_gpus(node: str, moment: Moment) -> bool:
    return bool(quantity(dig(moment.nodes.get(node), "status", "capacity", "nvidia.com/gpu")))
