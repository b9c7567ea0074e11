from collections.abc import Mapping
from typing import Any

import pytest

from llmd_tui.objects import Object
from llmd_tui.plan.commands import WAITS
from llmd_tui.rollout.progress import Progress
from llmd_tui.rollout.waits import KINDS, TESTS, judge
from tests.rollout import made
from tests.rollout.made import NFD, OPEN, condition, running, waiting

NODES: dict[str, Any] = {"labels": made.SKU}


def ask(test: str, arguments: Mapping[str, Any], *objects: Object) -> Progress:
    return judge(test, arguments, made.store(*objects), made.NOW)


def test_every_test_of_a_plan_can_be_judged() -> None:
    assert set(TESTS) == set(WAITS)
    assert set(TESTS) - set(KINDS) == {"condition", "exists"}


# --- nodes and what they offer


def test_nodes_ready_counts_ready_ones() -> None:
    arguments = {**NODES, "count": 2}
    assert not ask("nodes-ready", arguments).done
    found = ask("nodes-ready", arguments, made.node("a"), made.node("b", ready=False))
    assert (found.done, found.count, found.subjects) == (False, (1, 2), ("b",))
    assert ask("nodes-ready", arguments, made.node("a"), made.node("b")).done
    assert ask("nodes-ready", arguments, made.node("a"), made.node("b"), made.node("c", ready=False)).done


def test_allocatable_needs_a_ready_node_and_the_full_number() -> None:
    arguments = {**NODES, "resource": "nvidia.com/gpu", "each": 8}
    eight, seven = {"nvidia.com/gpu": "8"}, {"nvidia.com/gpu": "7"}
    assert not ask("allocatable", arguments).done
    assert ask("allocatable", arguments, made.node(offers=eight)).done
    assert not ask("allocatable", arguments, made.node(offers=eight, ready="Unknown")).done
    found = ask("allocatable", arguments, made.node("a", offers=eight), made.node("b", offers=seven), made.node("c"))
    assert found.text == "1 of 3 nodes offer nvidia.com/gpu 8; 1 × not registered yet and 1 × offers 7"
    assert (found.count, found.subjects) == ((1, 3), ("b", "c"))


def test_a_node_that_vanished_is_missed_when_the_count_is_known() -> None:
    arguments = {**NODES, "resource": "rdma/ib", "each": 1, "count": 2}
    found = ask("allocatable", arguments, made.node(offers={"rdma/ib": "1k"}))
    assert (found.done, found.count) == (False, (1, 2))


def test_resource_slices_are_counted_by_node() -> None:
    arguments = {**NODES, "driver": "dra.net"}
    published = {
        "kind": "ResourceSlice",
        "metadata": {"name": "s"},
        "spec": {"driver": "dra.net", "nodeName": "a", "pool": {"name": "a"}, "devices": [{"name": "ib0"}]},
    }
    assert ask("resource-slices", arguments, made.node("a"), published).done
    found = ask("resource-slices", arguments, made.node("a"), made.node("b"), published)
    assert (found.done, found.subjects) == (False, ("b",))
    assert not ask("resource-slices", {**NODES, "driver": "gpu.nvidia.com"}, made.node("a"), published).done


# --- the operators


def network_operator(*, state: str = "ready", plugins: int = 1, ofed_state: str = "ready") -> list[Object]:
    states = [{"name": "state-OFED", "state": ofed_state}, {"name": "state-multus-cni", "state": "ignore"}]
    policy = {
        "kind": "NicClusterPolicy",
        "metadata": {"name": "n"},
        "status": {"state": state, "appliedStates": states},
    }
    label = "nvidia.network-operator.state"
    drivers = made.daemonset("mofed", {"nvidia.com/ofed-driver": ""}, labels={label: "state-OFED"})
    plugin = made.daemonset("dp", {"app": "sriovdp"}, labels={label: "state-SRIOV"}, selector=OPEN, desired=plugins)
    return [policy, drivers, plugin]


OPENED = made.node(labels={**NFD, **OPEN})


def test_ofed_is_ready_when_all_agree() -> None:
    assert ask("ofed-ready", NODES, OPENED, made.mofed(), *network_operator()).done


