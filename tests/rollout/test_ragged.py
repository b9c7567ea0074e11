"""Controllers write objects piece by piece: whatever is missing, a judgement says something and never raises."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.presets.strategies import strategies
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.stages import node_stages, stages_of
from llmd_tui.rollout.times import WORST_FIRST
from llmd_tui.rollout.waits import TESTS, judge
from tests.examples import examples
from tests.rollout.made import NOW, SKU
from tests.rollout.seen import group_pods, pod_health

LABELS = [
    {"nvidia.com/ofed-driver": ""},
    {"app": "nvidia-driver-daemonset"},
    {"app": "nvidia-container-toolkit-daemonset"},
    {"app": "nvidia-device-plugin-daemonset"},
    {"app": "nvidia-operator-validator"},
    {"app": "nvidia-cuda-validator"},
    {"app": "sriovdp"},
    {"app": "gpu-operator"},
    {"app.kubernetes.io/name": "node-feature-discovery", "role": "worker"},
    {"app.kubernetes.io/name": "network-operator"},
    {"name": "nvidia-peermem-reloader"},
    {"app": "x"},
    {},
]

times = st.sampled_from(["2026-11-21T11:59:00Z", "2026-11-21T12:00:00.5Z", "2020-01-01T00:00:00Z", "", "soon", None])
statuses = st.sampled_from(["True", "False", "Unknown", "", None])
numbers = st.sampled_from([0, 1, 3, None])
containers = st.sampled_from(
    [
        "mofed-container",
        "k8s-driver-manager",
        "nvidia-driver-ctr",
        "nvidia-peermem-ctr",
        "toolkit-validation",
        "plugin-validation",
        "c",
    ]
)


def ragged(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Object]:
    """Any of the fields missing or null."""
    return st.fixed_dictionaries({}, optional={key: st.none() | value for key, value in fields.items()})


def lists(value: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(value, max_size=3)


conditions = lists(
    ragged(
        type=st.sampled_from(
            [
                "Ready",
                "PodScheduled",
                "Initialized",
                "PodReadyToStartContainers",
                "DisruptionTarget",
                "Available",
                "Error",
                "Accepted",
                "XIDErrors",
            ]
        ),
        status=statuses,
        reason=st.sampled_from(["Unschedulable", "Reconciled", "OperandNotReady", "DeletionByPodGC", ""]),
        message=st.sampled_from(
            [
                "0/5 nodes are available: 5 node(s) had untolerated taint(s).",
                "0/1 nodes are available: 1 Insufficient rdma/ib.",
                "[a b]",
                "",
            ]
        ),
        lastTransitionTime=times,
        observedGeneration=numbers,
    )
)
taints = lists(
    ragged(
        key=st.sampled_from(["sku", "node.kubernetes.io/not-ready"]), value=st.just("gpu"), effect=st.just("NoSchedule")
    )
)
state = ragged(
    running=ragged(startedAt=times),
    waiting=ragged(
        reason=st.sampled_from(["CrashLoopBackOff", "ErrImagePull", "PodInitializing", "CreateContainerError"]),
        message=st.text(max_size=5),
    ),
    terminated=ragged(exitCode=numbers, finishedAt=times, reason=st.just("OOMKilled")),
)
container_statuses = lists(
    ragged(
        name=containers, state=state, lastState=state, ready=st.booleans(), started=st.booleans(), restartCount=numbers
    )
)
container_specs = lists(ragged(name=containers, image=st.just("i"), restartPolicy=st.just("Always")))
owners = lists(
    ragged(
        kind=st.sampled_from(["Job", "DaemonSet", "ReplicaSet", "ClusterPolicy"]),
        name=st.just("o"),
        controller=st.booleans(),
    )
)


def whole(kind: str, names: st.SearchStrategy[str], **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Object]:
    """An object with what the API server guarantees: kind and name."""

    def build(name: str, metadata: Object, body: Object) -> Object:
        return {"kind": kind, **body, "metadata": {**metadata, "name": name}}

    metadata = ragged(
        namespace=st.sampled_from(["n", "gpu-operator"]),
        labels=st.sampled_from([*LABELS, SKU]),
        creationTimestamp=times,
        deletionTimestamp=times,
        generation=numbers,
        uid=st.just("u"),
        ownerReferences=owners,
    )
    return st.builds(build, names, metadata, ragged(**parts))


node_names = st.sampled_from(["gpu-0", "gpu-1"])
amounts = st.dictionaries(
    st.sampled_from(["nvidia.com/gpu", "rdma/ib", "cpu"]), st.sampled_from(["8", 0, "1k", "x", None]), max_size=2
)

nodes = whole(
    "Node",
    node_names,
    spec=ragged(taints=taints),
    status=ragged(conditions=conditions, allocatable=amounts, capacity=amounts),
)
pods = whole(
    "Pod",
    st.sampled_from(["p", "q", "r"]),
    spec=ragged(
        nodeName=node_names | st.just("gone"),
        containers=container_specs,
        initContainers=container_specs,
        tolerations=taints,
    ),
    status=ragged(
        phase=st.sampled_from(["Pending", "Running", "Succeeded", "Failed", "Unknown"]),
        conditions=conditions,
        containerStatuses=container_statuses,
        initContainerStatuses=container_statuses,
        reason=st.just("Evicted"),
    ),
)
template = ragged(
    metadata=ragged(labels=st.sampled_from(LABELS)), spec=ragged(nodeSelector=st.just(SKU), tolerations=taints)
)
workload_status = ragged(
    desiredNumberScheduled=numbers,
    numberAvailable=numbers,
    updatedNumberScheduled=numbers,
    observedGeneration=numbers,
    replicas=numbers,
    updatedReplicas=numbers,
    availableReplicas=numbers,
    conditions=conditions,
)
events = whole(
    "Event",
    st.sampled_from(["e", "f"]),
    involvedObject=ragged(uid=st.just("u"), fieldPath=st.sampled_from(["spec.containers{c}", "spec"])),
    reason=st.sampled_from(["Pulling", "Pulled", "Unhealthy", "FailedCreate", "FailedCreatePodSandBox"]),
    message=st.sampled_from(['Successfully pulled image "i" in 1m2s', "desc = no", ""]),
    lastTimestamp=times,
)
policy_status = ragged(
    state=st.just("ready"),
    appliedStates=lists(ragged(name=st.just("state-OFED"), state=st.just("ready"))),
)
slice_spec = ragged(
    driver=st.just("dra.net"),
    nodeName=node_names,
    pool=ragged(name=st.just("p"), generation=numbers, resourceSliceCount=numbers),
    devices=lists(ragged(name=st.just("ib0"))),
)
route_parents = lists(ragged(parentRef=ragged(name=st.just("g")), name=st.just("g"), conditions=conditions))
single = st.just("o")
others = (
    whole("DaemonSet", st.sampled_from(["o", "d"]), spec=ragged(template=template), status=workload_status)
    | whole("Deployment", single, spec=ragged(replicas=numbers), status=workload_status)
    | whole("Job", single, status=ragged(conditions=conditions))
    | whole("ClusterPolicy", single, status=ragged(conditions=conditions, state=st.just("ready")))
    | whole("NicClusterPolicy", single, spec=ragged(tolerations=taints), status=policy_status)
    | whole("NodeFeature", node_names)
    | whole("Gateway", single, status=ragged(conditions=conditions, addresses=lists(ragged(value=st.just("1.2.3.4")))))
    | whole("HTTPRoute", single, spec=ragged(parentRefs=route_parents), status=ragged(parents=route_parents))
    | whole("CustomResourceDefinition", single, status=ragged(conditions=conditions))
    | whole("ResourceSlice", single, spec=slice_spec)
)
worlds = st.tuples(lists(nodes), st.lists(pods, max_size=6), lists(events), st.lists(others, max_size=6)).map(
    lambda parts: [obj for part in parts for obj in part]
)

ARGUMENTS: dict[str, Any] = {
    "labels": SKU,
    "namespace": None,
    "name": "o",
    "names": ["o"],
    "kind": "Gateway",
    "type": "Accepted",
    "count": 1,
    "resource": "nvidia.com/gpu",
    "each": 8,
    "driver": "dra.net",
}


def seen(world: list[Object]) -> Store:
    store = Store()
    for obj in world:
        store.apply(obj["kind"], "ADDED", obj)
    return store


@pytest.mark.parametrize("test", sorted(TESTS))
@settings(max_examples=examples(60))
@given(world=worlds)
def test_a_judgement_never_raises_and_is_never_done_of_nothing(test: str, world: list[Object]) -> None:
    found = judge(test, ARGUMENTS, seen(world), NOW)
    assert found.text
    assert not (found.done and found.failed)
    if found.count:
        assert not found.done or found.count[0] >= found.count[1] > 0
    assert not judge(test, ARGUMENTS, Store(), NOW).done


@settings(max_examples=examples(400))
@given(worlds)
def test_every_pod_has_a_state_and_a_word(world: list[Object]) -> None:
    view = seen(world)
    for pod in view.all("Pod"):
        found = pod_health(pod, view, NOW)
        assert found.state in WORST_FIRST
        assert found.word
        assert bool(found.waits_for) <= (found.state in ("waiting", "blocked"))
        assert isinstance(role_of(pod), str)
    rows = group_pods(view.all("Pod"), view, NOW)
    assert sum(len(row.pods) for row in rows) == len(view.all("Pod"))
    assert [WORST_FIRST.index(row.state) for row in rows] == sorted(WORST_FIRST.index(row.state) for row in rows)
    assert len({row.key for row in rows}) == len(rows)


@settings(max_examples=examples(300))
@given(world=worlds, strategy=st.sampled_from([s.name for s in strategies()]), rdma=st.booleans())
def test_every_node_has_a_row_with_all_its_cells(world: list[Object], strategy: str, rdma: bool) -> None:
    view = seen(world)
    rows = node_stages(view, labels=SKU, strategy=strategy, rdma=rdma, gpus=8, now=NOW)
    columns = [stage.name for stage in stages_of(strategy, rdma)]
    for row in rows:
        assert [cell.stage for cell in row.cells] == columns
        assert row.stage in (*columns, "node", "complete")
        assert (row.state == "done") == (row.stage == "complete")
        assert row.text
        if row.stage == "complete":
            assert all(cell.state == "done" for cell in row.cells)
            assert row.gpus[0] >= row.gpus[1]
    assert {row.node for row in rows} >= {node["metadata"]["name"] for node in view.all("Node", labels=SKU)}
