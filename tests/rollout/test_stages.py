from itertools import product

import pytest

from llmd_tui.objects import Object
from llmd_tui.presets.strategies import strategies
from llmd_tui.rollout.stages import NodeProgress, node_stages, stages_of
from llmd_tui.rollout.times import step, steps, works
from tests.rollout import made
from tests.rollout.made import DEPLOY, NFD, OPEN, operand, running, waiting

STRATEGIES = [strategy.name for strategy in strategies()]
ALL = {**NFD, **OPEN, **DEPLOY}
OFFERS = {"nvidia.com/gpu": "8", "rdma/ib": "8"}
DRIVER_SET = made.daemonset(
    "driver", {"app": "nvidia-driver-daemonset"}, selector={"nvidia.com/gpu.deploy.driver": "true"}
)
OFED_SET = made.daemonset("mofed", {"nvidia.com/ofed-driver": ""})
POLICY = {"kind": "ClusterPolicy", "metadata": {"name": "cluster-policy", "creationTimestamp": made.ago(30)}}
NIC_POLICY = {"kind": "NicClusterPolicy", "metadata": {"name": "nic-cluster-policy", "creationTimestamp": made.ago(30)}}


def stack(on: str = "gpu-0", *, driver: Object | None = None) -> list[Object]:
    """The pods of a finished node, strategy gpu-operator with RDMA."""
    return [
        made.mofed(on=on, name=f"mofed-{on}"),
        driver or made.driver(on=on, name=f"driver-{on}"),
        operand("rdma-shared-dp", running("dp"), on=on),
        operand("nvidia-container-toolkit-daemonset", running("nvidia-container-toolkit-ctr"), on=on),
        operand("nvidia-device-plugin-daemonset", running("nvidia-device-plugin"), on=on),
        operand("nvidia-operator-validator", running("nvidia-operator-validator"), on=on),
    ]


def look(*objects: Object, strategy: str = "gpu-operator", rdma: bool = True) -> NodeProgress:
    (row,) = node_stages(made.store(*objects), labels=made.SKU, strategy=strategy, rdma=rdma, gpus=8, now=made.NOW)
    return row


def states(row: NodeProgress) -> dict[str, str]:
    return {cell.stage: cell.state for cell in row.cells}


@pytest.mark.parametrize(("strategy", "rdma"), list(product(STRATEGIES, (True, False))))
def test_every_strategy_has_columns_that_need_only_columns_before_them(strategy: str, rdma: bool) -> None:
    stages = stages_of(strategy, rdma)
    names = [stage.name for stage in stages]
    assert len(set(names)) == len(names) > 0
    for position, stage in enumerate(stages):
        assert set(stage.needs) <= set(names[:position])
        assert len(stage.short) <= 6
    assert ("ofed" in names) == (rdma and strategy != "aks-managed-gpu")


def test_times_are_in_order_and_complete() -> None:
    for one in steps().values():
        assert 0 <= one.usual[0] <= one.usual[1] <= one.slow
        assert one.stuck is None or one.slow < one.stuck
    for work in works().values():
        assert step(work.step) and step(work.pull)


def test_a_finished_node_is_complete() -> None:
    row = look(made.node(labels=ALL, offers=OFFERS), *stack())
    assert (row.stage, row.state, row.gpus) == ("complete", "done", (8, 8))
    assert set(states(row).values()) == {"done"}
    assert row.cell("ofed").seconds == 100


def test_an_empty_node_has_everything_before_it() -> None:
    row = look(made.node())
    assert (row.stage, row.state) == ("nfd", "pending")
    assert set(states(row).values()) == {"pending"}


def test_seven_of_eight_gpus_are_not_enough_though_the_operator_is_content() -> None:
    row = look(made.node(labels=ALL, offers={**OFFERS, "nvidia.com/gpu": "7"}), *stack())
    assert (row.stage, row.text, row.gpus) == ("plugin", "7 of 8 GPUs offered", (7, 8))
    assert row.state == "failed"  # the plugin has been Ready for 200 s
    assert row.cell("valid").state == "done"


