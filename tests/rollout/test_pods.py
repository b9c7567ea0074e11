from datetime import timedelta

import pytest

from llmd_tui.objects import Object
from llmd_tui.rollout.health import PodHealth
from tests.rollout import made
from tests.rollout.made import ago, ended, event, operand, running, waiting
from tests.rollout.seen import pod_health

NODE = made.node()
DRIVER_SET = made.daemonset("nvidia-driver-daemonset", {"app": "nvidia-driver-daemonset"})
TOOLKIT_SET = made.daemonset("toolkit", {"app": "nvidia-container-toolkit-daemonset"})


def health(pod: Object, *others: Object) -> PodHealth:
    return pod_health(pod, made.store(NODE, pod, *others), made.NOW)


def simple(*containers: Object, **more: object) -> Object:
    return made.pod("p", list(containers), **more)  # pyright: ignore[reportArgumentType]


def test_a_well_pod_is_done_and_called_running() -> None:
    found = health(simple(running("a"), running("b")))
    assert (found.state, found.word, found.ready) == ("done", "running", "2/2")


def test_running_is_not_ready() -> None:
    found = health(simple(running("a"), running("b", ready=False)))
    assert (found.state, found.word, found.ready) == ("running", "not ready", "1/2")


def test_a_completed_pod_is_done() -> None:
    found = health(simple(ended("a"), phase="Succeeded"))
    assert (found.state, found.word) == ("done", "completed")


def test_an_attempt_that_its_job_survived_is_done() -> None:
    job = {"kind": "Job", "metadata": {"name": "j", "namespace": "gpu-operator"}}
    pod = simple(ended("a", 1), phase="Failed", owner=("Job", "j"))
    assert health(pod, {**job, "status": {"conditions": [made.condition("Complete", True)]}}).state == "done"
    assert health(pod, job).state == "failed"


def test_building_has_its_own_word_and_is_slow_only_after_its_own_time() -> None:
    def driver(seconds: float) -> PodHealth:
        return health(made.driver(running("nvidia-driver-ctr", ready=False, started=False, seconds=seconds)))

    assert (driver(600).state, driver(600).word) == ("running", "building")
    assert driver(721).state == "slow"
    assert driver(1321).state == "failed"
    assert driver(600).since == made.NOW - timedelta(seconds=600)


def test_pulling_tells_how_long_it_took_elsewhere() -> None:
    image = "registry/modelserver:1"
    pod = simple(waiting("modelserver", "ContainerCreating"))
    other = made.pod("q", [running("modelserver")], on="gpu-1")
    message = f'Successfully pulled image "{image}" in 6m3.2s (6m3.2s including waiting). Image size: 9 bytes.'
    events = [
        event(pod, "Pulling", f'Pulling image "{image}"', container="modelserver", seconds=252),
        event(other, "Pulled", message, container="modelserver", seconds=4000),
        event(other, "Pulled", f'Container image "{image}" already present on machine', container="modelserver"),
    ]
    found = health(pod, *events)
    assert (found.state, found.word, found.reason) == ("running", "pulling", f"{image}, last time 6m03s")
    assert found.since == made.NOW - timedelta(seconds=252)
    assert found.step is not None
    assert found.step.name == "model-pull"


def test_a_finished_pull_is_over() -> None:
    pod = simple(waiting("a", "ContainerCreating"))
    events = [event(pod, "Pulling", container="a", seconds=60), event(pod, "Pulled", container="a", seconds=2)]
    assert health(pod, *events).word == "creating"