@pytest.mark.parametrize(
    ("objects", "text"),
    [
        ([made.node(), made.mofed(), *network_operator()], "InfiniBand not labelled yet"),
        ([OPENED, *network_operator()], "no OFED pod yet"),
        ([OPENED, made.mofed(deletionTimestamp=made.ago(-60)), *network_operator()], "OFED terminating"),
        (
            [OPENED, made.mofed(running("mofed-container", ready=False, started=False)), *network_operator()],
            "OFED building",
        ),
        ([made.node(labels=NFD), made.mofed(), *network_operator()], "not opened by the network operator yet"),
        ([made.node(labels={**NFD, **OPEN}, ready="Unknown"), made.mofed(), *network_operator()], "not Ready"),
        ([OPENED, made.mofed()], "there is no NicClusterPolicy"),
        ([OPENED, made.mofed(), *network_operator(state="notReady")], "NicClusterPolicy is not ready"),
        ([OPENED, made.mofed(), *network_operator(ofed_state="notReady")], "state-OFED"),
        ([OPENED, made.mofed(), *network_operator(plugins=0)], "dp wants 0 pods, OFED runs on 1 nodes"),
        (network_operator(), "0 of 1 node"),
    ],
)
def test_ofed_is_not_ready_while_anything_disagrees(objects: list[Object], text: str) -> None:
    found = ask("ofed-ready", NODES, *objects)
    assert not found.done
    assert text in found.text


def policy(ready: str = "True", reason: str = "Reconciled", error: str = "False", state: str = "ready") -> Object:
    conditions = [
        condition("Ready", ready, reason=reason, message=""),
        condition("Error", error, reason="OperandNotReady", message="not ready: [state-driver state-dcgm]"),
    ]
    status = {"state": state, "conditions": conditions}
    return {"kind": "ClusterPolicy", "metadata": {"name": "cluster-policy"}, "status": status}


def operands(**plugin: Any) -> list[Object]:
    return [
        made.daemonset("plugin", {"app": "nvidia-device-plugin-daemonset"}, owner="ClusterPolicy", **plugin),
        made.daemonset("validator", {"app": "nvidia-operator-validator"}, owner="ClusterPolicy"),
        made.daemonset(
            "mps", {"app": "x"}, owner="ClusterPolicy", desired=0, selector={"nvidia.com/mps.capable": "true"}
        ),
    ]


def test_the_gpu_operator_is_judged_by_its_conditions_and_never_by_its_state() -> None:
    assert ask("gpu-operator-ready", NODES, made.node(), policy(), *operands()).done
    assert ask("gpu-operator-ready", NODES, made.node(), policy(state="notReady"), *operands()).done
    stale = ask("gpu-operator-ready", NODES, made.node(), policy("False", "Error", "True"), *operands())
    assert (stale.done, stale.text) == (False, "ClusterPolicy waits for state-driver and state-dcgm")


@pytest.mark.parametrize("reason", ["NoGPUNodes", "NFDLabelsMissing", ""])
def test_a_ready_for_another_reason_is_not_believed(reason: str) -> None:
    assert not ask("gpu-operator-ready", NODES, made.node(), policy(reason=reason), *operands()).done


@pytest.mark.parametrize(
    "objects",
    [
        [made.node(ready="Unknown"), policy(), *operands()],
        [made.node(), policy()],
        [made.node(), policy(), *operands(desired=0)],
        [made.node(), policy(), *operands(observed=None)],
        [made.node(), policy(), *operands(available=0)],
        [made.node("a"), made.node("b"), policy(), *operands()],
        [made.node(), {"kind": "ClusterPolicy", "metadata": {"name": "cluster-policy"}}, *operands()],
        [policy(), *operands()],
    ],
)
def test_reconciled_is_not_believed_alone(objects: list[Object]) -> None:
    assert not ask("gpu-operator-ready", NODES, *objects).done


def test_a_second_policy_without_status_is_ignored() -> None:
    second: Object = {"kind": "ClusterPolicy", "metadata": {"name": "a-second"}}
    assert ask("gpu-operator-ready", NODES, made.node(), second, policy(), *operands()).done


# --- workloads


def deployment(wanted: int = 2, *, generation: int = 1, available: bool = True, **status: int) -> Object:
    counts = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "observedGeneration": 1, **status}
    return {
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "n", "generation": generation},
        "spec": {"replicas": wanted},
        "status": {**counts, "conditions": [condition("Available", available)]},
    }


@pytest.mark.parametrize(
    ("found", "done"),
    [
        (deployment(), True),
        (deployment(generation=2), False),
        (deployment(available=False), False),
        (deployment(updatedReplicas=1), False),
        (deployment(availableReplicas=1), False),
        (deployment(3), False),
        (deployment(0), False),
        (deployment(1, replicas=2, updatedReplicas=1, availableReplicas=2), False),
    ],
)
def test_a_deployment_is_available_in_this_revision_alone(found: Object, done: bool) -> None:
    assert ask("deployment-available", {"namespace": "n", "name": "d"}, found).done == done


