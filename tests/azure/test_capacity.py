"""Sizes x quota of one region."""

from typing import Any

import pytest

from llmd_tui.azure.capacity import Capacity, Quota, capacity, judge, normal, read_quotas
from llmd_tui.presets.sizes import size, sizes
from tests.azure.cloud import put_cluster, put_group, put_pool, run, simulated

H100 = size("Standard_ND96isr_H100_v5")


def sku(**more: Any) -> dict[str, Any]:
    return {
        "name": H100.name,
        "family": H100.family,
        "locationInfo": [{"zones": ["2", "1"]}],
        "restrictions": [],
        **more,
    }


async def test_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        rows = {row.size: row for row in await capacity(arm, "eastus2", sizes(), system_vcpus=16)}
    assert rows[H100.name] == Capacity(
        size=H100.name,
        region="eastus2",
        offered=True,
        restricted=False,
        limit=384,
        used=0,
        left=384,
        nodes_fit=4,
        zones=("1", "2", "3"),
        reason="",
        regional=Quota(limit=600, used=48),
        family="standardNDSH100v5Family",
        vcpus=96,
    )
    h200 = rows["Standard_ND96isr_H200_v5"]
    assert h200.nodes_fit == 0
    assert "0 of 96 are left in standardNDISRH200V5Family" in h200.reason
    restricted = rows["Standard_NC96ads_A100_v4"]
    assert (restricted.offered, restricted.restricted, restricted.nodes_fit) == (True, True, 0)
    assert "support request" in restricted.reason
    assert rows["Standard_ND96asr_v4"].reason == "not offered in eastus2"
    assert len(rows) == len(sizes())
    skus = next(entry for entry in seen if entry["path"].endswith("/skus"))
    assert skus["query"]["$filter"] == "location eq 'eastus2'", "without it Azure sends 122 MB"


async def test_what_runs_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await run(arm, put_group(), put_cluster(), put_pool(nodes=2))
        (row,) = await capacity(arm, "eastus2", [H100])
        (spot,) = await capacity(arm, "eastus2", [H100], spot=True)
    assert (row.used, row.left, row.nodes_fit) == (192, 192, 2)
    assert (spot.limit, spot.nodes_fit) == (100, 1), "spot has one bucket for all sizes"


async def test_one_region_and_many_read_the_same_quotas(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await capacity(arm, "eastus2", sizes())
        kept = arm.book.quotas("eastus2")
        assert kept is not None
        assert dict(kept.quotas) == await read_quotas(arm, "eastus2") != {}


async def test_a_quota_that_azure_does_not_tell_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.untold.add(H100.family)
        (row,) = await capacity(arm, "eastus2", [H100])
    assert (row.limit, row.nodes_fit) == (None, None)
    assert row.reason == "Azure tells no quota for standardNDSH100v5Family"


def test_the_region_limits_too_and_the_system_pool_counts() -> None:
    quotas = {normal(H100.family): Quota(960, 0), "cores": Quota(200, 0)}
    assert judge(H100, "r", sku(), quotas).nodes_fit == 2
    row = judge(H100, "r", sku(), quotas, system_vcpus=120)
    assert row.nodes_fit == 0
    assert row.reason == "a node needs 96 vCPUs and the system pool 120, the region has 200 left"


def test_names_are_compared_without_case_spaces_and_underscores() -> None:
    t4 = size("Standard_NC4as_T4_v3")
    quotas = {normal("standard ncasv3_T4 Family"): Quota(8, 0), "cores": Quota(100, 0)}
    assert judge(t4, "r", {**sku(), "family": "Standard NCASv3_T4 Family"}, quotas).nodes_fit == 2


@pytest.mark.parametrize(
    ("restrictions", "capabilities", "spot", "zones", "reason"),
    [
        (
            [{"type": "Zone", "restrictionInfo": {"zones": ["1"]}, "reasonCode": "NotAvailableForSubscription"}],
            {},
            False,
            ("2",),
            "",
        ),
        (
            [{"type": "Location", "reasonCode": "QuotaId"}],
            {},
            False,
            (),
            "the subscription's kind of offer may not use it",
        ),
        ([], {"LowPriorityCapable": "False"}, True, ("1", "2"), "not offered as spot"),
        ([], {"LowPriorityCapable": "False"}, False, ("1", "2"), ""),
    ],
)
def test_restrictions(
    restrictions: list[dict[str, Any]], capabilities: dict[str, str], spot: bool, zones: tuple[str, ...], reason: str
) -> None:
    offer = sku(restrictions=restrictions, capabilities=[{"name": k, "value": v} for k, v in capabilities.items()])
    quotas = {normal(H100.family): Quota(960, 0), "cores": Quota(960, 0), "lowprioritycores": Quota(960, 0)}
    row = judge(H100, "r", offer, quotas, spot=spot)
    assert (row.zones, row.reason) == (zones, reason)
    assert row.nodes_fit == (0 if reason else 10)


def test_more_used_than_allowed_leaves_nothing() -> None:
    assert Quota(limit=0, used=24).left == 0
