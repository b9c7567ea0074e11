"""What real operators did, replayed change by change: the timelines of the recordings' README."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from llmd_tui.rollout.stages import NodeProgress, node_stages
from llmd_tui.rollout.waits import judge
from tests.rollout.replay import GPU_NODES, Step, at, needs_recordings, play
from tests.rollout.seen import group_pods, pod_health

pytestmark = needs_recordings

OPERANDS = {"labels": GPU_NODES}
GPUS = {"labels": GPU_NODES, "resource": "nvidia.com/gpu", "each": 8}
RDMA = {"labels": GPU_NODES, "resource": "rdma/ib", "each": 8}

SMOOTH = [("smooth-h100-rdma", "gpu-operator", True), ("smooth-aks-driver", "aks-driver", False)]


def look(step: Step, strategy: str = "gpu-operator", rdma: bool = True) -> list[NodeProgress]:
    return node_stages(step.store, labels=GPU_NODES, strategy=strategy, rdma=rdma, gpus=8, now=step.now)


@cache
def done_at(name: str, strategy: str, rdma: bool) -> dict[tuple[int, str], list[float]]:
    """When each stage of each node became done, as often as it did. Nodes by number, `complete` included."""
    found: dict[tuple[int, str], list[float]] = {}
    before: set[tuple[int, str]] = set()
    for step in play(name):
        if step.kind == "Event":
            continue
        now: set[tuple[int, str]] = set()
        for row in look(step, strategy, rdma):
            number = int(row.node[-3:])
            now |= {(number, cell.stage) for cell in row.cells if cell.state == "done"}
            if row.stage == "complete":
                now.add((number, "complete"))
        for key in now - before:
            found.setdefault(key, []).append(step.t)
        before = now
    return found


def becomes_true(test: str, arguments: Mapping[str, Any], name: str) -> list[tuple[float, float]]:
    """From when to when it was true."""
    spells: list[tuple[float, float]] = []
    was = False
    for step in play(name):
        is_so = judge(test, arguments, step.store, step.now).done
        if is_so and not was:
            spells.append((step.t, float("inf")))
        if was and not is_so:
            spells[-1] = (spells[-1][0], step.t)
        was = is_so
    return spells


# --- the smooth ones


@pytest.mark.parametrize(("name", "strategy", "rdma"), SMOOTH)
@pytest.mark.parametrize("stretch", [1, 10])
def test_smooth_ones_end_complete_and_never_show_a_failure(
    name: str, strategy: str, rdma: bool, stretch: float
) -> None:
    """Ten times as slow they take as long as real nodes do, and nothing may be called slow either."""
    rows: list[NodeProgress] = []
    for step in play(name, stretch):
        if step.kind == "Event":
            continue
        rows = look(step, strategy, rdma)
        for row in rows:
            bad = [cell for cell in row.cells if cell.state in ("failed", "slow", "blocked")]
            assert not bad, f"{step.t}: {row.node} {bad}"
            assert row.state not in ("failed", "slow", "blocked"), f"{step.t}: {row}"
    assert [row.stage for row in rows] == ["complete"] * 3
    assert [row.gpus for row in rows] == [(8, 8)] * 3


@pytest.mark.parametrize("name", [name for name, _, _ in SMOOTH])
def test_smooth_ones_have_no_pod_in_trouble(name: str) -> None:
    for step in play(name, 10):
        if step.kind != "Pod" or int(step.t * 1000) % 3:  # a third of the moments tells as much
            continue
        for pod in step.store.all("Pod"):
            found = pod_health(pod, step.store, step.now)
            assert found.state not in ("failed", "slow", "blocked"), f"{step.t}: {found}"


@pytest.mark.parametrize("name", [name for name, _, _ in SMOOTH])
def test_at_a_smooth_end_every_pod_is_done_and_the_validators_completed(name: str) -> None:
    end = at(name, 1000)
    rows = group_pods(end.store.all("Pod"), end.store, end.now)
    assert {row.state for row in rows} == {"done"}
    assert sum(row.word == "completed" for row in rows) == 3


@pytest.mark.parametrize(
    ("stage", "times"),
    [
        ("nfd", (22.2, 22.2, 22.2)),
        ("ofed", (62.7, 65.5, 71.5)),
        ("rdma", (68.3, 72.3, 78.7)),
        ("driver", (97.5, 102.8, 115.3)),
        ("peermem", (100.4, 105.8, 118.3)),
        ("toolkit", (105.7, 111.3, 124.3)),
        ("plugin", (117.9, 124.3, 133.1)),
        ("valid", (127.5, 136.6, 145.1)),
        ("complete", (127.5, 136.6, 145.1)),
    ],
)
def test_stages_of_smooth_h100_rdma_are_done_once_when_the_timeline_says(stage: str, times: tuple[float, ...]) -> None:
    found = done_at("smooth-h100-rdma", "gpu-operator", True)
    for number, expected in enumerate(times):
        assert found[number, stage] == [pytest.approx(expected, abs=0.3)]


def test_gpus_of_smooth_aks_driver_come_when_the_timeline_says() -> None:
    found = done_at("smooth-aks-driver", "aks-driver", False)
    assert [found[number, "complete"][0] for number in range(3)] == pytest.approx([24.8, 25.8, 28.5], abs=0.3)
    assert all(len(times) == 1 for times in found.values())


def test_while_ofed_builds_the_driver_waits_and_the_rest_waits_for_the_driver() -> None:
    step = at("smooth-h100-rdma", 50)
    for row in look(step):
        assert (row.stage, row.state, row.text) == ("ofed", "running", "building OFED")
        assert {cell.stage: cell.state for cell in row.cells} == {
            "nfd": "done",
            "ofed": "running",
            "rdma": "pending",
            "driver": "waiting",
            "peermem": "pending",
            "toolkit": "pending",
            "plugin": "pending",
            "valid": "pending",
        }
    rows = {row.title: row for row in group_pods(step.store.all("Pod"), step.store, step.now)}
    assert (rows["15 pods of 5 DaemonSets"].word, rows["15 pods of 5 DaemonSets"].ready) == ("wait for driver", "0/15")
    assert rows["3 pods of nvidia-driver-daemonset"].word == "wait for OFED"
    assert sum(row.word == "building" for row in rows.values()) == 3


def test_plugin_pods_that_come_and_go_leave_no_mark() -> None:
    """25.5 to 28: the network operator makes and deletes them before OFED is there."""
    for step in play("smooth-h100-rdma", until=60):
        for row in look(step):
            assert row.cell("rdma").state == "pending"


# --- what must not be believed


def test_reconciled_of_half_a_second_is_not_believed() -> None:
    claimed = [
        step.t
        for step in play("smooth-h100-rdma", until=45)
        if judge(
            "condition", {"kind": "ClusterPolicy", "name": "cluster-policy", "type": "Ready"}, step.store, step.now
        ).done
    ]
    assert claimed
    assert 39.7 < min(claimed) <= max(claimed) < 40.2
    assert becomes_true("gpu-operator-ready", OPERANDS, "smooth-h100-rdma") == [
        (pytest.approx(145.6, abs=0.1), float("inf"))
    ]
    assert becomes_true("gpu-operator-ready", OPERANDS, "smooth-aks-driver") == [
        (pytest.approx(35.8, abs=0.1), float("inf"))
    ]


def test_nic_cluster_policy_of_half_a_second_is_not_believed() -> None:
    claimed = [
        step.t
        for step in play("smooth-h100-rdma", until=75)
        for policy in step.store.all("NicClusterPolicy")
        if (policy.get("status") or {}).get("state") == "ready"
    ]
    assert claimed
    assert 71.4 < min(claimed) <= max(claimed) < 72
    assert becomes_true("ofed-ready", OPERANDS, "smooth-h100-rdma") == [(pytest.approx(78.0, abs=0.1), float("inf"))]


def test_the_open_gate_before_ofed_is_not_believed() -> None:
    step = at("smooth-h100-rdma", 24)
    gates = [
        node["metadata"]["labels"]["network.nvidia.com/operator.mofed.wait"]
        for node in step.store.all("Node", labels=GPU_NODES)
    ]
    assert gates == ["false"] * 3
    assert not judge("ofed-ready", OPERANDS, step.store, step.now).done
    assert {row.cell("ofed").state for row in look(step)} == {"pending"}


def test_resources_are_allocatable_when_the_timeline_says() -> None:
    assert becomes_true("allocatable", GPUS, "smooth-h100-rdma") == [(pytest.approx(133.1, abs=0.1), float("inf"))]
    assert becomes_true("allocatable", RDMA, "smooth-h100-rdma") == [(pytest.approx(78.7, abs=0.1), float("inf"))]


# --- nodes that fall silent


def spell(first: float, last: float, every: float = 1) -> Iterator[Step]:
    """Moments of `nodes-notready`, about a second apart."""
    due = first
    for step in play("nodes-notready", until=last):
        if step.t >= due:
            due = step.t + every
            yield step


def test_silent_nodes_come_first_though_the_policy_says_reconciled() -> None:
    policy = {"kind": "ClusterPolicy", "name": "cluster-policy", "type": "Ready", "reason": "Reconciled"}
    for step in spell(201.6, 226.5, 0):
        assert judge("condition", policy, step.store, step.now).done
        assert not judge("gpu-operator-ready", OPERANDS, step.store, step.now).done
        assert not judge("ofed-ready", OPERANDS, step.store, step.now).done
        assert not judge("nodes-ready", {"labels": GPU_NODES, "count": 3}, step.store, step.now).done
        assert not judge("allocatable", GPUS, step.store, step.now).done
        assert [(row.stage, row.state) for row in look(step)] == [("node", "failed")] * 3


def test_all_pods_of_silent_nodes_have_one_cause_each() -> None:
    step = at("nodes-notready", 210)
    silent = [row for row in group_pods(step.store.all("Pod"), step.store, step.now) if row.word == "node not ready"]
    assert [(row.title, len(row.nodes)) for row in silent] == [("10 pods of 10 DaemonSets", 1)] * 3


def test_ofed_is_built_anew_when_they_come_back_and_nothing_else_is() -> None:
    for step in spell(232, 252, 4):
        for row in look(step):
            assert (row.stage, row.state, row.text) == ("ofed", "running", "building OFED")
            states = {cell.stage: cell.state for cell in row.cells}
            assert states.pop("ofed") == "running"
            assert states.pop("rdma") == "pending"
            assert set(states.values()) == {"done"}
    almost = at("nodes-notready", 264.3)
    assert not judge("ofed-ready", OPERANDS, almost.store, almost.now).done
    end = at("nodes-notready", 1000)
    assert judge("ofed-ready", OPERANDS, end.store, end.now).done
    assert [row.stage for row in look(end)] == ["complete"] * 3


def test_a_gate_that_flaps_does_not_show() -> None:
    """228.1 to 228.9: true, false, true on each node, while pods are replaced."""
    for step in spell(227.7, 257, 0):
        if step.kind == "Node":
            assert {row.cell("ofed").state for row in look(step)} == {"running"}


# --- taints that nobody tolerates

BOTH_TAINTS = "does not tolerate sku=gpu on 3 nodes and CriticalAddonsOnly=true on 2 nodes"


def test_the_hook_job_says_which_taints_keep_its_pod_off() -> None:
    early, late = at("tainted-out", 20), at("tainted-out", 45)
    for step, state in ((early, "pending"), (late, "slow")):
        (row,) = [r for r in group_pods(step.store.all("Pod"), step.store, step.now) if "keep-ncp" in r.title]
        assert (row.state, row.word, row.reason) == (state, "no node fits", BOTH_TAINTS)
    for row in look(late):
        assert (row.stage, row.state) == ("nfd", "slow")
        assert row.text == f"network-operator-keep-ncp: no node fits, {BOTH_TAINTS}"


def test_an_operator_that_cannot_be_placed_is_told_by_the_wait() -> None:
    before, after = at("tainted-out", 90), at("tainted-out", 109)
    gpu_operator = {"namespace": "gpu-operator", "name": "gpu-operator"}
    assert not judge("deployment-available", gpu_operator, before.store, before.now).done
    assert judge("deployment-available", gpu_operator, after.store, after.now).done


def test_a_policy_without_tolerations_is_a_failure_with_its_reason() -> None:
    for row in look(at("tainted-out", 90)):
        assert (row.stage, row.state) == ("ofed", "failed")
        assert row.text == "the NicClusterPolicy does not tolerate the taint sku=gpu"
        assert row.cell("rdma").state == "blocked"
        assert row.cell("nfd").state == "done"


def test_corrected_it_runs_to_the_end() -> None:
    assert {row.state for row in look(at("tainted-out", 120))} == {"running"}
    end = at("tainted-out", 1000)
    assert [row.stage for row in look(end)] == ["complete"] * 3
    assert becomes_true("gpu-operator-ready", OPERANDS, "tainted-out") == [
        (pytest.approx(223.7, abs=0.2), float("inf"))
    ]
