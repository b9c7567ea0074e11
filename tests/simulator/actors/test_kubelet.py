"""What the kubelet does with pods that do not do well, and what it leaves behind."""

from typing import Any

import pytest

from llmd_tui.kube.connection import KubeError
from llmd_tui.kube.logs import follow
from llmd_tui.kube.store import View
from llmd_tui.objects import Object, condition, is_true, status
from llmd_tui.presets.scenarios import Fault, Program
from tests.simulator.actors.objects import container, pod
from tests.simulator.actors.theatre import Theatre, brisk, theatre


def state(view: View, space: str, name: str = "web") -> dict[str, Any]:
    """The first container's status; empty before it has one."""
    found = status(view.get("Pod", name, space) or {}).get("containerStatuses") or [{}]
    return found[0]


def ready(view: View, space: str, name: str = "web") -> Object | None:
    found = view.get("Pod", name, space)
    return found if found and is_true(found, "Ready") else None


def waits(container: dict[str, Any]) -> str:
    return container.get("state", {}).get("waiting", {}).get("reason", "")


async def prepared(stage: Theatre) -> str:
    await stage.pool("system", "Standard_D8s_v5", 1, mode="System")
    return await stage.namespace("shop")


async def said_about(stage: Theatre, pod: str) -> list[tuple[str, str]]:
    await stage.caught_up()
    events = [e for e in stage.tape.all("Event") if e["involvedObject"]["name"] == pod]
    return [(event["reason"], event["message"]) for event in events]


async def log_of(stage: Theatre, space: str, *, previous: bool = False) -> list[str]:
    lines = follow(stage.cluster, space, "web", "web", follow=False, previous=previous)
    return [line async for line in lines]


async def test_good_life_and_the_end() -> None:
    async with theatre() as stage:
        space = await prepared(stage)
        init = container("prepare")
        await stage.cluster.create(pod("web", space, initContainers=[init], terminationGracePeriodSeconds=5))
        made = await stage.until("ready", lambda view: ready(view, space))
        said = status(made)
        assert said["phase"] == "Running"
        assert said["hostIP"] != said["podIP"]
        assert said["initContainerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"
        kinds = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        assert [each["type"] for each in said["conditions"]] == kinds
        await stage.cluster.delete("v1", "Pod", "web", space)
        await stage.until("gone", lambda view: view.get("Pod", "web", space) is None)
        reasons = [reason for reason, _ in await said_about(stage, "web")]
        first = ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
        assert reasons == [*first, "Pulled", "Created", "Started", "Killing"]


async def test_crashes_back_off_and_keep_the_last_log() -> None:
    fault = Fault(container="web", kind="crash", exit_code=2, log="cannot open the shop", times=2, after_seconds=1)
    async with theatre(play=brisk(faults=(fault,))) as stage:
        space = await prepared(stage)
        await stage.cluster.create(pod("web", space))
        await stage.until("back-off", lambda view: waits(state(view, space)) == "CrashLoopBackOff")
        assert state(stage.tape, space)["lastState"]["terminated"]["exitCode"] == 2
        assert not ready(stage.tape, space)
        twice = await stage.until(
            "well in the end", lambda view: state(view, space).get("restartCount") == 2 and ready(view, space)
        )
        assert status(twice)["phase"] == "Running"
        assert "cannot open the shop" in await log_of(stage, space, previous=True)
        reasons = dict(await said_about(stage, "web"))
        uid = (stage.tape.get("Pod", "web", space) or {})["metadata"]["uid"]
        assert reasons["BackOff"] == f"Back-off restarting failed container web in pod web_shop({uid})"


async def test_hanging_start_is_killed_by_its_probe() -> None:
    fault = Fault(container="web", kind="hang", times=1)
    probe = {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 5, "failureThreshold": 3}
    programs = brisk().programs | {"web": Program(start_seconds=4)}
    async with theatre(play=brisk(faults=(fault,), programs=programs)) as stage:
        space = await prepared(stage)
        await stage.cluster.create(pod("web", space, containers=[container("web", startupProbe=probe)]))
        await stage.until("restarted and ready", lambda view: ready(view, space))
        assert state(stage.tape, space)["restartCount"] == 1
        ended = state(stage.tape, space)["lastState"]["terminated"]
        assert (ended["exitCode"], ended["reason"]) == (143, "Error")
        events = dict(await said_about(stage, "web"))
        assert events["Killing"] == "Container web failed startup probe, will be restarted"
        assert events["Unhealthy"].startswith("Startup probe failed: Get")


async def test_runtime_class_without_a_handler_makes_no_sandbox() -> None:
    """Until the container toolkit has configured it, which nobody does here."""
    async with theatre() as stage:
        space = await prepared(stage)
        meta = {"metadata": {"name": "nvidia"}, "handler": "nvidia"}
        await stage.cluster.create({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", **meta})
        await stage.cluster.create(pod("web", space, runtimeClassName="nvidia"))
        await stage.until(
            "refused", lambda view: any(e["reason"] == "FailedCreatePodSandBox" for e in view.all("Event"))
        )
        text = dict(await said_about(stage, "web"))["FailedCreatePodSandBox"]
        assert text.endswith('failed to get sandbox runtime: no runtime for "nvidia" is configured')
        sandbox = condition(stage.tape.get("Pod", "web", space) or {}, "PodReadyToStartContainers")
        assert sandbox is not None and sandbox["status"] == "False"


async def test_pods_leave_with_their_namespace_and_their_node() -> None:
    async with theatre() as stage:
        space = await prepared(stage)
        await stage.cluster.create(pod("web", space))
        await stage.until("ready", lambda view: ready(view, space))
        await stage.cluster.delete("v1", "Namespace", space)
        await stage.until("gone", lambda view: view.get("Pod", "web", space) is None)
        with pytest.raises(KubeError, match="not found"):
            await stage.cluster.get("v1", "Pod", "web", space)
        other = await stage.namespace("other")
        await stage.cluster.create(pod("web", other))
        await stage.until("ready", lambda view: ready(view, other))
        await stage.pool("system", "Standard_D8s_v5", 0, mode="System")
        await stage.until("gone too", lambda view: view.get("Pod", "web", other) is None)
        assert not stage.tape.all("Node")
