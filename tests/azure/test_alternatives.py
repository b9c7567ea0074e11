"""What else could be had, when Azure has none here."""

from typing import Any

import pytest

from llmd_tui.azure.alternatives import with_alternatives
from llmd_tui.azure.capacity import capacity
from llmd_tui.azure.errors import ArmError
from llmd_tui.presets.scenarios import AzureFault, Region
from llmd_tui.presets.sizes import sizes
from llmd_tui.simulator.arm import Cloud
from tests.azure.cloud import POOL, action, pool_properties, put_cluster, put_group, put_pool, run, simulated


def more_regions(cloud: Cloud) -> None:
    def quota(**families: int) -> dict[str, dict[str, int]]:
        return {name: {"limit": limit} for name, limit in {"cores": 2000, **families}.items()}

    for name, families in {
        "swedencentral": {"standardNDSH100v5Family": 960},
        "japaneast": {"standardNDSH100v5Family": 96},
    }.items():
        cloud.azure.regions[name] = Region.model_validate({"display_name": name, "quota": quota(**families)})
    h200 = {"limit": 480, "used": 0}
    eastus2 = cloud.azure.regions["eastus2"]
    cloud.azure.regions["eastus2"] = eastus2.model_copy(
        update={
            "quota": {
                **eastus2.quota,
                **Region.model_validate({"display_name": "", "quota": {"standardNDISRH200V5Family": h200}}).quota,
            }
        }
    )


async def failing(monkeypatch: pytest.MonkeyPatch, fault: Any, each: Any, *known: str) -> ArmError:
    async with simulated(monkeypatch) as (arm, cloud):
        more_regions(cloud)
        await run(arm, put_group(), put_cluster())
        for region in known:
            await capacity(arm, region, sizes())
        cloud.faults.add(AzureFault(fault=fault, on="PUT .*/agentPools/gpu$"))
        with pytest.raises(ArmError) as failure:
            await run(arm, each)
        return await with_alternatives(arm, each, failure.value)


@pytest.mark.parametrize("fault", ["no-capacity", "quota-at-once", "quota-later"])
async def test_other_regions_and_sizes_that_are_known(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    error = await failing(monkeypatch, fault, put_pool(), "eastus2", "swedencentral", "japaneast", "westeurope")
    assert "By quota also fit here: Standard_ND96isr_H200_v5." in error.remedy
    assert "with the nodes that they can hold: swedencentral (10)." in error.remedy
    assert "japaneast" not in error.remedy, "one node is not enough"
    assert "`llmd-tui capacity --size Standard_ND96isr_H100_v5 --nodes 2` asks every region" in error.remedy


async def test_a_refusal_without_the_limit_still_leads_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failing(monkeypatch, "quota-at-once", put_pool(), "eastus2")
    assert error.shortage
    assert error.shortage.limit is None, "AKS does not name it"
    wanted = 384 + error.shortage.more
    assert f"--limit-object value={wanted} limit-object-type=LimitValue --resource-type dedicated`" in error.remedy


async def test_other_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    each = action("PUT", POOL, {"properties": {**pool_properties(), "availabilityZones": ["1"]}})
    error = await failing(monkeypatch, "zone-full", each, "eastus2")
    assert "Other zones here: 2, 3." in error.remedy


async def test_what_azure_has_none_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failing(monkeypatch, "no-capacity", put_pool(), "eastus2")
    full = "Azure has no 2 × Standard_ND96isr_H100_v5 free in eastus2 now: try again later"
    assert error.remedy.startswith(f"{full} or with fewer nodes (pool.nodes).")
    one = action("PUT", POOL, {"properties": {**pool_properties(1), "availabilityZones": ["1"]}})
    error = await failing(monkeypatch, "zone-full", one, "eastus2")
    full = "Azure has no 1 × Standard_ND96isr_H100_v5 free in zone 1 of eastus2 now: try again later"
    assert error.remedy.startswith(f"{full} or without a zone (pool.zone).")


async def test_fewer_nodes_that_the_quota_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failing(monkeypatch, "quota-later", put_pool(), "eastus2")
    assert error.remedy.startswith("What is left holds 1 node (pool.nodes).")


async def test_with_nothing_known_it_says_how_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failing(monkeypatch, "no-capacity", put_pool())
    assert error.remedy.endswith("asks every region.")
    assert "also fit" not in error.remedy


async def test_other_errors_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failing(monkeypatch, "policy", put_pool(), "eastus2")
    assert "capacity" not in error.remedy
