"""Evidence for the stages up to RDMA devices: hardware labels, OFED, the RDMA device plugin, DRANET."""

from datetime import timedelta

from llmd_tui.objects import Object
from llmd_tui.rollout.cells import Cell, Seat
from llmd_tui.rollout.evidence import (
    GPU_OPERATOR,
    NETWORK_OPERATOR,
    absent,
    by_health,
    by_pod,
    done,
    operator_reacts,
    operator_trouble,
    timed,
)
from llmd_tui.rollout.moment import pod_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import changed, dig, latest, listed, part, text
from llmd_tui.rollout.scheduling import taint_refusal
from llmd_tui.rollout.slices import devices

GPU_LABELS = tuple(f"feature.node.kubernetes.io/pci-{pci}.present" for pci in ("10de", "0302_10de", "0300_10de"))
IB_LABEL = "feature.node.kubernetes.io/pci-15b3.present"
OFED_GATE = "network.nvidia.com/operator.mofed.wait"

# The network operator tolerates NVIDIA's own taint whatever its policy says.
_BUILT_IN = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
_SETTLED = timedelta(seconds=10)


def nfd(seat: Seat, _: frozenset[str]) -> Cell:
    """The node's hardware is labelled: its GPUs, and with RDMA its InfiniBand functions."""
    gpu = any(seat.label(key) == "true" for key in GPU_LABELS)
    if gpu and (not seat.rdma or seat.label(IB_LABEL) == "true"):
        return Cell("nfd", "done")
    worker = seat.pod("nfd-worker")
    if worker is None:
        cell = absent(seat, "nfd", "nfd-worker")
        brings_nfd = NETWORK_OPERATOR if seat.rdma else GPU_OPERATOR
        return cell if cell.state != "pending" else operator_trouble(seat, "nfd", brings_nfd) or cell
    if health(worker, seat.moment).state in ("slow", "failed"):
        return by_health("nfd", health(worker, seat.moment))
    text = "waiting for the rule that labels InfiniBand" if gpu else ""
    return timed(seat, "nfd", "nfd", seat.since(worker), text)


def ofed(seat: Seat, done_before: frozenset[str]) -> Cell:
    """OFED's pod is Ready, then the network operator opens the node for what needs OFED.

    The label alone means nothing: it says so too before there is any OFED. It flaps while pods are replaced, which
    does not undo an OFED that has been ready for a while.
    """
    pod = seat.pod("ofed")
    if pod is None:
        return _no_ofed(seat, done_before)
    if seat.label("nvidia.com/ofed-driver-upgrade-state") == "upgrade-failed":
        return Cell("ofed", "failed", text="the network operator could not replace OFED: upgrade-failed")
    if not pod_ready(pod):
        return by_pod(seat, "ofed", "ofed")
    since = changed(pod, "Ready")
    if seat.label(OFED_GATE) == "false" or (since is not None and seat.now - since > _SETTLED):
        return done("ofed", pod, "mofed-container")
    return timed(seat, "ofed", "ofed-label", since)


def _no_ofed(seat: Seat, done_before: frozenset[str]) -> Cell:
    policies = seat.moment.view.all("NicClusterPolicy")
    if "nfd" not in done_before or not policies:
        return Cell("ofed", "pending", text="next")
    if seat.moment.daemonsets.get("ofed"):
        return absent(seat, "ofed", "ofed")
    policy = policies[0]
    if dig(policy, "status", "state") == "ignore":
        return Cell("ofed", "failed", text=f"NicClusterPolicy ignored: {text(dig(policy, 'status', 'reason'))}")
    # Without a node whose taints it tolerates the operator makes no DaemonSet at all, and says nothing.
    tolerations = [_BUILT_IN, *listed(dig(policy, "spec", "tolerations"))]
    kept_off = taint_refusal({"tolerations": tolerations}, seat.node, "the NicClusterPolicy")
    if kept_off and part(policy, "status"):
        return Cell("ofed", "failed", text=kept_off.reason)
    return operator_reacts(seat, "ofed", NETWORK_OPERATOR, policy)


def rdma(seat: Seat, done_before: frozenset[str]) -> Cell:
    """RDMA devices can be allocated. Pods of the plugin come and go until OFED is ready: they count for nothing."""
    if "ofed" not in done_before:
        return Cell("rdma", "pending", text="waits for OFED")
    plugin = seat.pod("rdma-plugin")
    if seat.rdma_devices:
        return done("rdma", plugin) if plugin else Cell("rdma", "done")
    return registering(seat, "rdma", plugin, seat.rdma_devices)


def registering(seat: Seat, stage: str, plugin: Object | None, offered: float | None) -> Cell:
    """The plugin's pod is no proof: it has no probe. The kubelet must offer what it registers."""
    role = "rdma-plugin" if stage == "rdma" else "plugin"
    if plugin is None or not pod_ready(plugin):
        return by_pod(seat, stage, role)
    text = "the plugin has registered and offers none" if offered == 0 else ""
    return timed(seat, stage, stage, latest(changed(plugin, "Ready"), seat.ready_since), text)


def dranet(seat: Seat, _: frozenset[str]) -> Cell:
    """DRANET has published the node's InfiniBand devices as ResourceSlices."""
    if devices(seat.moment.view, "dra.net").get(seat.name):
        return Cell("dranet", "done")
    pod = seat.pod("dranet")
    if pod is None or not pod_ready(pod):
        return by_pod(seat, "dranet", "dranet")
    return timed(seat, "dranet", "dranet", changed(pod, "Ready"))
