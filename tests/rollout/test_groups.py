from llmd_tui.objects import Object
from llmd_tui.rollout.groups import PodRow
from tests.rollout import made
from tests.rollout.made import operand, running, waiting
from tests.rollout.seen import group_pods

OPERANDS = ("gpu-feature-discovery", "nvidia-dcgm-exporter", "nvidia-device-plugin-daemonset")
SETS = [made.daemonset("driver", {"app": "nvidia-driver-daemonset"})]


def building(on: str) -> Object:
    return made.driver(running("nvidia-driver-ctr", ready=False, started=False), name=f"driver-{on}", on=on)


def crashing(on: str) -> Object:
    loop = waiting("nvidia-driver-ctr", "CrashLoopBackOff", restarts=3, last={"exitCode": 1})
    return made.driver(loop, name=f"driver-{on}", on=on)


def waiters(on: str) -> list[Object]:
    return [operand(app, waiting("c"), inits=[waiting("toolkit-validation")], on=on) for app in OPERANDS]


def rows(*pods: Object) -> list[PodRow]:
    view = made.store(made.node("gpu-0"), made.node("gpu-1"), *SETS, *pods)
    return group_pods(pods, view, made.NOW)


def test_pods_that_wait_for_the_same_thing_are_one_row() -> None:
    building_row, _, group, well = rows(
        building("gpu-0"), building("gpu-1"), *waiters("gpu-0"), *waiters("gpu-1"), made.mofed()
    )
    assert (building_row.title, building_row.word) == ("driver-gpu-0", "building")
    assert (group.title, group.word, group.ready) == ("6 pods of 3 DaemonSets", "wait for driver", "0/6")
    assert group.state == "waiting"
    assert group.nodes == ("gpu-0", "gpu-1")
    assert well.state == "done"


def test_what_a_failure_blocks_stands_apart_from_what_waits() -> None:
    found = rows(crashing("gpu-0"), building("gpu-1"), *waiters("gpu-0"), *waiters("gpu-1"))
    assert [(row.state, row.nodes) for row in found] == [
        ("failed", ("gpu-0",)),
        ("running", ("gpu-1",)),
        ("waiting", ("gpu-1",)),
        ("blocked", ("gpu-0",)),
    ]
    assert len({row.key for row in found}) == len(found)


def test_one_that_waits_alone_keeps_its_row() -> None:
    _, alone = rows(building("gpu-0"), waiters("gpu-0")[0])
    assert (alone.title, alone.word) == ("gpu-feature-discovery-gpu-0", "waits for driver")


def test_pods_of_one_workload_name_it() -> None:
    message = "0/2 nodes are available: 2 Insufficient nvidia.com/gpu."
    refused = made.condition("PodScheduled", False, 40, reason="Unschedulable", message=message)
    owner = ("ReplicaSet", "decode-7f6c9d58b4")
    pods = [
        made.pod(
            f"decode-{i}",
            [],
            on=None,
            phase="Pending",
            conditions=[refused],
            owner=owner,
            labels={"pod-template-hash": "7f6c9d58b4"},
        )
        for i in range(3)
    ]
    (row,) = rows(*pods)
    assert (row.title, row.word, row.nodes) == ("3 pods of decode", "wait for nvidia.com/gpu", ())


def test_thirty_pods_of_a_silent_node_have_one_cause() -> None:
    pods = [made.pod(f"p{i}", [running("c")], owner=("DaemonSet", f"d{i}")) for i in range(30)]
    view = made.store(made.node(ready="Unknown", since=50), *pods)
    (row,) = group_pods(pods, view, made.NOW)
    assert (row.title, row.word) == ("30 pods of 30 DaemonSets", "node not ready")