@pytest.mark.parametrize(
    ("container", "state", "word"),
    [
        (waiting("a", "ErrImagePull", message="toomanyrequests"), "slow", "pull fails"),
        (waiting("a", "ImagePullBackOff", message="not found"), "failed", "pull fails"),
        (waiting("a", "CreateContainerConfigError", message='secret "t" not found'), "failed", "cannot start"),
        (waiting("a", "CrashLoopBackOff", restarts=3, last={"exitCode": 1}), "failed", "crash loop"),
        (ended("a", 1), "slow", "restarting"),
        (waiting("nvidia-container-toolkit-ctr", "CrashLoopBackOff", last={"exitCode": 1}), "running", "restarting"),
        (
            waiting("nvidia-container-toolkit-ctr", "CrashLoopBackOff", restarts=2, last={"exitCode": 255}),
            "failed",
            "crash loop",
        ),
        (ended("mofed-container", 1), "slow", "restarting"),
    ],
)
def test_trouble_of_containers(container: Object, state: str, word: str) -> None:
    found = health(simple(running("b"), container))
    assert (found.state, found.word) == (state, word)
    assert found.container == container["name"]
    assert found.reason


def test_an_ending_tells_code_reason_and_restarts() -> None:
    found = health(simple(waiting("a", "CrashLoopBackOff", restarts=3, last={"exitCode": 137, "reason": "OOMKilled"})))
    assert found.reason == "a ended with exit code 137, OOMKilled, 3 restarts"


def test_restarts_beyond_the_normal_are_told_for_a_while() -> None:
    def restarted(seconds: float, name: str = "mofed-container") -> PodHealth:
        last = {"lastState": {"terminated": {"exitCode": 1, "finishedAt": ago(seconds)}}}
        return health(simple({**running(name, restarts=1), **last}))

    assert restarted(60).state == "slow"
    assert restarted(3600).state == "done"
    assert restarted(60, "nvidia-container-toolkit-ctr").state == "done"


def test_init_containers_are_counted_and_named() -> None:
    found = health(simple(waiting("a"), inits=[ended("first"), running("second", ready=False, seconds=5)]))
    assert (found.state, found.word, found.reason) == ("running", "init 2/2", "second")


def test_a_sidecar_lets_the_next_container_go() -> None:
    sidecars = {"initContainers": [{"name": "routing-proxy", "image": "r", "restartPolicy": "Always"}]}
    pod = simple(running("modelserver", ready=False, started=False), inits=[running("routing-proxy")], spec=sidecars)
    found = health(pod)
    assert (found.word, found.ready, found.container) == ("loading", "1/2", "modelserver")


def test_a_pod_that_nobody_placed_says_why() -> None:
    refused = made.condition(
        "PodScheduled", False, 40, reason="Unschedulable", message="0/1 nodes are available: 1 Too many pods."
    )
    found = health(simple(on=None, phase="Pending", conditions=[refused]))
    assert (found.state, found.word, found.reason) == ("slow", "no node fits", "1 × Too many pods")
    assert found.node == ""


def test_terminating_is_let_be_until_its_grace_is_over() -> None:
    assert health(simple(running("a"), deletionTimestamp=ago(-20))).word == "terminating"
    assert health(simple(running("a"), deletionTimestamp=ago(-20))).state == "waiting"
    assert health(simple(running("a"), deletionTimestamp=ago(300))).state == "slow"


def test_pods_of_a_silent_node_wait_for_it_whatever_they_say() -> None:
    pod = simple(running("a"))
    found = pod_health(pod, made.store(made.node(ready="Unknown", since=44), pod), made.NOW)
    assert (found.state, found.word, found.waits_for) == ("waiting", "node not ready", "node gpu-0")
    assert found.since == made.NOW - timedelta(seconds=44)


def test_pods_of_a_vanished_node_are_no_failure() -> None:
    ghost = simple(running("a"), on="gone")
    assert (health(ghost).state, health(ghost).word) == ("waiting", "node gone")
    cleared = made.condition("DisruptionTarget", True, reason="DeletionByPodGC")
    collected = simple(ended("a", 137), on="gone", phase="Failed", conditions=[cleared])
    assert (health(collected).state, health(collected).word) == ("waiting", "node gone")


MANAGER = running("k8s-driver-manager", ready=False, started=False)
DRIVER_WAITS = made.driver(
    waiting("nvidia-driver-ctr"), waiting("nvidia-peermem-ctr"), inits=[MANAGER], phase="Pending"
)
OFED_BUILDS = made.mofed(running("mofed-container", ready=False, started=False))