def test_the_driver_waits_for_ofed_and_is_no_failure() -> None:
    manager = running("k8s-driver-manager", ready=False, started=False, seconds=2000)
    driver = made.driver(waiting("nvidia-driver-ctr"), waiting("nvidia-peermem-ctr"), inits=[manager], phase="Pending")
    row = look(
        made.node(labels={**NFD, **DEPLOY}),
        made.mofed(running("mofed-container", ready=False, started=False, seconds=287)),
        driver,
        DRIVER_SET,
        OFED_SET,
    )
    assert (row.stage, row.state, row.text) == ("ofed", "running", "building OFED")
    assert row.step is not None and row.step.slow == 900
    assert row.cell("driver").state == "waiting"
    assert row.cell("driver").text == "waits for OFED"
    assert row.cell("rdma").state == "pending"


def test_what_follows_a_failure_is_blocked_and_what_does_not_goes_on() -> None:
    crashed = made.driver(
        running("nvidia-driver-ctr"),
        waiting("nvidia-peermem-ctr", "CrashLoopBackOff", restarts=3, last={"exitCode": 1}),
    )
    waits = operand(
        "nvidia-container-toolkit-daemonset", waiting("c"), inits=[running("driver-validation", ready=False)]
    )
    row = look(
        made.node(labels=ALL, offers={"rdma/ib": 8}),
        made.mofed(),
        crashed,
        waits,
        operand("sriovdp", running("p")),
        DRIVER_SET,
    )
    assert (row.stage, row.state) == ("peermem", "failed")
    assert "nvidia-peermem-ctr ended with exit code 1, 3 restarts" in row.text
    assert list(states(row).values()) == ["done"] * 4 + ["failed"] + ["blocked"] * 3
    assert row.cell("toolkit").text == "blocked by peermem"


def test_the_label_alone_does_not_make_ofed_ready() -> None:
    """The network operator writes it before there is any OFED."""
    row = look(made.node(labels={**NFD, **OPEN}), NIC_POLICY)
    assert (row.stage, row.state) == ("ofed", "running")
    row = look(made.node(labels={**NFD, **OPEN}), made.mofed(running("mofed-container", ready=False, started=False)))
    assert row.stage == "ofed"


def test_a_label_that_flaps_does_not_undo_an_ofed_that_is_ready() -> None:
    closed = made.node(labels={**NFD, "network.nvidia.com/operator.mofed.wait": "true"})
    assert look(closed, made.mofed(since=60)).cell("ofed").state == "done"
    assert look(closed, made.mofed(since=2)).cell("ofed").state == "running"


def test_plugin_pods_that_come_before_ofed_are_not_looked_at() -> None:
    early = operand("sriovdp", waiting("kube-sriovdp", "ContainerCreating"))
    assert look(made.node(labels={**NFD, **OPEN}), NIC_POLICY, early).cell("rdma").state == "pending"


def test_a_replaced_ofed_takes_its_stage_back_and_leaves_the_driver_alone() -> None:
    old = made.mofed(name="mofed-old", deletionTimestamp=made.ago(-100))
    new = made.mofed(running("mofed-container", ready=False, started=False), name="mofed-new")
    others = stack()[1:]
    only_old = look(made.node(labels=ALL, offers=OFFERS), *others, old)
    assert (only_old.stage, only_old.state, only_old.text) == ("ofed", "waiting", "the old pod is ending")
    both = look(made.node(labels=ALL, offers=OFFERS), *others, old, new)
    assert (both.stage, both.state, both.text) == ("ofed", "running", "building OFED")
    assert both.cell("driver").state == "done"


def test_a_node_that_is_not_ready_comes_first() -> None:
    row = look(made.node(labels=ALL, offers=OFFERS, ready="Unknown", since=44), *stack())
    assert (row.stage, row.state) == ("node", "failed")
    assert "kubelet is silent" in row.text
    assert set(states(row).values()) == {"blocked"}


def test_a_node_is_let_be_while_it_joins_and_while_containerd_restarts() -> None:
    joining = look(made.node(ready=False, since=60, born=60))
    assert (joining.stage, joining.state) == ("node", "running")
    toolkit = operand("nvidia-container-toolkit-daemonset", running("nvidia-container-toolkit-ctr", seconds=70))
    restart = [look(made.node(ready=False, since=since), toolkit).state for since in (20, 90, 130)]
    assert restart == ["running", "slow", "failed"]
    assert [look(made.node(ready=False, since=since)).state for since in (20, 130)] == ["slow", "failed"]