def test_a_deployment_that_stalls_says_so() -> None:
    found = deployment(availableReplicas=0)
    found["status"]["conditions"].append(condition("Progressing", False, reason="ProgressDeadlineExceeded"))
    told = ask("deployment-available", {"namespace": "n", "name": "d"}, found).text
    assert told == "d has 0 of 2 pods; Progressing is False: ProgressDeadlineExceeded"
    assert not ask("deployment-available", {"namespace": "other", "name": "d"}, found).done


@pytest.mark.parametrize(
    ("given", "done"),
    [
        ({}, True),
        ({"desired": 0}, False),
        ({"observed": None}, False),
        ({"observed": 0}, False),
        ({"available": 1}, False),
        ({"updated": 1}, False),
        ({"desired": 1}, False),
    ],
)
def test_a_daemonset_is_ready_when_it_wants_enough_and_has_it(given: dict[str, Any], done: bool) -> None:
    arguments: dict[str, Any] = {"desired": 2, **given}
    found = made.daemonset("ds", {}, namespace="n", labels={"a": "b"}, **arguments)
    assert ask("daemonset-ready", {"namespace": "n", "name": "ds", "minimum": 2}, found).done == done
    assert ask("daemonset-ready", {"namespace": "n", "labels": {"a": ""}, "minimum": 2}, found).done == done


def test_several_daemonsets_count_together() -> None:
    sets = [made.daemonset(name, {}, namespace="n", labels={"kernel": name}) for name in ("a", "b")]
    arguments = {"namespace": "n", "labels": {"kernel": ""}, "minimum": 2}
    assert ask("daemonset-ready", arguments, *sets).done
    found = ask(
        "daemonset-ready",
        arguments,
        sets[0],
        made.daemonset("b", {}, namespace="n", labels={"kernel": "b"}, available=0),
    )
    assert (found.done, found.count, found.subjects) == (False, (1, 2), ("b",))
    assert not ask("daemonset-ready", arguments).done


def test_pods_are_ready_by_condition_on_nodes_that_are_there() -> None:
    arguments = {"namespace": "n", "labels": {"role": "decode"}, "count": 2}

    def pod(name: str, **more: Any) -> Object:
        return made.pod(name, [running("m")], labels={"role": "decode"}, namespace="n", **more)

    assert ask("pods-ready", arguments, made.node(), pod("a"), pod("b")).done
    for other in (
        pod("b", ready=False),
        pod("b", on="gone"),
        pod("b", deletionTimestamp=made.ago(-30)),
        pod("b", phase="Pending", on=None, ready=False),
    ):
        found = ask("pods-ready", arguments, made.node(), pod("a"), other)
        assert (found.done, found.count) == (False, (1, 2))
        assert found.subjects == ("b",)
    assert not ask("pods-ready", {**arguments, "count": 0}, made.node()).done


def test_a_pod_that_failed_never_succeeds() -> None:
    arguments = {"namespace": "gpu-operator", "name": "p"}
    assert ask("pod-succeeded", arguments, made.pod("p", [made.ended("c")], phase="Succeeded")).done
    failed = ask("pod-succeeded", arguments, made.pod("p", [made.ended("c", 1)], phase="Failed"))
    assert (failed.done, failed.failed, failed.text) == (False, True, "p failed: ended with exit code 1")
    goes_on = ask("pod-succeeded", arguments, made.node(), made.pod("p", [waiting("c")], phase="Pending"))
    assert (goes_on.done, goes_on.failed) == (False, False)


# --- single objects


def with_conditions(kind: str, *conditions: Object, generation: int = 1, **status: Any) -> Object:
    metadata = {"name": "o", "namespace": "n", "generation": generation}
    return {"kind": kind, "metadata": metadata, "status": {"conditions": list(conditions), **status}}


def test_crds_are_established_all_of_them() -> None:
    def crd(name: str, **metadata: Any) -> Object:
        status = {"conditions": [condition("Established", True)]}
        return {"kind": "CustomResourceDefinition", "metadata": {"name": name, **metadata}, "status": status}

    arguments = {"names": ["a", "b"]}
    assert ask("crds-established", arguments, crd("a"), crd("b")).done
    assert ask("crds-established", arguments, crd("a")).subjects == ("b",)
    assert not ask("crds-established", arguments, crd("a"), crd("b", deletionTimestamp=made.ago(1))).done


