"""Controllers and scheduler: what they make of workloads, and what they write into their status."""

from collections.abc import Callable
from typing import Any

import pytest

from llmd_tui.kube.store import View
from llmd_tui.objects import Object, condition, is_true, labels, name, status
from llmd_tui.presets.scenarios import Fault
from tests.simulator.actors.objects import container, job, pod, template, workload
from tests.simulator.actors.theatre import Theatre, brisk, theatre


def has(kind: str, name: str, namespace: str, **wanted: Any) -> Callable[[View], bool]:
    """Whether the object's status has these values, and is of its newest generation."""

    def test(view: View) -> bool:
        obj = view.get(kind, name, namespace)
        if obj is None:
            return False
        said = status(obj)
        current = said.get("observedGeneration", 1) == obj["metadata"].get("generation", 1)
        return current and all(said.get(key, 0) == value for key, value in wanted.items())

    return test


def pods(view: View, namespace: str, **wanted: str) -> list[Object]:
    return [pod for pod in view.all("Pod", namespace) if wanted.items() <= labels(pod).items()]


async def events(stage: Theatre, about: str, reason: str) -> list[Object]:
    await stage.caught_up()
    return [e for e in stage.tape.all("Event") if e["involvedObject"]["name"] == about and e["reason"] == reason]


async def test_deployment_rolls_out_scales_and_goes() -> None:
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 2, mode="System")
        space = await stage.namespace("shop")
        await stage.cluster.create(workload("Deployment", "web", space, replicas=3))
        await stage.until("3 available", has("Deployment", "web", space, availableReplicas=3, updatedReplicas=3))
        assert len({p["spec"]["nodeName"] for p in pods(stage.tape, space)}) == 2

        newer = template("web") | {"metadata": {"labels": {"app": "web", "version": "2"}}}
        await stage.cluster.apply(workload("Deployment", "web", space, newer, replicas=2), force=True)
        settled = has("Deployment", "web", space, replicas=2, availableReplicas=2, updatedReplicas=2)
        await stage.until("only new ones", lambda view: settled(view) and len(pods(view, space, version="2")) == 2)
        assert condition(stage.tape.get("Deployment", "web", space) or {}, "Available")

        await stage.cluster.delete("apps/v1", "Deployment", "web", space)
        await stage.until("gone", lambda view: not pods(view, space))
        assert await events(stage, "web", "ScalingReplicaSet")


async def test_daemonset_follows_labels_and_waits_for_deletion() -> None:
    """OnDelete: a new template reaches a node when its pod is deleted."""
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 2, mode="System")
        space = await stage.namespace("agents")
        first, second = sorted(name(node) for node in stage.tape.all("Node"))
        label = {"metadata": {"labels": {"wanted": "true"}}}
        pods_of = template("agent", nodeSelector={"wanted": "true"})
        made = workload("DaemonSet", "agent", space, pods_of, updateStrategy={"type": "OnDelete"})
        await stage.cluster.create(made)
        await stage.until("none wanted", has("DaemonSet", "agent", space, desiredNumberScheduled=0))
        await stage.cluster.patch("v1", "Node", first, label, kind_of_patch="merge")
        await stage.until("one", has("DaemonSet", "agent", space, desiredNumberScheduled=1, numberAvailable=1))

        newer = template("agent", nodeSelector={"wanted": "true"}, priorityClassName="system-node-critical")
        await stage.cluster.patch(
            "apps/v1", "DaemonSet", "agent", {"spec": {"template": newer}}, space, kind_of_patch="merge"
        )
        stale = has("DaemonSet", "agent", space, numberReady=1, updatedNumberScheduled=0)
        await stage.until("the old one stays", stale)
        old = pods(stage.tape, space)[0]
        await stage.cluster.delete("v1", "Pod", name(old), space)
        await stage.until("replaced", has("DaemonSet", "agent", space, numberReady=1, updatedNumberScheduled=1))

        away = {"metadata": {"labels": {"wanted": None}}}
        await stage.cluster.patch("v1", "Node", second, label, kind_of_patch="merge")
        await stage.cluster.patch("v1", "Node", first, away, kind_of_patch="merge")
        await stage.until("moved", lambda view: [p["spec"].get("nodeName") for p in pods(view, space)] == [second])


async def test_statefulset_starts_one_after_the_other() -> None:
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 1, mode="System")
        space = await stage.namespace("data")
        await stage.cluster.create(workload("StatefulSet", "db", space, replicas=2))
        await stage.until("both", has("StatefulSet", "db", space, readyReplicas=2, currentReplicas=2))
        assert sorted(name(p) for p in pods(stage.tape, space)) == ["db-0", "db-1"]
        came = {name(line.object): line.t for line in stage.tape.lines if line.kind == "Pod" and line.type == "ADDED"}
        first = (line for line in stage.tape.lines if line.kind == "Pod" and name(line.object) == "db-0")
        ready = next(line.t for line in first if is_true(line.object, "Ready"))
        assert came["db-1"] > ready


@pytest.mark.parametrize("fails", [False, True])
async def test_job_ends_complete_or_failed(fails: bool) -> None:
    fault = Fault(container="task", kind="crash", exit_code=3, log="out of luck")
    async with theatre(play=brisk(faults=(fault,) if fails else ())) as stage:
        await stage.pool("system", "Standard_D8s_v5", 1, mode="System")
        space = await stage.namespace("work")
        await stage.cluster.create(job("task", space, backoffLimit=1))
        wanted = "Failed" if fails else "Complete"
        done = await stage.until(
            wanted,
            lambda view: [each for each in view.all("Job") if is_true(each, wanted)],
        )
        counted = (status(done[0]).get("succeeded", 0), status(done[0]).get("failed", 0))
        assert counted == ((0, 2) if fails else (1, 0))
        if fails:
            assert (condition(done[0], "Failed") or {})["reason"] == "BackoffLimitExceeded"
            ended = status(pods(stage.tape, space)[0])["containerStatuses"][0]["state"]["terminated"]
            assert (ended["exitCode"], ended["reason"]) == (3, "Error")


async def test_pod_that_fits_nowhere_says_why_until_it_fits() -> None:
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 1, mode="System")
        await stage.gpus(1)
        space = await stage.namespace("train")
        wants = container("train", resources={"limits": {"nvidia.com/gpu": "8"}, "requests": {"nvidia.com/gpu": "8"}})
        tolerations = [{"key": "sku", "operator": "Exists"}]
        await stage.cluster.create(pod("train", space, containers=[wants], tolerations=tolerations))

        def refused(view: View) -> Any:
            found = view.get("Pod", "train", space)
            return found and (condition(found, "PodScheduled") or {}).get("message")

        assert await stage.until("refused", refused) == (
            "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. no new claims to deallocate, "
            "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
        )
        node = next(name(node) for node in stage.tape.all("Node", labels={"sku": "gpu"}))
        gpus = {"capacity": {"nvidia.com/gpu": "8"}, "allocatable": {"nvidia.com/gpu": "8"}}
        await stage.cluster.patch("v1", "Node", node, {"status": gpus}, kind_of_patch="merge", subresource="status")
        await stage.until(
            "placed", lambda view: (view.get("Pod", "train", space) or {})["spec"].get("nodeName") == node
        )
        assert len(await events(stage, "train", "FailedScheduling")) == 1