def test_a_hardware_problem_is_the_nodes() -> None:
    problem = made.condition("XIDErrors", True, message="Xid 79: GPU has fallen off the bus")
    row = look(made.node(labels=ALL, offers=OFFERS, conditions=[problem]), *stack())
    assert (row.stage, row.state, row.text) == ("node", "failed", "XIDErrors: Xid 79: GPU has fallen off the bus")


def test_a_vanished_node_stays_in_sight_while_its_pods_do() -> None:
    view = made.store(made.node(labels=ALL, offers=OFFERS), *stack(), *stack("gpu-9"))
    alive, gone = node_stages(view, labels=made.SKU, strategy="gpu-operator", rdma=True, gpus=8, now=made.NOW)
    assert alive.stage == "complete"
    assert (gone.node, gone.stage, gone.text) == ("gpu-9", "node", "the node is gone")


def test_a_taint_that_nobody_tolerates_is_named() -> None:
    tainted = made.node(labels={**NFD, **DEPLOY}, taints=[made.SKU_TAINT])
    looked = {**NIC_POLICY, "spec": {}, "status": {"state": "notReady"}}
    row = look(tainted, looked)
    assert (row.stage, row.state, row.text) == (
        "ofed",
        "failed",
        "the NicClusterPolicy does not tolerate the taint sku=gpu",
    )
    assert row.cell("driver").state == "blocked"
    tolerant = {**looked, "spec": {"tolerations": made.TOLERATIONS}}
    assert look(tainted, tolerant).state == "running"
    workers = made.daemonset(
        "w", {"app.kubernetes.io/name": "node-feature-discovery", "role": "worker"}, tolerations=[]
    )
    assert look(made.node(taints=[made.SKU_TAINT]), workers).text == "its DaemonSet does not tolerate the taint sku=gpu"


def test_a_policy_with_another_name_is_told() -> None:
    ignored = {**NIC_POLICY, "status": {"state": "ignore", "reason": "Unsupported NicClusterPolicy instance"}}
    assert (
        look(made.node(labels=NFD), ignored).text == "NicClusterPolicy ignored: Unsupported NicClusterPolicy instance"
    )


def test_a_driver_that_aks_installed_is_told() -> None:
    labels = {**NFD, "nvidia.com/gpu.deploy.driver": "pre-installed"}
    row = look(made.node(labels=labels), strategy="gpu-operator", rdma=False)
    assert (row.stage, row.state) == ("driver", "failed")
    assert "AKS has installed a driver" in row.text


def test_upgrade_done_says_nothing_and_upgrade_failed_does() -> None:
    crashed = made.driver(waiting("nvidia-driver-ctr", "CrashLoopBackOff", restarts=4, last={"exitCode": 1}))
    done = made.node(labels={**ALL, "nvidia.com/gpu-driver-upgrade-state": "upgrade-done"})
    assert look(done, made.mofed(), crashed).cell("driver").state == "failed"
    failed = made.node(labels={**ALL, "nvidia.com/gpu-driver-upgrade-state": "upgrade-failed"})
    assert "upgrade-failed" in look(failed, made.mofed()).cell("driver").text


def test_pods_that_are_refused_are_told_by_their_daemonset() -> None:
    refused = made.event(OFED_SET, "FailedCreate", 'pods "mofed-" is forbidden: violates PodSecurity "baseline:latest"')
    row = look(made.node(labels=NFD), NIC_POLICY, OFED_SET, refused)
    assert (row.stage, row.state) == ("ofed", "failed")
    assert "PodSecurity" in row.text


def test_the_operators_own_trouble_shows_on_the_nodes() -> None:
    message = "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
    refused = made.condition("PodScheduled", False, 60, reason="Unschedulable", message=message)
    labels = {"app.kubernetes.io/name": "network-operator"}
    hook = made.pod(
        "keep",
        [],
        on=None,
        phase="Pending",
        conditions=[refused],
        labels=labels,
        owner=("Job", "network-operator-keep-ncp"),
    )
    row = look(made.node(taints=[made.SKU_TAINT]), hook)
    assert (row.stage, row.state) == ("nfd", "slow")
    assert row.text == "network-operator-keep-ncp: no node fits, does not tolerate sku=gpu on 1 node"


