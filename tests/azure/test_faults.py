"""What Azure can do to us: the right words, and the right state after it. The real SDK, the simulated Azure."""

import asyncio
from typing import Any

import pytest

from llmd_tui.azure.capacity import capacity
from llmd_tui.azure.client import Arm
from llmd_tui.azure.errors import ArmError
from llmd_tui.azure.login import SimulatorCredential
from llmd_tui.azure.pipeline import telling
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.presets.sizes import size
from llmd_tui.simulator.arm import Cloud
from tests.azure.cloud import (
    AKS,
    CLUSTER,
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

PUT_POOL = "PUT .*/agentPools/gpu$"
H100 = size("Standard_ND96isr_H100_v5")
FEATURE = action(
    "POST",
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/AKSInfinibandSupport/register",
    None,
    "2021-07-01",
)


async def with_cluster(arm: Arm, cloud: Cloud, *faults: AzureFault) -> None:
    await run(arm, put_group(), put_cluster())
    cloud.faults.add(*faults)


async def refused(arm: Arm, each: Any = None) -> ArmError:
    with pytest.raises(ArmError) as failure:
        await run(arm, each or put_pool())
    assert failure.value.correlation, "support asks for it"
    assert f"correlation id {failure.value.correlation}" in failure.value.message
    return failure.value


@pytest.mark.parametrize(("seconds", "said"), [(7, "7"), (None, "1")])
async def test_throttled_requests_say_when_they_are_tried_again(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, said: str
) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="throttled", on=PUT_POOL, times=2, seconds=seconds))
        told = await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"
    throttled = [text for text in told if "throttled" in text]
    assert throttled[0] == f"node pool gpu of llmd: throttled, next try in {said} s"
    assert len(throttled) == 2
    assert "next try in 2 s" in throttled[1] or seconds, "without Retry-After the pauses grow"


async def test_throttled_for_ever_ends_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="throttled", on=PUT_POOL, times=None, seconds=60))
        error = await refused(arm)
        assert (error.status, error.kind) == (429, "throttled")
        assert "wait a minute and resume" in error.remedy
        cloud.faults.clear()
        await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"


