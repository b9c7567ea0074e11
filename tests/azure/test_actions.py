"""A plan's ARM actions, performed by the real SDK on the simulated Azure."""

import asyncio
import base64
import importlib
from typing import Any

import pytest
import yaml

from llmd_tui.azure.actions import abort, delete
from llmd_tui.azure.client import Arm
from llmd_tui.azure.errors import ArmError
from llmd_tui.azure.resources import describe, goes_on
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.simulator.arm.wire import Fault
from tests.azure.cloud import (
    AKS,
    CLUSTER,
    GROUP,
    POOL,
    SUBSCRIPTION,
    action,
    pool_properties,
    put_cluster,
    put_group,
    put_pool,
    run,
    simulated,
)

FEATURE = action(
    "POST",
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/AKSInfinibandSupport/register",
    None,
    "2021-07-01",
)
PROVIDER = action(
    "POST", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService/register", None, "2021-04-01"
)


async def test_a_cluster_and_a_pool_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes: list[tuple[str, int, str]] = []

    async with simulated(monkeypatch) as (arm, cloud):

        async def joined(pool: dict[str, Any], count: int) -> None:
            nodes.append((pool["name"], count, pool["properties"]["provisioningState"]))

        cloud.on_nodes = joined
        assert [await arm.look(a) for a in (put_group(), put_cluster(), put_pool())] == ["absent"] * 3
        told = await run(arm, put_group(), put_cluster(), put_pool())
        assert [await arm.look(a) for a in (put_group(), put_cluster(), put_pool())] == ["done"] * 3
        pool = await arm.get(POOL, AKS)
    assert nodes == [("system", 1, "Creating"), ("gpu", 2, "Creating")]
    assert pool["properties"]["provisioningState"] == "Succeeded"
    assert pool["properties"]["gpuProfile"] == {"driver": "None"}
    assert "cluster llmd: InProgress" in told
    assert "node pool gpu of llmd: Succeeded" in told


async def test_one_request_makes_cluster_and_gpu_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        await run(arm, put_group())
        made = await arm.run(put_cluster({"name": "gpu", **pool_properties()}), on_status=lambda _: None)
        assert await arm.look(put_pool()) == "done"
    assert [p["name"] for p in made["properties"]["agentPoolProfiles"]] == ["system", "gpu"]
    puts = [entry for entry in seen if entry["method"] == "PUT"]
    assert [entry["path"] for entry in puts] == [GROUP, CLUSTER]
    assert puts[1]["body"] == put_cluster({"name": "gpu", **pool_properties()}).body, "sent as it was planned"


async def test_a_token_goes_on_in_a_new_client_without_a_second_put(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, speed=600, record=seen.append) as (arm, _):
        await run(arm, put_group())
        tokens: asyncio.Queue[str] = asyncio.Queue()
        first = asyncio.create_task(arm.run(put_cluster(), on_status=lambda _: None, on_token=tokens.put_nowait))
        token = await tokens.get()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        async with await Arm.connect(SUBSCRIPTION, clock=Clock(speed=600)) as other:
            assert await other.look(put_cluster()) == "running"
            made = await other.run(put_cluster(), on_status=lambda _: None, token=token)
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert sum(entry["method"] == "PUT" and entry["path"] == CLUSTER for entry in seen) == 1


async def test_a_running_operation_is_waited_for_when_the_token_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, speed=600, record=seen.append) as (arm, _):
        await run(arm, put_group())
        tokens: asyncio.Queue[str] = asyncio.Queue()
        first = asyncio.create_task(arm.run(put_cluster(), on_status=lambda _: None, on_token=tokens.put_nowait))
        await tokens.get()
        first.cancel()
        told = await run(arm, put_cluster())
        assert await arm.look(put_cluster()) == "done"
    assert "cluster llmd: Creating" in told
    assert sum(entry["method"] == "PUT" and entry["path"] == CLUSTER for entry in seen) == 1


async def test_a_token_that_is_of_no_use_any_more_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        tokens: list[str] = []
        await run(arm, put_group())
        await arm.run(put_cluster(), on_status=lambda _: None, on_token=tokens.append)
        cloud.operations.clear()
        for token in (*tokens, "nonsense"):
            made = await arm.run(put_cluster(), on_status=lambda _: None, token=token)
            assert made["properties"]["provisioningState"] == "Succeeded"


async def test_what_is_done_is_not_put_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        await run(arm, put_group(), put_cluster(), put_pool())
        seen.clear()
        await run(arm, put_group(), put_cluster(), put_pool())
    assert {entry["method"] for entry in seen} == {"GET"}


async def test_a_cluster_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await run(arm, put_group(), put_cluster(tags={"owner": "somebody"}))
        with pytest.raises(UserError, match="was not made here"):
            await arm.look(put_cluster())
        await run(arm, put_pool())
        with pytest.raises(UserError, match="with Standard_ND96isr_H100_v5 instead of Standard_NC24ads_A100_v4"):
            await arm.look(put_pool(size="Standard_NC24ads_A100_v4"))


async def test_a_failed_pool_tells_the_innermost_cause_and_can_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = '{"error":{"code":"AllocationFailed","message":"Allocation failed. No capacity for the requested size."}}'
    async with simulated(monkeypatch) as (arm, cloud):
        await run(arm, put_group(), put_cluster())
        cloud.failures["gpu"] = Fault(400, "ReconcileVMSSAgentPoolFailed", f"Unable to create VMSS: {inner}")
        with pytest.raises(ArmError) as failure:
            await run(arm, put_pool())
        assert await arm.look(put_pool()) == "broken"
        await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"
    assert failure.value.code == "AllocationFailed"
    assert failure.value.status == 200
    assert "No capacity for the requested size" in failure.value.message
    assert "fewer nodes" in failure.value.remedy


