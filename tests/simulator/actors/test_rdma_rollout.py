"""The whole of strategy 1 on InfiniBand nodes, compared with recordings of the real operators."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from llmd_tui.kube.store import Store, View
from llmd_tui.objects import Object, condition, is_true, labels, name, status
from llmd_tui.rollout.stages import NodeProgress, node_stages
from llmd_tui.rollout.waits import judge
from tests.rollout.replay import _lines, needs_recordings
from tests.simulator.actors.installed import install
from tests.simulator.actors.theatre import CUSTOM, Line, Theatre, theatre

NODE = "vmss000000"
SRIOV = {"resourceList": [{"resourcePrefix": "rdma", "resourceName": "ib", "selectors": {"vendors": ["15b3"]}}]}
"""Azure's variant, which the recording has: one NIC, one `rdma/ib`."""


def rule() -> Object:
    features = {"vendor": {"op": "In", "value": ["15b3"]}, "class": {"op": "In", "value": ["0207"]}}
    matched = [{"feature": "pci.device", "matchExpressions": features}]
    entry = {"name": "ib", "labels": {"feature.node.kubernetes.io/pci-15b3.present": "true"}, "matchFeatures": matched}
    head = {"apiVersion": "nfd.k8s-sigs.io/v1alpha1", "kind": "NodeFeatureRule", "metadata": {"name": "infiniband"}}
    return {**head, "spec": {"rules": [entry]}}


def nic_cluster_policy() -> Object:
    import json

    expression = {"key": "feature.node.kubernetes.io/pci-15b3.present", "operator": "In", "values": ["true"]}
    term = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {
        "apiVersion": "mellanox.com/v1alpha1",
        "kind": "NicClusterPolicy",
        "metadata": {"name": "nic-cluster-policy"},
        "spec": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": term},
            "tolerations": [{"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}],
            "ofedDriver": {
                "image": "doca-driver",
                "repository": "nvcr.io/nvidia/mellanox",
                "version": "doca3.2.0-25.10-1.2.8.0-2",
                "upgradePolicy": {"autoUpgrade": True},
            },
            "sriovDevicePlugin": {
                "image": "sriov-network-device-plugin",
                "repository": "nvcr.io/nvidia/mellanox",
                "version": "network-operator-v25.10.0",
                "config": json.dumps(SRIOV),
            },
            "docaTelemetryService": {
                "image": "doca_telemetry",
                "repository": "nvcr.io/nvidia/doca",
                "version": "1.22.5-doca3.1.0-host",
            },
        },
    }


async def roll_out(stage: Theatre) -> None:
    """In the recording's order: labels first, then the policy, and the GPU operator while OFED compiles."""
    await asyncio.gather(stage.pool("system", "Standard_D8s_v5", 2, mode="System"), stage.gpus(2))
    await install(stage.cluster, "network-operator")
    await stage.cluster.apply(rule())
    labelled = "network.nvidia.com/operator.nic-configuration.wait"
    await stage.until("RDMA nodes known", lambda view: len(view.all("Node", None, {labelled: ""})) == 2)
    await stage.cluster.apply(nic_cluster_policy())
    await install(stage.cluster, "gpu-operator")
    await stage.until("GPU operator settled", lambda view: complete(stage))


def complete(stage: Theatre) -> bool:
    nodes = stage.tape.all("Node", labels=GPU)
    if any("nvidia.com/gpu" not in status(node)["allocatable"] for node in nodes):
        return False
    judged = (judge(test, arguments, stage.tape, stage.clock.now()).done for test, arguments in WAITS)
    return all(judged) and all(row.state == "done" for row in rows_of(stage.tape, stage.clock.now()))


def rows_of(view: View, now: datetime) -> Sequence[NodeProgress]:
    return node_stages(view, labels=GPU, strategy="gpu-operator", rdma=True, gpus=8, now=now)


@pytest.fixture(scope="module")
def played() -> Sequence[Line]:
    """What was seen of one rollout."""

    async def play() -> Sequence[Line]:
        async with theatre() as stage:
            stage.watch(*CUSTOM)
            await roll_out(stage)
            await stage.caught_up()
            return stage.tape.lines

    return asyncio.run(play())


GPU = {"sku": "gpu"}
WAITS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ofed-ready", {"labels": GPU}),
    ("gpu-operator-ready", {"labels": GPU}),
    ("allocatable", {"labels": GPU, "resource": "nvidia.com/gpu", "each": 8}),
    ("allocatable", {"labels": GPU, "resource": "rdma/ib", "each": 8}),
)


def recorded() -> list[Line]:
    return [Line(**line) for line in _lines("smooth-h100-rdma")]


def first_seen(lines: Iterable[Line], kind: str, test: Callable[[Object], bool]) -> float:
    return next(line.t for line in lines if line.kind == kind and test(line.object))


def label_order(lines: Iterable[Line]) -> list[str]:
    """Which labels, allocatable resources and annotations came to the first GPU node, each once, in order."""
    order: list[str] = []
    for line in lines:
        if line.kind != "Node" or not name(line.object).endswith(NODE) or "gpu" not in name(line.object):
            continue
        have = labels(line.object)
        here = [key for key in MARKS if key in have]
        here += [f"wait={have[WAIT]}"] if WAIT in have else []
        here += [key for key in ("nvidia.com/gpu", "rdma/ib") if key in status(line.object).get("allocatable", {})]
        for key in here:
            if key not in order or (key.startswith("wait=") and key != [k for k in order if k.startswith("wait=")][-1]):
                order.append(key)
    return order