async def test_who_is_sent_away_for_long_is_told_at_once_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour is no wait between two tries."""
    told: list[str] = []
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="throttled", on=PUT_POOL, times=None, seconds=3500))
        with telling(told.append):
            error = await refused(arm)
    assert (error.status, error.kind) == (429, "throttled")
    assert error.remedy == "Azure limits the rate of requests: wait 59 minutes and resume."
    assert told == []


async def test_computes_own_throttling_is_not_taken_for_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="throttled", on="/usages", seconds=3))
        with telling(told.append):
            (row,) = await capacity(arm, "eastus2", [H100])
    assert row.nodes_fit == 4
    assert told == ["throttled, next try in 3 s"]


async def test_a_token_that_expires_in_the_middle_of_an_operation_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens: list[None] = []
    give = SimulatorCredential.get_token_info

    async def count(self: SimulatorCredential, *scopes: str, options: Any = None) -> Any:
        tokens.append(None)
        return await give(self, *scopes, options=options)

    monkeypatch.setattr(SimulatorCredential, "get_token_info", count)
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="expired-token", on="/operations/", skip=2))
        await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"
    assert [entry["status"] for entry in seen if entry["status"] == 401] == [401]
    assert len(tokens) == 2
    assert sum(entry["method"] == "PUT" and entry["path"] == POOL for entry in seen) == 1


async def test_a_login_that_azure_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="expired-token", on=PUT_POOL, times=None))
        error = await refused(arm)
        assert (error.status, error.kind) == (401, "login")
        assert "az login" in error.remedy
        assert await arm.look(put_pool()) == "absent"


@pytest.mark.parametrize(
    ("denied", "each", "said"),
    [
        (
            "Microsoft.ContainerService/managedClusters/agentPools/write",
            put_pool(),
            f"az role assignment create --role Contributor --assignee LOGIN --scope {POOL}",
        ),
        (
            "Microsoft.Features/providers/features/register/action",
            FEATURE,
            "An administrator runs `az feature register --namespace Microsoft.ContainerService "
            f"--name AKSInfinibandSupport --subscription {SUBSCRIPTION}`",
        ),
        (
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
            action("POST", f"{CLUSTER}/listClusterUserCredential"),
            f"Azure Kubernetes Service Cluster User Role on {CLUSTER}",
        ),
    ],
)
async def test_a_missing_right_is_named_with_its_scope(
    monkeypatch: pytest.MonkeyPatch, denied: str, each: Any, said: str
) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="denied", value=denied))
        error = await refused(arm, each)
    assert (error.status, error.kind) == (403, "denied")
    assert said in error.remedy
    assert denied in error.message


async def test_without_the_right_to_register_there_is_a_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        right = "Microsoft.Features/providers/features/register/action"
        await with_cluster(arm, cloud, AzureFault(fault="denied", value=right))
        assert "without it: one node, or a size without InfiniBand" in (await refused(arm, FEATURE)).remedy


async def test_another_operation_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="busy", on=PUT_POOL))
        told = await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"
    ends = "`az aks operation-abort --resource-group llmd --name llmd` ends that"
    assert f"node pool gpu of llmd: waits for another operation on the cluster; {ends}" in told


async def test_quota_refused_at_once_is_said_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="quota-at-once", on=PUT_POOL, value="96"))
        error = await refused(arm)
        assert await arm.look(put_pool()) == "absent"
    assert "needs 192 vCPU of standardNDSH100v5Family in eastus2, 96 free: ask for 96 more" in error.message
    assert (error.status, error.code) == (400, "ErrCode_InsufficientVCPUQuota")
    assert "Quota page: https://portal.azure.com/" in error.remedy


async def test_quota_refused_after_minutes_is_said_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="quota-later", on=PUT_POOL))
        error = await refused(arm)
        assert await arm.look(put_pool()) == "broken"
        await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done"
    assert (error.status, error.code) == (200, "QuotaExceeded")
    assert error.message.startswith("Azure could not create node pool gpu of llmd: needs 192 vCPU")
    assert "standardNDSH100v5Family in eastus2, 96 free: ask for 96 more" in error.message
    assert (
        "az quota update --resource-name standardNDSH100v5Family --scope "
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/eastus2 --limit-object value=288 "
    ) in error.remedy


@pytest.mark.parametrize(
    ("fault", "code", "remedy"),
    [
        ("no-capacity", "AllocationFailed", "fewer nodes"),
        ("zone-full", "ZonalAllocationFailed", "another zone"),
    ],
)
async def test_no_free_machines(monkeypatch: pytest.MonkeyPatch, fault: Any, code: str, remedy: str) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault=fault, on=PUT_POOL))
        error = await refused(arm)
        assert await arm.look(put_pool()) == "broken"
        await run(arm, put_pool())
        assert await arm.look(put_pool()) == "done", "a pool of ours that failed is made again"
    assert (error.status, error.code, error.kind) == (200, code, "capacity")
    assert remedy in error.remedy


async def test_a_cluster_with_its_pool_that_got_no_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    both = put_cluster({"name": "gpu", **pool_properties()})
    async with simulated(monkeypatch) as (arm, cloud):
        await run(arm, put_group())
        cloud.faults.add(AzureFault(fault="no-capacity", on="PUT .*/managedClusters/llmd$"))
        error = await refused(arm, both)
        assert await arm.look(both) == "broken"
    assert error.code == "AllocationFailed"


async def test_a_refused_zone_names_those_that_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="zone-refused", on=PUT_POOL))
        error = await refused(arm)
        assert await arm.look(put_pool()) == "absent"
    assert (error.code, error.kind) == ("AvailabilityZoneNotSupported", "zone")
    assert error.remedy == "Set pool.zone to one of 2,3, or leave it out."


async def test_a_policy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="policy", on=PUT_POOL, value="No big GPUs"))
        error = await refused(arm)
    assert (error.status, error.kind) == (403, "policy")
    assert error.remedy.startswith("The policy assignment No big GPUs forbids it")
    assert "policyAssignmentId" not in error.message


async def test_a_feature_that_stays_pending_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pending = AzureFault(fault="feature-pending", value="Microsoft.ContainerService/AKSInfinibandSupport")
    told: list[str] = []
    async with simulated(monkeypatch, speed=30_000) as (arm, cloud):
        cloud.faults.add(pending)
        with pytest.raises(UserError) as failure:
            await arm.run(FEATURE, on_status=told.append)
        assert await arm.look(FEATURE) == "running"
    assert "feature AKSInfinibandSupport: Pending, Microsoft has to approve it" in told
    assert "Microsoft approves it by hand" in failure.value.message
    assert "az feature show --namespace Microsoft.ContainerService --name AKSInfinibandSupport" in failure.value.remedy


async def test_an_operation_that_never_ends_is_told_and_can_be_left_or_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await with_cluster(arm, cloud, AzureFault(fault="never-ends", on=PUT_POOL))
        told: asyncio.Queue[str] = asyncio.Queue()
        making = asyncio.create_task(arm.run(put_pool(), on_status=told.put_nowait))
        for _ in range(30):
            assert "InProgress" in await told.get()
        assert await arm.look(put_pool()) == "running"
        await arm.abort(put_pool())
        with pytest.raises(ArmError, match="the operation ended Canceled"):
            await making
        assert await arm.look(put_pool()) == "broken"


async def test_an_answer_that_breaks_off_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.filler_kib = 5000
        cloud.faults.add(AzureFault(fault="reset", on="/skus"), AzureFault(fault="reset", on="/usages"))
        with telling(told.append):
            (row,) = await capacity(arm, "eastus2", [H100])
    assert row.nodes_fit == 4
    assert len(told) == 2
    assert all("next try in 1 s" in text for text in told)


async def test_an_answer_that_always_breaks_off_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="reset", on="/skus", times=None))
        with pytest.raises(UserError, match="No answer from Azure") as failure:
            await capacity(arm, "eastus2", [H100])
    assert "network" in failure.value.remedy


async def test_slow_answers_are_waited_for_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch, speed=200) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="slow", on="/usages", seconds=20))
        (row,) = await capacity(arm, "eastus2", [H100])
        assert row.nodes_fit == 4
        cloud.faults.add(AzureFault(fault="slow", on="/usages", seconds=10_000))
        asking = asyncio.create_task(capacity(arm, "eastus2", [H100]))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_a_subscription_of_another_tenant_names_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = "11111111-2222-4333-8444-555555555555"
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="other-tenant", on="/resourceGroups/", times=None, value=tenant))
        error = await refused(arm, put_group())
    assert (error.status, error.kind) == (401, "login")
    ways = f"`az login --tenant {tenant}`, or with --tenant {tenant}"
    assert error.remedy == f"Log in to the subscription's tenant: {ways}; then try again."


async def test_no_local_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="local-accounts-off"))
        await run(arm, put_group(), put_cluster())
        with pytest.raises(ArmError) as failure:
            await arm.post(f"{CLUSTER}/listClusterAdminCredential", AKS)
    assert "disable local accounts" in failure.value.message
    assert "user's credentials" in failure.value.remedy


async def test_a_provider_is_never_registered_behind_ones_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own pipeline would do that, and sleep without an end."""
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, cloud):
        await run(arm, put_group())
        cloud.unregister("Microsoft.ContainerService")
        error = await refused(arm, put_cluster())
    assert error.code == "MissingSubscriptionRegistration"
    assert (
        f"az provider register --namespace Microsoft.ContainerService --subscription {SUBSCRIPTION} --wait"
        in error.remedy
    )
    assert not [entry for entry in seen if entry["method"] == "POST"]


async def test_nobody_there_is_told_while_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", "http://127.0.0.1:1")
    with telling(told.append), pytest.raises(UserError, match=r"no connection to 127\.0\.0\.1:1"):
        await Arm.connect(clock=Clock(speed=6000))
    assert [text.rpartition(", ")[2] for text in told] == ["next try in 1 s", "next try in 2 s", "next try in 4 s"]