def test_a_condition_is_of_this_generation() -> None:
    arguments = {"kind": "LeaderWorkerSet", "name": "o", "namespace": "n", "type": "Available"}
    assert not ask("condition", arguments).done
    assert ask("condition", arguments, with_conditions("LeaderWorkerSet", condition("Available", True))).done
    old = condition("Available", True, observedGeneration=1)
    assert not ask("condition", arguments, with_conditions("LeaderWorkerSet", old, generation=2)).done
    assert not ask(
        "condition",
        arguments,
        with_conditions("LeaderWorkerSet", condition("Available", True), generation=2, observedGeneration=1),
    ).done
    right = with_conditions("LeaderWorkerSet", condition("Available", True, reason="AllReady"))
    assert ask("condition", {**arguments, "reason": "AllReady"}, right).done
    assert not ask("condition", {**arguments, "reason": "Other"}, right).done


def test_a_gateway_is_programmed() -> None:
    arguments = {"namespace": "n", "name": "o"}
    programmed = [
        condition("Accepted", True, observedGeneration=1),
        condition("Programmed", True, observedGeneration=1),
    ]
    addresses = [{"value": "10.0.0.7"}]
    assert ask("gateway-programmed", arguments, with_conditions("Gateway", *programmed, addresses=addresses)).text == (
        "Gateway o programmed at 10.0.0.7"
    )
    assert not ask("gateway-programmed", arguments, with_conditions("Gateway", *programmed, generation=2)).done
    no = condition("Programmed", False, reason="AddressNotAssigned", message="no public IP left")
    told = ask("gateway-programmed", arguments, with_conditions("Gateway", no)).text
    assert told == "Gateway o: Programmed is False: AddressNotAssigned, no public IP left"
    refused = condition("Accepted", False, reason="InvalidParameters")
    assert not ask("gateway-programmed", arguments, with_conditions("Gateway", refused, *programmed[1:])).done


def route(*answers: Object, parents: int = 1, generation: int = 1) -> Object:
    refs = [{"name": f"gateway-{i}"} for i in range(parents)]
    return {
        "kind": "HTTPRoute",
        "metadata": {"name": "o", "namespace": "n", "generation": generation},
        "spec": {"parentRefs": refs},
        "status": {"parents": list(answers)},
    }


def answer(parent: int = 0, *, accepted: bool = True, resolved: bool = True) -> Object:
    reference = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "n", "name": f"gateway-{parent}"}
    conditions = [
        condition(
            "Accepted", accepted, observedGeneration=1, reason="NoMatchingParent" if not accepted else "Accepted"
        ),
        condition("ResolvedRefs", resolved, observedGeneration=1, reason="ok" if resolved else "BackendNotFound"),
    ]
    return {"parentRef": reference, "conditions": conditions}


@pytest.mark.parametrize(
    ("found", "done"),
    [
        (route(answer()), True),
        (route(), False),
        (route(answer(accepted=False)), False),
        (route(answer(resolved=False)), False),
        (route(answer(), parents=2), False),
        (route(answer(0), answer(1), parents=2), True),
        (route(answer(0), answer(1, resolved=False), parents=2), False),
        (route(answer(), generation=2), False),
        (route(parents=0), False),
    ],
)
def test_a_route_is_accepted_by_every_parent_it_names(found: Object, done: bool) -> None:
    assert ask("route-accepted", {"namespace": "n", "name": "o"}, found).done == done


def test_exists_is_not_being_deleted() -> None:
    arguments = {"kind": "Secret", "name": "o", "namespace": "n"}
    secret: Object = {"kind": "Secret", "metadata": {"name": "o", "namespace": "n"}}
    assert ask("exists", arguments, secret).done
    assert not ask("exists", arguments).done
    going = {**secret, "metadata": {**secret["metadata"], "deletionTimestamp": made.ago(1)}}
    assert not ask("exists", arguments, going).done


def test_an_unknown_test_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        ask("pods-happy", {})


def test_texts_do_not_change_as_time_passes() -> None:
    """They are told when they change: a running time in them would be news every second."""
    view = made.store(OPENED, made.mofed(running("mofed-container", ready=False, started=False)), *network_operator())
    later = made.NOW.replace(minute=3)
    assert judge("ofed-ready", NODES, view, made.NOW) == judge("ofed-ready", NODES, view, later)