WAIT = "network.nvidia.com/operator.mofed.wait"
MARKS = (
    "feature.node.kubernetes.io/pci-10de.present",
    "feature.node.kubernetes.io/pci-15b3.present",
    "network.nvidia.com/operator.nic-configuration.wait",
    "nvidia.com/ofed-driver-upgrade-state",
    "nvidia.com/gpu.present",
    "nvidia.com/gpu.count",
    "nvidia.com/gpu.deploy.mig-manager",
)


def test_ends_complete_without_a_failure_on_the_way(played: Sequence[Line]) -> None:
    store = Store()
    states: dict[str, str] = {}
    for line in played:
        store.apply(line.kind, line.type, line.object)
        if line.kind in ("Node", "DaemonSet", "Pod"):
            states |= {row.state: row.text for row in rows_of(store, datetime.fromtimestamp(line.t, UTC))}
    assert "failed" not in states, states["failed"]
    assert {"running", "done"} <= states.keys()


@needs_recordings
def test_labels_come_in_the_recorded_order(played: Sequence[Line]) -> None:
    assert label_order(played) == label_order(recorded())


@needs_recordings
def test_the_same_daemonsets_with_the_same_containers(played: Sequence[Line]) -> None:
    def made(lines: Iterable[Line]) -> dict[str, tuple[Any, ...]]:
        found: dict[str, tuple[Any, ...]] = {}
        for line in lines:
            if line.kind == "DaemonSet" and line.type == "ADDED":
                spec = line.object["spec"]["template"]["spec"]
                found[name(line.object)] = (
                    [c["name"] for c in spec.get("initContainers") or ()],
                    [(c["name"], c["image"]) for c in spec["containers"]],
                    line.object["spec"]["updateStrategy"]["type"],
                    spec.get("nodeSelector"),
                    spec.get("runtimeClassName"),
                    spec.get("priorityClassName"),
                    labels(line.object).get("nvidia.network-operator.state"),
                )
        return found

    here, there = made(played), made(recorded())
    ours = {key: value for key, value in here.items() if "node-feature-discovery" not in key}
    theirs = {key: value for key, value in there.items() if "node-feature-discovery" not in key}
    assert list(ours) == list(theirs)
    assert ours == theirs


@needs_recordings
def test_cluster_policy_says_what_it_said(played: Sequence[Line]) -> None:
    """Including the lie at the beginning: ready before any pod runs."""

    def conditions(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
        said: list[tuple[Any, ...]] = []
        for line in lines:
            if line.kind == "ClusterPolicy":
                good, bad = condition(line.object, "Ready") or {}, condition(line.object, "Error") or {}
                state = status(line.object).get("state")
                entry = (state, good.get("status"), good.get("reason"), bad.get("status"), bad.get("reason"))
                said += [entry] if not said or said[-1] != entry else []
        return said

    assert conditions(played) == conditions(recorded())


def test_no_pod_runs_while_the_first_reconciled_holds(played: Sequence[Line]) -> None:
    lines = played
    lie = first_seen(lines, "ClusterPolicy", lambda policy: is_true(policy, "Ready"))
    driver = first_seen(lines, "Pod", lambda pod: name(pod).startswith("nvidia-driver") and "phase" in status(pod))
    up = first_seen(
        lines, "Pod", lambda pod: name(pod).startswith("nvidia-driver") and status(pod).get("phase") == "Running"
    )
    assert lie < up
    assert driver < up


def test_plugin_pods_come_and_go_before_ofed_is_there(played: Sequence[Line]) -> None:
    lines = played
    ready = first_seen(lines, "Pod", lambda pod: name(pod).startswith("mofed") and is_true(pod, "Ready"))
    gone = [
        line.t
        for line in lines
        if line.kind == "Pod" and line.type == "DELETED" and "sriov-device-plugin" in name(line.object)
    ]
    assert len(gone) == 2
    assert all(t < ready for t in gone)


@needs_recordings
def test_events_in_the_recorded_words(played: Sequence[Line]) -> None:
    """Reason, type, component and the message without what differs from run to run."""

    def words(lines: Iterable[Line]) -> set[tuple[Any, ...]]:
        said: set[tuple[Any, ...]] = set()
        for line in lines:
            if line.kind == "Event":
                event = line.object
                component = event["source"].get("component") or event["reportingComponent"]
                message = event["message"] if event["reason"] in ("Unhealthy", "FailedCreatePodSandBox") else ""
                said.add((event["reason"], event["type"], event["involvedObject"]["kind"], component, message))
        return said

    theirs = words(recorded())
    ours = words(played)
    assert theirs <= ours
    extra = {entry[0] for entry in ours - theirs}
    # Plugin pods are refused when their node's label is gone before they are placed: a matter of milliseconds.
    assert extra <= {"NodeReady", "Killing", "Unhealthy", "ScalingReplicaSet", "FailedScheduling"}
