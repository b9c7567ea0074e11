"""Tokens are fetched once; a login that ends in the middle is waited for."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from tests.azure.cli import FakeAz
from tests.azure.cloud import AKS, POOL, SUBSCRIPTION, put_cluster, put_group, put_pool, run, simulated


@pytest.fixture
def az(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAz:
    made = FakeAz(tmp_path, monkeypatch)
    made.log_in()
    return made


async def test_first_requests_at_the_same_moment_spawn_the_cli_once(
    monkeypatch: pytest.MonkeyPatch, az: FakeAz
) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        assert arm.how == "az CLI"
        async with await Arm.connect(SUBSCRIPTION, clock=cloud.clock) as other:
            clusters, compute = await arm.clusters(SUBSCRIPTION), await other.compute()

            async def usages() -> list[Any]:
                return [usage async for usage in compute.usage.list("eastus2")]

            asking = (arm.locations(), other.locations(), arm.tenants(), other.subscriptions(), usages())
            await asyncio.gather(*asking, clusters.managed_clusters.list_kubernetes_versions("eastus2"))
    assert az.spawns == [
        f"account get-access-token --output json --resource https://management.azure.com --subscription {SUBSCRIPTION}"
    ]


async def test_tokens_that_end_at_once_are_fetched_anew_while_an_operation_runs(
    monkeypatch: pytest.MonkeyPatch, az: FakeAz
) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        await run(arm, put_group(), put_cluster())
        assert len(az.spawns) == 1
        az.log_in(seconds=0)
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        await run(arm, put_group(), put_cluster(), put_pool())
    assert len(az.spawns) > 10
    assert sum(entry["method"] == "PUT" and entry["path"] == POOL for entry in seen) == 1


async def test_refusals_at_the_same_moment_fetch_one_token(monkeypatch: pytest.MonkeyPatch, az: FakeAz) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await arm.locations()
        az.log_in()
        cloud.faults.add(AzureFault(fault="expired-token", on="/locations$", times=4))
        await asyncio.gather(*(arm.locations() for _ in range(4)))
    assert len(az.spawns) == 2


async def test_a_login_that_has_ended_is_waited_for(monkeypatch: pytest.MonkeyPatch, az: FakeAz) -> None:
    """Azure takes the token no more, the CLI gives none, somebody logs in again."""
    seen: list[dict[str, Any]] = []
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        if "not logged in" in text and sum("not logged in" in each for each in told) == 3:
            az.log_in()

    async with simulated(monkeypatch, record=seen.append) as (arm, cloud):
        await run(arm, put_group(), put_cluster())
        arm.wait_for_login()
        az.log_out()
        cloud.faults.add(AzureFault(fault="expired-token", on="/operations/", skip=2))
        await arm.run(put_pool(), on_status=hear)
        assert await arm.look(put_pool()) == "done"
    waits = [text for text in told if "not logged in" in text]
    assert len(waits) == 3
    assert waits[0] == (
        "node pool gpu of llmd: a login to Azure: The Azure CLI is not logged in. Run `az login`. "
        "Tried again every 10s, then the run goes on from here"
    )
    assert sum(entry["method"] == "PUT" and entry["path"] == POOL for entry in seen) == 1


async def test_a_claims_challenge_names_the_login_that_meets_it(monkeypatch: pytest.MonkeyPatch, az: FakeAz) -> None:
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        if "az login --claims-challenge" in text:
            az.log_in()

    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="claims-challenge", on="/resourceGroups/", times=1))
        with pytest.raises(UserError, match="a rule of the organisation changed") as error:
            await run(arm, put_group())
        assert "`az login --claims-challenge " in error.value.remedy
        az.log_in()
        arm.wait_for_login()
        await run(arm, put_group(), put_cluster())
        cloud.faults.add(AzureFault(fault="claims-challenge", on="/operations/", skip=1, times=1))
        await arm.run(put_pool(), on_status=hear)
    assert any("az login --claims-challenge" in text for text in told)


async def test_a_login_that_azure_takes_no_more_is_waited_for(monkeypatch: pytest.MonkeyPatch, az: FakeAz) -> None:
    """The CLI gives out the same token again and again, until somebody logs in."""
    told: list[str] = []
    async with simulated(monkeypatch) as (arm, cloud):
        await run(arm, put_group(), put_cluster())
        arm.wait_for_login()
        cloud.faults.add(AzureFault(fault="expired-token", on="/operations/", skip=1, times=7))
        await arm.run(put_pool(), on_status=told.append)
        waits = [text for text in told if "takes this login no more" in text]
        assert len(waits) == 3, "two tries each"
        cloud.faults.add(AzureFault(fault="other-tenant", on="/resourceGroups/", times=None))
        with pytest.raises(UserError, match="wrong issuer"):
            await arm.get(POOL, AKS)


async def test_without_waiting_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, az: FakeAz) -> None:
    az.log_out()
    with pytest.raises(UserError, match="The Azure CLI is not logged in") as error:
        async with simulated(monkeypatch):
            pass
    assert error.value.remedy == "Run `az login`."