def test_an_operator_that_does_not_react_is_slow_from_when_it_ran() -> None:
    old = {**POLICY, "metadata": {"name": "cluster-policy", "creationTimestamp": made.ago(1000)}}
    operator = made.pod("operator", [running("gpu-operator")], labels={"app": "gpu-operator"}, on="gpu-0", since=20)
    node = made.node(labels={**NFD, **OPEN})
    assert look(node, made.mofed(), old, operator).cell("driver").state == "running"
    operator = made.pod("operator", [running("gpu-operator")], labels={"app": "gpu-operator"}, on="gpu-0", since=100)
    assert look(node, made.mofed(), old, operator).cell("driver").state == "slow"


def test_without_rdma_there_is_no_ofed_to_wait_for() -> None:
    only_gpu = {"feature.node.kubernetes.io/pci-10de.present": "true", **DEPLOY}
    driver = made.driver(running("nvidia-driver-ctr"))
    row = look(made.node(labels=only_gpu, offers={"nvidia.com/gpu": 8}), *stack(driver=driver)[1:], rdma=False)
    assert row.stage == "complete"
    assert list(states(row)) == ["nfd", "driver", "toolkit", "plugin", "valid"]
    assert row.cell("driver").seconds == 100


def test_aks_driver_with_rdma_has_gpus_before_ofed() -> None:
    plugin = made.pod("plugin", [running("p")], labels={"app.kubernetes.io/name": "nvidia-device-plugin"})
    builds = made.mofed(running("mofed-container", ready=False, started=False))
    row = look(made.node(labels=NFD, offers={"nvidia.com/gpu": "8"}), plugin, builds, strategy="aks-driver")
    assert states(row) == {"nfd": "done", "ofed": "running", "rdma": "pending", "peermem": "pending", "plugin": "done"}
    reloader = made.pod("reloader", [running("nvidia-peermem-reloader")], labels={"name": "nvidia-peermem-reloader"})
    shared = operand("rdma-shared-dp", running("dp"))
    row = look(made.node(labels=ALL, offers=OFFERS), plugin, made.mofed(), reloader, shared, strategy="aks-driver")
    assert row.stage == "complete"


def slice_of(node: str, *, devices: int = 8, generation: int = 1, of: int = 1, name: str = "s") -> Object:
    pool = {"name": node, "generation": generation, "resourceSliceCount": of}
    spec = {
        "driver": "dra.net",
        "nodeName": node,
        "pool": pool,
        "devices": [{"name": f"ib{i}"} for i in range(devices)],
    }
    return {"kind": "ResourceSlice", "metadata": {"name": name}, "spec": spec}


def test_managed_gpu_needs_no_pod_and_dranet_a_whole_pool() -> None:
    node = made.node(offers={"nvidia.com/gpu": "8"}, since=30)
    dranet = made.pod("dranet", [running("dranet")], labels={"app.kubernetes.io/name": "dranet"}, since=10)
    row = look(node, dranet, strategy="aks-managed-gpu")
    assert states(row) == {"gpus": "done", "dranet": "running"}
    assert look(node, dranet, slice_of("gpu-0", of=2), strategy="aks-managed-gpu").stage == "dranet"
    assert look(node, dranet, slice_of("gpu-0", devices=0), strategy="aks-managed-gpu").stage == "dranet"
    assert look(node, dranet, slice_of("gpu-0"), strategy="aks-managed-gpu").stage == "complete"
    left_over = [slice_of("gpu-0", generation=1), slice_of("gpu-0", generation=2, of=2, name="t")]
    assert look(node, dranet, *left_over, strategy="aks-managed-gpu").stage == "dranet"


def test_managed_gpus_that_do_not_come_are_slow_then_failed() -> None:
    found = [look(made.node(since=since), strategy="aks-managed-gpu", rdma=False).state for since in (20, 100, 400)]
    assert found == ["running", "slow", "failed"]
