"""Evidence for the stages of the GPU: driver, nvidia_peermem, container toolkit, device plugin, validation."""

from dataclasses import replace

from llmd_tui.rollout.cells import Cell, Seat
from llmd_tui.rollout.containers import container
from llmd_tui.rollout.evidence import (
    GPU_OPERATOR,
    absent,
    by_health,
    by_pod,
    done,
    operator_reacts,
    timed,
)
from llmd_tui.rollout.evidence_rdma import registering
from llmd_tui.rollout.moment import pod_ready
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import changed, deleted, dig, seconds_between

GPU = "nvidia.com/gpu"
_DRIVER, _PEERMEM = "nvidia-driver-ctr", "nvidia-peermem-ctr"


def driver(seat: Seat, done_before: frozenset[str]) -> Cell:
    """The driver's container has started: its startup probe asks for the loaded module.

    `gpu-driver-upgrade-state=upgrade-done` says nothing: nodes whose driver crashes carry it too.
    """
    if seat.label("nvidia.com/gpu.deploy.driver") == "pre-installed":
        return Cell("driver", "failed", text="AKS has installed a driver: the pool was made without driver None")
    if seat.label("nvidia.com/gpu-driver-upgrade-state") == "upgrade-failed":
        return Cell("driver", "failed", text="the GPU operator could not replace the driver: upgrade-failed")
    pod = seat.pod("driver")
    if pod is None:
        return _no_driver(seat, done_before)
    main = container(pod, _DRIVER)
    if main and main.started and deleted(pod) is None:
        # Only without a second container is the pod's readiness that of the driver.
        alone = container(pod, _PEERMEM) is None
        return Cell("driver", "done", seconds=seconds_between(main.since, changed(pod, "Ready")) if alone else None)
    if deleted(pod):
        return Cell("driver", "waiting", since=deleted(pod), text="the old driver is ending")
    return by_health("driver", health(pod, seat.moment))


def _no_driver(seat: Seat, done_before: frozenset[str]) -> Cell:
    policies = seat.moment.view.all("ClusterPolicy")
    if "nfd" not in done_before or not policies:
        return Cell("driver", "pending", text="next")
    if dig(policies[0], "spec", "driver", "enabled") is False:
        return Cell("driver", "failed", text="the ClusterPolicy has its driver switched off")
    if seat.moment.daemonsets.get("driver"):
        return absent(seat, "driver", "driver")
    return operator_reacts(seat, "driver", GPU_OPERATOR, policies[0])


def peermem(seat: Seat, done_before: frozenset[str]) -> Cell:
    """nvidia_peermem is loaded: beside the GPU operator's driver, or by the reloader of AKS's."""
    if seat.strategy != "gpu-operator":
        return by_pod(seat, "peermem", "peermem")
    pod = seat.pod("driver")
    if pod is None or "driver" not in done_before:
        return Cell("peermem", "pending", text="waits for the driver")
    loader = container(pod, _PEERMEM)
    if loader is None:
        return Cell("peermem", "failed", text="driver.rdma is off in the ClusterPolicy: nothing loads nvidia_peermem")
    if loader.ready:
        return done("peermem", pod)
    cell = by_health("peermem", health(pod, seat.moment))
    # It started together with the driver; when the driver was there, and its own time began, nothing tells.
    return replace(cell, since=cell.since if loader.restarts else None)


def toolkit(seat: Seat, done_before: frozenset[str]) -> Cell:
    """Ready says that it runs: it has no probe. What it does to containerd shows on the node."""
    needed = "peermem" if seat.rdma else "driver"
    if needed not in done_before and not pod_ready(seat.pod("toolkit")):
        return _later(seat, "toolkit", "toolkit", "waits for the driver")
    return by_pod(seat, "toolkit", "toolkit")


def plugin(seat: Seat, done_before: frozenset[str]) -> Cell:
    """All GPUs of the size can be allocated; the operators are content with one."""
    pod = seat.pod("plugin")
    offered = seat.allocatable(GPU)
    if offered is not None and offered >= seat.gpus:
        return done("plugin", pod) if pod else Cell("plugin", "done")
    if seat.strategy == "gpu-operator" and "toolkit" not in done_before:
        return _later(seat, "plugin", "plugin", "waits for the toolkit")
    cell = registering(seat, "plugin", pod, offered)
    return _short(cell, offered, seat.gpus) if offered and pod_ready(pod) else cell


def valid(seat: Seat, done_before: frozenset[str]) -> Cell:
    """The operator's validator has run a CUDA program on the node. It is Ready with one GPU: see `plugin`."""
    trial = seat.pod("cuda-validator")
    if trial and health(trial, seat.moment).state == "failed":
        return by_health("valid", health(trial, seat.moment))
    if "toolkit" not in done_before and not pod_ready(seat.pod("validator")):
        return _later(seat, "valid", "validator", "waits for the toolkit")
    return by_pod(seat, "valid", "validator")


def gpus(seat: Seat, _: frozenset[str]) -> Cell:
    """AKS's own device plugin is a service of the node: there is no pod to look at."""
    offered = seat.allocatable(GPU)
    if offered is not None and offered >= seat.gpus:
        return Cell("gpus", "done")
    cell = timed(seat, "gpus", "plugin", seat.ready_since)
    return _short(cell, offered, seat.gpus) if offered is not None else cell


def _later(seat: Seat, stage: str, role: str, text: str) -> Cell:
    """Not yet its turn: only trouble of its own is worth telling."""
    pod = seat.pod(role)
    found = health(pod, seat.moment) if pod else None
    if found and found.state in ("slow", "failed"):
        return by_health(stage, found)
    return Cell(stage, "pending", text=text)


def _short(cell: Cell, offered: float | None, wanted: int) -> Cell:
    text = f"{int(offered or 0)} of {wanted} GPUs offered"
    return Cell(cell.stage, cell.state, since=cell.since, text=text, step=cell.step)