def test_the_driver_waits_for_ofed_of_its_node() -> None:
    found = health(DRIVER_WAITS, OFED_BUILDS)
    assert (found.state, found.word, found.waits_for) == ("waiting", "waits for OFED", "OFED")


def test_without_an_ofed_pod_it_says_so() -> None:
    assert health(DRIVER_WAITS, made.mofed(on="gpu-1")).reason == "there is no OFED pod on this node yet"


def test_when_ofed_is_ready_the_driver_is_on_its_own_from_then_on() -> None:
    found = health(DRIVER_WAITS, made.mofed(since=5))
    assert (found.state, found.word) == ("running", "init 1/1")
    assert found.since == made.NOW - timedelta(seconds=5)


def test_without_rdma_the_driver_waits_for_nothing() -> None:
    alone = made.driver(waiting("nvidia-driver-ctr"), inits=[MANAGER])
    assert health(alone, OFED_BUILDS).waits_for == ""


DRIVER_BUILDS = made.driver(running("nvidia-driver-ctr", ready=False, started=False), ready=False)


@pytest.mark.parametrize("app", ["nvidia-device-plugin-daemonset", "gpu-feature-discovery", "nvidia-dcgm-exporter"])
def test_operands_wait_for_the_driver_and_then_for_the_toolkit(app: str) -> None:
    no_sandbox = made.condition("PodReadyToStartContainers", False)
    pod = operand(app, waiting("c"), inits=[waiting("toolkit-validation")], conditions=[no_sandbox], phase="Pending")
    assert health(pod, DRIVER_BUILDS, DRIVER_SET, TOOLKIT_SET).waits_for == "driver"
    assert health(pod, made.driver(), DRIVER_SET, TOOLKIT_SET).waits_for == "toolkit"
    toolkit = operand("nvidia-container-toolkit-daemonset", running("nvidia-container-toolkit-ctr"), since=3)
    found = health(pod, made.driver(), toolkit, DRIVER_SET, TOOLKIT_SET)
    assert (found.state, found.word) == ("running", "creating")
    assert found.since == made.NOW - timedelta(seconds=3)


def test_on_the_driver_of_aks_operands_wait_for_nothing() -> None:
    pod = operand("gpu-feature-discovery", waiting("c"), inits=[running("toolkit-validation", ready=False)])
    assert health(pod).waits_for == ""


def test_what_waits_for_something_that_failed_is_blocked() -> None:
    crashed = made.driver(
        running("nvidia-driver-ctr"),
        waiting("nvidia-peermem-ctr", "CrashLoopBackOff", restarts=3, last={"exitCode": 1}),
    )
    toolkit = operand(
        "nvidia-container-toolkit-daemonset", waiting("c"), inits=[running("driver-validation", ready=False)]
    )
    found = health(toolkit, crashed, DRIVER_SET)
    assert (found.state, found.waits_for) == ("blocked", "driver")
    assert health(crashed).state == "failed"


def test_trouble_of_its_own_comes_before_what_it_waits_for() -> None:
    toolkit = operand(
        "nvidia-container-toolkit-daemonset", waiting("c"), inits=[waiting("driver-validation", "ImagePullBackOff")]
    )
    assert health(toolkit, DRIVER_BUILDS, DRIVER_SET).word == "pull fails"


def test_the_sandbox_trouble_is_told_without_its_wrapping() -> None:
    no_sandbox = made.condition("PodReadyToStartContainers", False, 200)
    pod = simple(waiting("a", "ContainerCreating"), conditions=[no_sandbox])
    said = 'Failed to create pod sandbox: rpc error: code = Unknown desc = no runtime for "nvidia" is configured'
    found = health(pod, event(pod, "FailedCreatePodSandBox", said))
    assert (found.state, found.word, found.reason) == ("slow", "creating", 'no runtime for "nvidia" is configured')
