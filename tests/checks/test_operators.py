"""The operators: neither `Running` nor `Reconciled` alone is believed; completed jobs are no failures."""

from pathlib import Path

import pytest

from llmd_tui.clock import Clock
from tests.checks.town import Town, judged
from tests.rollout.replay import at, needs_recordings


def moment(name: str, t: float) -> tuple[Town, Clock]:
    """The cluster at a moment of a recording, and a clock that stands there."""
    step = at(name, t)
    kinds = ("Node", "Pod", "DaemonSet", "Deployment", "Job", "ClusterPolicy", "NicClusterPolicy")
    town = Town([{**obj, "kind": kind} for kind in kinds for obj in step.store.all(kind)])
    return town, Clock(speed=0.0, start=step.now.timestamp())


@needs_recordings
@pytest.mark.parametrize(
    ("t", "result", "why"),
    [
        (39.9, "fail", "Reconciled for a moment, before a pod has started"),
        (100.0, "fail", "drivers being built"),
        (158.9, "pass", "all there"),
    ],
)
async def test_gpu_operator(tmp_path: Path, t: float, result: str, why: str) -> None:
    town, clock = moment("smooth-h100-rdma", t)
    line = await judged(tmp_path, town, "gpu-operator-pods", clock=clock, nodes=3)
    assert line.result == result, (why, line)
    if result == "pass":
        assert "completed" in line.evidence


@needs_recordings
@pytest.mark.parametrize(("t", "result"), [(25.0, "fail"), (71.6, "fail"), (158.9, "pass")])
async def test_network_operator(tmp_path: Path, t: float, result: str) -> None:
    """At 71.6 the NicClusterPolicy says `ready` for 0.4 s."""
    town, clock = moment("smooth-h100-rdma", t)
    assert (await judged(tmp_path, town, "network-operator-pods", clock=clock, nodes=3)).result == result


@needs_recordings
async def test_silent_nodes_are_seen_although_the_status_is_well(tmp_path: Path) -> None:
    town, clock = moment("nodes-notready", 215.0)
    assert (await judged(tmp_path, town, "gpu-operator-pods", clock=clock, nodes=3)).result == "fail"


@needs_recordings
async def test_fewer_nodes_than_planned_are_no_pass(tmp_path: Path) -> None:
    town, clock = moment("smooth-h100-rdma", 158.9)
    assert (await judged(tmp_path, town, "gpu-operator-pods", clock=clock, nodes=4)).result == "fail"


async def test_an_operator_that_started_nothing(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town([]), "gpu-operator-pods")
    assert (line.result, line.evidence) == ("fail", "no pods in gpu-operator")
