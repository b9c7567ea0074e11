"""What Azure tells before anything is bought: the real SDK against the simulated Azure."""

from dataclasses import replace

import pytest

from llmd_tui.checks.azure import _granted
from llmd_tui.checks.checklist import Checklist
from llmd_tui.config.model import Azure
from llmd_tui.events import CheckLine
from llmd_tui.presets.sizes import size
from tests.azure.cloud import GROUP, SUBSCRIPTION, pool_properties, put_cluster, put_group, run, simulated
from tests.checks.town import EXPECTED, Reach

ALL = (
    *("azure-login", "azure-role", "azure-providers", "azure-size", "azure-quota"),
    *("azure-features", "azure-kubernetes", "azure-cluster"),
)
TARGET = Azure.model_validate(
    {
        "subscription": SUBSCRIPTION,
        "resourceGroup": GROUP.rpartition("/")[2],
        "region": "eastus2",
        "cluster": "llmd",
        "systemPool": {"size": "Standard_D8s_v5", "nodes": 2},
        "kubernetesVersion": "1.35",
        "tier": "Standard",
    }
)


async def lines(
    monkeypatch: pytest.MonkeyPatch, *, ours: bool = False, target: Azure = TARGET, **changes: object
) -> dict[str, CheckLine]:
    """The Azure checks; with `ours` after cluster and pool were made."""
    async with simulated(monkeypatch) as (arm, cloud):
        for provider in ("Microsoft.ContainerService", "Microsoft.Compute", "Microsoft.Network"):
            cloud.register(provider, "provider")
        if ours:
            await run(arm, put_group(), put_cluster({"name": "gpu", **pool_properties()}))
        wanted = replace(EXPECTED, azure=target, kubeconfig=None, **changes)
        checklist = Checklist(wanted, Reach(arm.clock, arm=arm))
        await arm.clock.sleep(60)
        return {line.id: line async for line in checklist.run(ALL)}


async def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await lines(monkeypatch)
    assert {name: line.result for name, line in found.items()} == dict.fromkeys(ALL, "pass"), found
    assert "contoso-ml" in found["azure-login"].evidence
    assert found["azure-quota"].evidence == "4 nodes fit the quota in eastus2, 2 needed"


async def test_quota_for_fewer_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = (await lines(monkeypatch, nodes=5))["azure-quota"]
    assert (line.result, "4 nodes of 5 fit" in line.evidence) == ("fail", True), line
    assert "needs 480 vCPU of standardNDSH100v5Family in eastus2, 384 free: ask for 96 more" in line.evidence
    assert "--limit-object value=480 " in line.remedy


async def test_quota_for_what_the_autoscaler_may_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    line = (await lines(monkeypatch, nodes=2, most_nodes=4))["azure-quota"]
    assert (line.result, line.evidence) == (
        "pass",
        "4 nodes fit the quota in eastus2, 2 needed; none is left for an upgrade's surge node",
    )
    line = (await lines(monkeypatch, nodes=2, most_nodes=6))["azure-quota"]
    assert line.result == "warn"
    assert "the autoscaler may ask for 6: needs 576 vCPU of standardNDSH100v5Family" in line.evidence
    assert "--limit-object value=576 " in line.remedy


async def test_quota_of_the_system_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own family's: 32 of 100 are used."""
    pool = TARGET.system_pool.model_copy(update={"nodes": 9})
    line = (await lines(monkeypatch, target=TARGET.model_copy(update={"system_pool": pool})))["azure-quota"]
    assert (line.result, "the system pool needs 72 vCPU of standardDSv5Family" in line.evidence) == ("fail", True), line
    assert "value=104 " in line.remedy


async def test_nodes_that_are_there_are_not_bought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await lines(monkeypatch, ours=True, nodes=4)
    assert found["azure-quota"].result == "pass", found["azure-quota"]
    assert "2 are there" in found["azure-quota"].evidence


@pytest.mark.parametrize(
    ("name", "told"),
    [("Standard_NC96ads_A100_v4", "not offered"), ("Standard_NV36ads_A10_v5", "not offered in eastus2")],
)
async def test_a_size_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch, name: str, told: str) -> None:
    line = (await lines(monkeypatch, size=size(name)))["azure-size"]
    assert (line.result, told in line.evidence) == ("fail", True), line


@pytest.mark.parametrize(
    ("actions", "not_actions", "granted"),
    [
        (["*"], [], True),
        (["*"], ["Microsoft.ContainerService/*"], False),
        (["Microsoft.ContainerService/managedClusters/*"], [], True),
        (["microsoft.containerservice/managedclusters/WRITE"], [], True),
        (["*/read"], [], False),
        ([], [], False),
    ],
)
def test_roles(actions: list[str], not_actions: list[str], granted: bool) -> None:
    entry = {"actions": actions, "notActions": not_actions}
    assert _granted("Microsoft.ContainerService/managedClusters/write", [entry]) is granted