async def test_no_quota_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await run(arm, put_group(), put_cluster())
        with pytest.raises(ArmError) as failure:
            await run(arm, put_pool(nodes=5))
        assert await arm.look(put_pool()) == "absent"
    assert failure.value.code == "ErrCode_InsufficientVCPUQuota"
    assert "needs 480 vCPU of standardNDSH100v5Family in eastus2, 384 free: ask for 96 more" in failure.value.message
    assert failure.value.correlation in failure.value.message
    assert "Quota page: https://portal.azure.com/" in failure.value.remedy


async def test_another_operation_on_the_cluster_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, speed=600, record=seen.append) as (arm, _):
        await run(arm, put_group())
        started = asyncio.Event()
        making = asyncio.create_task(arm.run(put_cluster(), on_status=lambda _: None, on_token=lambda _: started.set()))
        await started.wait()
        told = await run(arm, put_pool())
        await making
        assert await arm.look(put_pool()) == "done"
    assert any("waits for another operation on the cluster" in status for status in told)
    assert [entry["status"] for entry in seen if entry["method"] == "PUT" and entry["path"] == POOL] == [409, 201]


async def test_a_feature_is_registered_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, speed=600, record=seen.append) as (arm, _):
        assert await arm.look(FEATURE) == "absent"
        told = await run(arm, FEATURE, PROVIDER)
        assert await arm.look(FEATURE) == "done"
        await run(arm, FEATURE)
    assert "feature AKSInfinibandSupport: Registering" in told
    posts = [entry["path"] for entry in seen if entry["method"] == "POST"]
    assert posts == [FEATURE.path, PROVIDER.path], "the provider takes the feature up; nothing is registered twice"


async def test_credentials_reach_the_simulated_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await run(arm, put_group(), put_cluster())
        ask = action("POST", f"{CLUSTER}/listClusterUserCredential")
        assert await arm.look(ask) == "absent"
        answer = await arm.run(ask, on_status=lambda _: None)
        admin = await arm.post(f"{CLUSTER}/listClusterAdminCredential", AKS)
    config = yaml.safe_load(base64.b64decode(answer["kubeconfigs"][0]["value"]))
    assert config["current-context"] == "llmd"
    assert config["clusters"][0]["cluster"]["server"] == "http://127.0.0.1:1"
    assert yaml.safe_load(base64.b64decode(admin["kubeconfigs"][0]["value"]))["current-context"] == "llmd-admin"


async def test_throttling_is_told_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch, speed=60) as (arm, cloud):
        await run(arm, put_group())
        told: list[str] = []

        def status(text: str) -> None:
            if not told:
                cloud.faults.add(AzureFault(fault="throttled", on="GET .*/operations/", seconds=7))
            told.append(text)

        cloud.azure.seconds["cluster"] = 30
        await arm.run(put_cluster(), on_status=status)
    assert "cluster llmd: throttled, next try in 7 s" in told


async def test_abort_ends_an_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch, speed=600) as (arm, _):
        await run(arm, put_group())
        started = asyncio.Event()
        making = asyncio.create_task(arm.run(put_cluster(), on_status=lambda _: None, on_token=lambda _: started.set()))
        await started.wait()
        await abort(arm, put_cluster())
        with pytest.raises(ArmError, match="the operation ended Canceled"):
            await making
        assert await arm.look(put_cluster()) == "broken"


async def test_delete_waits_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[tuple[str, int]] = []
    async with simulated(monkeypatch) as (arm, cloud):
        await run(arm, put_group(), put_cluster(), put_pool())

        async def told(pool: dict[str, Any], count: int) -> None:
            left.append((pool["name"], count))

        cloud.on_nodes = told
        for each in (put_pool(), put_cluster()):
            await delete(arm, each, on_status=lambda _: None)
            await delete(arm, each, on_status=lambda _: None)
        assert await arm.look(put_cluster()) == "absent"
    assert left == [("gpu", 0), ("system", 0)]


async def test_a_lost_connection_only_interrupts_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    polling: Any = importlib.import_module("azure.core.polling.async_base_polling").AsyncLROBasePolling
    unreachable: Any = importlib.import_module("azure.core.exceptions").ServiceRequestError
    ask = polling.update_status
    lost = [True]

    async def update(self: Any) -> None:
        if lost.pop() if lost else False:
            raise unreachable("Cannot connect to host")
        await ask(self)

    monkeypatch.setattr(polling, "update_status", update)
    async with simulated(monkeypatch) as (arm, _):
        told = await run(arm, put_group(), put_cluster())
    assert "cluster llmd: no answer from Azure, asks again (Cannot connect to host)" in told


def test_words() -> None:
    assert describe(put_pool()) == "node pool gpu of llmd"
    assert describe(PROVIDER) == "provider Microsoft.ContainerService"
    assert describe(put_group()) == "resource group llmd"
    assert "az aks nodepool operation-abort --resource-group llmd --cluster-name llmd --nodepool-name gpu" in goes_on(
        put_pool()
    )
    assert "az aks operation-abort --resource-group llmd --name llmd" in goes_on(put_cluster())
    assert goes_on(FEATURE) == goes_on(put_group()) == ""
