"""Features, versions and clusters that exist: what Azure tells before the run relies on it."""

from dataclasses import replace
from typing import Any

import pytest

from llmd_tui.checks.checklist import Checklist
from llmd_tui.events import CheckLine
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.simulator.arm import Cloud
from tests.azure.cloud import GROUP, pool_properties, put_cluster, put_group, run, simulated
from tests.checks.test_azure import TARGET
from tests.checks.town import EXPECTED, Reach

FEATURE = "Microsoft.ContainerService/AKSInfinibandSupport"
DENIED = AzureFault(fault="denied", value="Microsoft.Features/providers/features/register/action")


async def line(
    monkeypatch: pytest.MonkeyPatch,
    check: str,
    *faults: AzureFault,
    pools: tuple[dict[str, Any], ...] | None = None,
    change: Any = lambda cluster: None,
    azure: dict[str, Any] | None = None,
    registered: bool = False,
    **changes: Any,
) -> CheckLine:
    """One check; with `pools` of a cluster that was made before, which `change` may alter."""
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(*faults)
        network = {"properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16", "172.16.0.0/12"]}}}
        cloud.networks[f"{GROUP}/providers/Microsoft.Network/virtualNetworks/corp".lower()] = network
        if registered:
            _registered(cloud)
        if pools is not None:
            await run(arm, put_group(), put_cluster(*pools))
            (cluster,) = cloud.clusters.values()
            change(cluster)
        wanted = replace(EXPECTED, azure=TARGET.model_copy(update=azure or {}), kubeconfig=None, **changes)
        checklist = Checklist(wanted, Reach(arm.clock, arm=arm))
        (found,) = [each async for each in checklist.run([check])]
    return found


PENDING = AzureFault(fault="feature-pending", value=FEATURE)


def _registered(cloud: Cloud) -> None:
    cloud.azure.seconds["feature"] = 0
    cloud.register(FEATURE, "feature")


@pytest.mark.parametrize(
    ("registered", "faults", "nodes", "result", "said"),
    [
        (True, (), 2, "pass", "AKSInfinibandSupport registered"),
        (False, (), 2, "pass", "the phase features registers it"),
        (False, (DENIED,), 2, "fail", "the login may not register it"),
        (False, (DENIED,), 1, "warn", "the login may not register it"),
        (True, (PENDING, DENIED), 2, "fail", "AKSInfinibandSupport Pending"),
        (True, (PENDING,), 2, "warn", "AKSInfinibandSupport Pending: Microsoft approves it by hand"),
    ],
)
async def test_features(
    monkeypatch: pytest.MonkeyPatch, registered: bool, faults: Any, nodes: int, result: str, said: str
) -> None:
    found = await line(monkeypatch, "azure-features", *faults, registered=registered, rdma=True, nodes=nodes)
    assert found.result == result, found
    assert said in found.evidence
    if DENIED in faults:
        assert "az feature register --namespace Microsoft.ContainerService --name AKSInfinibandSupport" in found.remedy
        assert "az provider register --namespace Microsoft.ContainerService" in found.remedy


async def test_no_features_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await line(monkeypatch, "azure-features", rdma=False, features=())).result == "pass"


@pytest.mark.parametrize(
    ("wanted", "tier", "result", "said"),
    [
        ("1.35", "Free", "pass", "offered in eastus2"),
        ("1.35.6", "Free", "pass", "1.35.6"),
        ("1.28", "Free", "fail", "need 1."),
        ("1.35.1", "Free", "fail", "not offered"),
        ("1.33", "Free", "fail", "long-term support alone"),
        ("1.33", "Premium", "pass", "1.33"),
        ("1.99", "Free", "fail", "not offered in eastus2"),
    ],
)
async def test_versions(monkeypatch: pytest.MonkeyPatch, wanted: str, tier: str, result: str, said: str) -> None:
    found = await line(monkeypatch, "azure-kubernetes", azure={"kubernetes_version": wanted, "tier": tier})
    assert (found.result, said in found.evidence) == (result, True), found


async def test_the_version_of_a_cluster_that_exists_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await line(
        monkeypatch, "azure-kubernetes", pools=(), azure={"kubernetes_version": "1.99"}, kubernetes_minimum="1.36"
    )
    assert (found.result, found.remedy) == ("fail", "Upgrade the cluster."), found


async def test_a_cluster_that_is_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await line(monkeypatch, "azure-cluster", pools=({"name": "gpu", **pool_properties()},))
    assert (found.result, found.evidence) == ("pass", "llmd Succeeded, logged in to by its own certificate")


async def test_a_cluster_without_local_accounts_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await line(monkeypatch, "azure-cluster", AzureFault(fault="local-accounts-off"), pools=())
    assert (found.result, found.evidence) == ("pass", "llmd Succeeded, logged in to by Entra")


@pytest.mark.parametrize(("create", "result"), [(True, "pass"), (False, "fail")])
async def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch, create: bool, result: str) -> None:
    assert (await line(monkeypatch, "azure-cluster", azure={"create": create})).result == result


OTHER_GPUS = {"name": "old", **pool_properties(nodes=1), "gpuProfile": {"driver": "Install"}}


def stopped(cluster: Any) -> None:
    cluster.resource["properties"]["powerState"] = {"code": "Stopped"}


def tainted(cluster: Any) -> None:
    cluster.pools["system"]["properties"]["nodeTaints"] = ["CriticalAddonsOnly=true:NoSchedule"]


def elsewhere(cluster: Any) -> None:
    cluster.resource["location"] = "westeurope"


def in_the_way(cluster: Any) -> None:
    cluster.resource["properties"]["networkProfile"]["serviceCidr"] = "172.16.8.0/24"


def in_a_network(cluster: Any) -> None:
    subnet = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/corp/subnets/nodes"
    cluster.pools["system"]["properties"]["vnetSubnetID"] = subnet


def smaller_pool(cluster: Any) -> None:
    cluster.pools["gpu"]["properties"]["vmSize"] = "Standard_NC24ads_A100_v4"


OURS = {"name": "gpu", **pool_properties(nodes=1)}


@pytest.mark.parametrize(
    ("pools", "change", "said", "remedy"),
    [
        ((), stopped, "it is stopped", "az aks start --resource-group llmd --name llmd"),
        ((), tainted, "every node pool is tainted", "Add a node pool"),
        ((), elsewhere, "it is in westeurope, not eastus2", "target.azure.region"),
        ((), in_the_way, "serviceCidr 172.16.8.0/24 overlaps 172.16.0.0/16", "another cluster"),
        (
            (),
            in_a_network,
            "its network corp has 172.16.0.0/12, which overlaps 172.16.0.0/16",
            "another virtual network",
        ),
        ((OURS,), smaller_pool, "node pool gpu already, with Standard_NC24ads_A100_v4 instead of", "pool.name"),
        (
            ({**OURS, "gpuProfile": {"driver": "Install"}},),
            lambda cluster: None,
            "node pool gpu already, with driver Install, which gpu-operator does not go with",
            "pool.name",
        ),
        ((OTHER_GPUS,), lambda cluster: None, "node pool old has the GPU driver setting Install", "cannot be changed"),
    ],
)
async def test_what_stands_in_the_way(
    monkeypatch: pytest.MonkeyPatch, pools: Any, change: Any, said: str, remedy: str
) -> None:
    found = await line(monkeypatch, "azure-cluster", pools=pools, change=change, rdma=True, strategy="gpu-operator")
    assert found.result == "fail", found
    assert said in found.evidence
    assert remedy in found.remedy
