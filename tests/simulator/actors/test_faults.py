"""What scenarios make go wrong in the cluster."""

from typing import Any

import pytest
from pydantic import ValidationError

from llmd_tui.objects import Object, status
from llmd_tui.presets.loading import names
from llmd_tui.presets.scenarios import Fault, scenario
from tests.simulator.actors.objects import pod
from tests.simulator.actors.test_kubelet import prepared, ready, said_about, state, waits
from tests.simulator.actors.theatre import brisk, theatre

NOT_FOUND = 'failed to resolve reference "registry/web:1": registry/web:1: not found'


@pytest.mark.parametrize("name", names("scenarios"))
def test_a_scenario_is_whole(name: str) -> None:
    found = scenario(name)
    assert found.name == name and found.title
    assert name == "smooth" or found.faults or found.azure.faults


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "no-address", "container": "web"},
        {"kind": "crash"},
        {"kind": "hang", "container": "web", "since": "ready"},
    ],
)
def test_what_is_no_fault(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)


async def test_an_image_that_is_not_to_be_had_at_first() -> None:
    fault = Fault(kind="pull", container="web", times=2, after_seconds=1, log=NOT_FOUND)
    async with theatre(play=brisk(faults=(fault,))) as stage:
        space = await prepared(stage)
        await stage.cluster.create(pod("web", space))
        await stage.until("back-off", lambda view: waits(state(view, space)) == "ImagePullBackOff")
        message = state(stage.tape, space)["state"]["waiting"]["message"]
        assert message.startswith("Back-off pulling image") and message.endswith(NOT_FOUND)
        await stage.until("there in the end", lambda view: ready(view, space))
        said = dict(await said_about(stage, "web"))
        assert said["BackOff"].startswith("Back-off pulling image")
        assert said["Pulled"].startswith("Successfully pulled image")


async def test_a_crash_after_it_was_ready_in_the_first_pod_alone() -> None:
    fault = Fault(kind="crash", container="web", since="ready", after_seconds=5, pods=1, exit_code=7, log="so long")
    async with theatre(play=brisk(faults=(fault,))) as stage:
        space = await prepared(stage)
        await stage.cluster.create(pod("web", space))
        await stage.until("ready", lambda view: ready(view, space))
        await stage.until("crashed", lambda view: state(view, space).get("restartCount"))
        assert state(stage.tape, space)["lastState"]["terminated"]["exitCode"] == 7
        await stage.cluster.create(pod("other", space, containers=pod("web", space)["spec"]["containers"]))
        await stage.until("the second", lambda view: ready(view, space, "other"))
        await stage.until("more crashes", lambda view: state(view, space)["restartCount"] >= 2)
        assert state(stage.tape, space, "other")["restartCount"] == 0


async def test_an_address_that_never_comes() -> None:
    fault = Fault(kind="no-address", log='{"code":"PublicIPCountLimitReached"}')
    quick = brisk().seconds | {"load-balancer": 2}
    service: Object = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "gate", "namespace": "shop"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    }
    async with theatre(play=brisk(faults=(fault,), seconds=quick)) as stage:
        await prepared(stage)
        await stage.cluster.create(service)
        await stage.until(
            "refused", lambda view: any(e["reason"] == "SyncLoadBalancerFailed" for e in view.all("Event"))
        )
        text = dict(await said_about(stage, "gate"))["SyncLoadBalancerFailed"]
        assert text.endswith('{"code":"PublicIPCountLimitReached"}')
        made = stage.tape.get("Service", "gate", "shop") or {}
        assert not status(made).get("loadBalancer", {}).get("ingress")
