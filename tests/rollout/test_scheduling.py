import pytest

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.scheduling import message_counts, refusal, unplaced
from tests.rollout import made

SYSTEM = {"key": "CriticalAddonsOnly", "value": "true", "effect": "NoSchedule"}
PREEMPTION = "no new claims to deallocate, preemption: 0/5 nodes are available: 5 Preemption is not helpful."


def pending(message: str, reason: str = "Unschedulable", **spec: object) -> Object:
    refused = made.condition("PodScheduled", False, 40, reason=reason, message=message)
    return made.pod("p", [], on=None, phase="Pending", conditions=[refused], spec=dict(spec))


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        (
            f"0/5 nodes are available: 2 node(s) had untolerated taint(s), 3 Insufficient nvidia.com/gpu. {PREEMPTION}",
            [(2, "node(s) had untolerated taint(s)"), (3, "Insufficient nvidia.com/gpu")],
        ),
        (
            "0/3 nodes are available: 1 node(s) had untolerated taint {sku: gpu}, 2 node(s) didn't match Pod's node "
            "affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
            [(1, "node(s) had untolerated taint {sku: gpu}"), (2, "node(s) didn't match Pod's node affinity/selector")],
        ),
        ("0/1 nodes are available: 1 Too many pods.", [(1, "Too many pods")]),
        ("", []),
        ("waiting for something", []),
    ],
)
def test_the_scheduler_message_becomes_counts(message: str, counts: list[tuple[int, str]]) -> None:
    assert message_counts(message) == counts


def test_taints_are_read_from_the_nodes_because_the_scheduler_hides_them() -> None:
    view = made.store(
        *(made.node(f"gpu-{i}", taints=[made.SKU_TAINT]) for i in range(3)), made.node("system", taints=[SYSTEM])
    )
    pod = pending(f"0/4 nodes are available: 4 node(s) had untolerated taint(s). {PREEMPTION}")
    why = unplaced(pod, Moment(view, made.NOW))
    assert why is not None
    assert why.waits_for == ""
    assert why.reason == "does not tolerate sku=gpu on 3 nodes and CriticalAddonsOnly=true on 1 node"


def test_nodes_that_are_not_ready_yet_are_waited_for() -> None:
    fresh = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    view = made.store(made.node(ready=False, taints=[fresh, made.SKU_TAINT]))
    pod = pending("0/1 nodes are available: 1 node(s) had untolerated taint(s).", tolerations=made.TOLERATIONS)
    assert getattr(unplaced(pod, Moment(view, made.NOW)), "waits_for", "") == "a node"


@pytest.mark.parametrize(
    ("offers", "waits_for"),
    [({}, "nvidia.com/gpu"), ({"nvidia.com/gpu": "0"}, "nvidia.com/gpu"), ({"nvidia.com/gpu": "8"}, "")],
)
def test_gpus_are_on_their_way_only_while_no_node_offers_any(offers: dict[str, str], waits_for: str) -> None:
    view = made.store(made.node(offers=offers))
    pod = pending("0/1 nodes are available: 1 Insufficient nvidia.com/gpu.")
    assert getattr(unplaced(pod, Moment(view, made.NOW)), "waits_for", None) == waits_for


@pytest.mark.parametrize(
    ("message", "reason", "waits_for"),
    [
        ("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "Unschedulable", "its volume"),
        ("0/2 nodes are available: 2 cannot allocate all claims.", "Unschedulable", "its resource claim"),
        ("Scheduling is blocked due to non-empty scheduling gates", "SchedulingGated", "its scheduling gate"),
        ("0/2 nodes are available: 2 Too many pods.", "Unschedulable", ""),
    ],
)
def test_other_things_that_keep_a_pod_off(message: str, reason: str, waits_for: str) -> None:
    assert getattr(unplaced(pending(message, reason), Moment(made.store(), made.NOW)), "waits_for", None) == waits_for


def test_a_scheduled_pod_is_placed() -> None:
    assert unplaced(made.driver(), Moment(made.store(), made.NOW)) is None


def test_a_daemonset_refuses_a_node_for_its_taint_for_good_and_for_its_label_not() -> None:
    tainted = made.node(taints=[made.SKU_TAINT])
    blind = made.daemonset("worker", {}, tolerations=[])
    assert (found := refusal(blind, tainted)) and found.final and "sku=gpu" in found.reason
    choosy = made.daemonset("plugin", {}, selector={"open": "yes"})
    assert (found := refusal(choosy, tainted)) and not found.final and "open" in found.reason
    assert refusal(made.daemonset("driver", {}), tainted) is None


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "sku", "operator": "Exists"}, True),
        ({"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}, True),
        ({"key": "sku", "value": "gpu"}, True),
        ({"key": "sku", "value": "cpu"}, False),
        ({"key": "sku", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "nvidia.com/gpu", "operator": "Exists"}, False),
    ],
)
def test_tolerations(toleration: Object, tolerated: bool) -> None:
    found = refusal(made.daemonset("d", {}, tolerations=[toleration]), made.node(taints=[made.SKU_TAINT]))
    assert (found is None) == tolerated
