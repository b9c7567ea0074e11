"""ARM's wire as Azure shows it: shapes, headers, refusals. What the SDK makes of it is in tests/azure."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from llmd_tui.clock import Clock
from llmd_tui.presets.scenarios import scenario
from llmd_tui.presets.sizes import size
from llmd_tui.simulator.arm import Cloud, serve
from tests.azure.cloud import AKS, CLUSTER, GROUP, KUBECONFIG, POOL, SUBSCRIPTION, azure, pool_properties, put_cluster

ROOT = f"/subscriptions/{SUBSCRIPTION}"
COMPUTE = f"{ROOT}/providers/Microsoft.Compute"
SYSTEM = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D8s_v5"}


@dataclass
class Reply:
    status: int
    body: Any
    headers: Any


@dataclass
class Client:
    """Speaks plain HTTP to the simulator."""

    session: aiohttp.ClientSession
    url: str
    cloud: Cloud

    async def __call__(
        self, method: str, path: str, body: Any = None, *, version: str | None = AKS, **query: str
    ) -> Reply:
        params = {**({"api-version": version} if version else {}), **{f"${k}": v for k, v in query.items()}}
        url = path if path.startswith("http") else self.url + path
        async with self.session.request(method, url, params=params, json=body) as answer:
            text = await answer.text()
            return Reply(answer.status, await answer.json() if text else None, answer.headers)

    async def group(self) -> None:
        assert (await self("PUT", GROUP, {"location": "eastus2"})).status == 201

    async def cluster(self, *pools: dict[str, Any]) -> Reply:
        """Creates it and waits for the end."""
        await self.group()
        made = await self("PUT", CLUSTER, put_cluster(*pools).body)
        await self.done()
        return made

    async def done(self) -> None:
        for operation in list(self.cloud.operations.values()):
            await operation.task


@asynccontextmanager
async def simulator(speed: float = 60000) -> AsyncGenerator[Client]:
    clock = Clock(speed=speed)
    cloud = Cloud(azure(), clock, kubeconfig=KUBECONFIG)
    server = await serve(clock, cloud)
    try:
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer t"}, trust_env=False) as session:
            yield Client(session, server.url, cloud)
    finally:
        await server.close()


async def test_every_request_needs_a_token_and_a_version() -> None:
    async with simulator() as call:
        assert (await call("GET", "/subscriptions", version=None)).body["error"]["code"] == "MissingApiVersionParameter"
        async with aiohttp.ClientSession() as nobody, nobody.get(f"{call.url}/subscriptions?api-version=1") as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_the_account() -> None:
    async with simulator() as call:
        (subscription,) = (await call("GET", "/subscriptions")).body["value"]
        assert subscription["subscriptionId"] == SUBSCRIPTION
        assert (await call("GET", ROOT)).body["state"] == "Enabled"
        (tenant,) = (await call("GET", "/tenants")).body["value"]
        assert tenant["tenantId"] == subscription["tenantId"]
        kinds = {e["name"]: e["metadata"]["regionType"] for e in (await call("GET", f"{ROOT}/locations")).body["value"]}
        assert kinds == {"eastus2": "Physical", "westeurope": "Physical", "global": "Logical"}
        other = await call("GET", "/subscriptions/00000000-0000-0000-0000-000000000000/locations")
        assert (other.status, other.body["error"]["code"]) == (404, "SubscriptionNotFound")
        assert (await call("GET", f"{ROOT}/providers/Microsoft.Authorization/permissions")).body["value"][0]["actions"]
        assert (await call("GET", "/elsewhere")).status == 404


async def test_resource_groups() -> None:
    async with simulator() as call:
        assert (await call("HEAD", GROUP)).status == 404
        missing = await call("GET", GROUP)
        assert (missing.status, missing.body["error"]["code"]) == (404, "ResourceGroupNotFound")
        assert (await call("PUT", GROUP, {})).body["error"]["code"] == "LocationRequired"
        assert (await call("PUT", GROUP, {"location": "mars"})).status == 400
        made = await call("PUT", GROUP, {"location": "eastus2", "tags": {"a": "b"}})
        assert (made.status, made.body["properties"]) == (201, {"provisioningState": "Succeeded"})
        assert (await call("PUT", GROUP, {"location": "westeurope"})).status == 409
        assert (
            await call("PUT", GROUP.replace("resourceGroups", "resourcegroups"), {"location": "eastus2"})
        ).status == 200
        assert (await call("HEAD", GROUP)).status == 204
        assert len((await call("GET", f"{ROOT}/resourceGroups")).body["value"]) == 1


async def test_a_feature_moves_to_registered_in_its_time() -> None:
    path = f"{ROOT}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/AKSInfinibandSupport"
    async with simulator(speed=1) as call:
        assert (await call("GET", path)).body["properties"]["state"] == "NotRegistered"
        posted = await call("POST", f"{path}/register")
        assert posted.body["properties"]["state"] == "Registering"
        assert posted.body["name"] == "Microsoft.ContainerService/AKSInfinibandSupport"
        call.cloud.clock = Clock(speed=2, start=call.cloud.clock.start - 100)  # 100 s later
        assert (await call("GET", path)).body["properties"]["state"] == "Registered"


async def test_skus_keep_to_the_filter() -> None:
    async with simulator() as call:
        call.cloud.unfiltered_seconds = 0
        everything = (await call("GET", f"{COMPUTE}/skus")).body["value"]
        assert {e["locations"][0] for e in everything} == {"eastus2", "westeurope"}
        here = (await call("GET", f"{COMPUTE}/skus", filter="location eq 'eastus2'")).body["value"]
        assert {e["locations"][0] for e in here} == {"eastus2"}
        assert {e["resourceType"] for e in here} == {"disks", "virtualMachines"}
        assert (await call("GET", f"{COMPUTE}/skus", filter="name eq 'x'")).status == 400
        by_name = {e["name"]: e for e in here}
        h100 = {c["name"]: c["value"] for c in by_name["Standard_ND96isr_H100_v5"]["capabilities"]}
        assert (h100["GPUs"], h100["vCPUs"], h100["RdmaEnabled"]) == ("8", "96", "True")
        amd = {c["name"] for c in by_name["Standard_ND96isr_MI300X_v5"]["capabilities"]}
        assert "GPUs" not in amd, "Azure leaves the capability out"
        assert by_name["Standard_NC96ads_A100_v4"]["restrictions"][0]["reasonCode"] == "NotAvailableForSubscription"


async def test_usages_count_what_runs() -> None:
    async with simulator() as call:
        await call.cluster({"name": "gpu", **pool_properties(nodes=2)})
        value = (await call("GET", f"{COMPUTE}/locations/eastus2/usages")).body["value"]
        used = {entry["name"]["value"]: entry["currentValue"] for entry in value}
    assert used["standardNDSH100v5Family"] == 192
    assert used["standardDSv5Family"] == 32 + 8
    assert used["cores"] == 48 + 200


async def test_a_cluster_as_azure_tells_it() -> None:
    async with simulator() as call:
        made = await call.cluster()
        assert made.status == 201
        assert made.body["properties"]["provisioningState"] == "Creating"
        follow = made.headers["Azure-AsyncOperation"]
        assert "Retry-After" not in made.headers
        assert len(follow) > 3000, "Azure's are signed and that long"
        status = (await call("GET", follow, version=None)).body
        assert status["status"] == "Succeeded"
        assert status["endTime"] > status["startTime"]
        shown = (await call("GET", CLUSTER)).body
        assert shown["properties"]["currentKubernetesVersion"] == "1.35.6"
        assert shown["properties"]["nodeResourceGroup"] == "MC_llmd_llmd_eastus2"
        (system,) = shown["properties"]["agentPoolProfiles"]
        assert (system["name"], system["provisioningState"]) == ("system", "Succeeded")
        assert (
            len((await call("GET", f"{ROOT}/providers/Microsoft.ContainerService/managedClusters")).body["value"]) == 1
        )
        assert len((await call("GET", CLUSTER.rpartition("/")[0])).body["value"]) == 1
        assert (await call("GET", f"{CLUSTER}x")).body["error"]["code"] == "ResourceNotFound"


async def test_what_the_azure_cli_leaves_empty_is_not_said() -> None:
    body = {
        "location": "eastus2",
        "properties": {
            "kubernetesVersion": "",
            "addonProfiles": {},
            "agentPoolProfiles": [{**SYSTEM, "orchestratorVersion": "", "nodeTaints": [], "upgradeSettings": {}}],
        },
    }
    async with simulator() as call:
        await call.group()
        made = await call("PUT", CLUSTER, body)
    assert made.status == 201
    (system,) = made.body["properties"]["agentPoolProfiles"]
    assert "nodeTaints" not in system
    assert system["orchestratorVersion"] == "1.35.6"


async def test_pools_as_azure_tells_them() -> None:
    async with simulator() as call:
        await call.cluster()
        default = {"properties": {"vmSize": "Standard_NC24ads_A100_v4", "count": 1, "scaleSetPriority": "Spot"}}
        made = (await call("PUT", f"{CLUSTER}/agentPools/spot", default)).body["properties"]
        assert made["gpuProfile"] == {"driver": "Install"}, "the service's default, shown in the answer"
        assert made["nodeTaints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
        assert made["nodeLabels"] == {"kubernetes.azure.com/scalesetpriority": "spot"}
        assert made["nodeImageVersion"].startswith("AKSUbuntu-2404")
        await call.done()
        names = [pool["name"] for pool in (await call("GET", f"{CLUSTER}/agentPools")).body["value"]]
    assert names == ["system", "spot"]


async def test_a_pool_scales_but_keeps_what_is_fixed() -> None:
    told: list[int] = []

    async def nodes(_pool: dict[str, Any], count: int) -> None:
        told.append(count)

    async with simulator() as call:
        await call.cluster({"name": "gpu", **pool_properties(nodes=1)})
        call.cloud.on_nodes = nodes
        scaled = await call("PUT", POOL, {"properties": pool_properties(nodes=3)})
        assert (scaled.status, scaled.body["properties"]["provisioningState"]) == (200, "Updating")
        await call.done()
        changed = {**pool_properties(nodes=3), "gpuProfile": {"driver": "Install"}}
        refused = await call("PUT", POOL, {"properties": changed})
    assert told == [3]
    assert (refused.status, refused.body["code"]) == (400, "PropertyChangeNotAllowed")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"vmSize": "Standard_ND96isr_H200_v5"}, 400, "ErrCode_InsufficientVCPUQuota"),
        ({"count": 9}, 400, "ErrCode_InsufficientVCPUQuota"),
        ({"vmSize": "Standard_ND96asr_v4"}, 400, "VMSizeNotSupported"),
        ({"vmSize": "Standard_NC96ads_A100_v4"}, 400, "VMSizeNotSupported"),
        ({"orchestratorVersion": "1.20.1"}, 400, "K8sVersionNotSupported"),
        (
            {"gpuProfile": {"driver": "Install", "nvidia": {"managementMode": "Managed"}}},
            400,
            "PreviewFeatureNotRegistered",
        ),
        ({"vmSize": "Standard_ND96isr_MI300X_v5", "gpuProfile": {"driver": "Install"}}, 400, "InvalidParameter"),
    ],
)
async def test_refusals_are_flat_as_the_provider_writes_them(change: dict[str, Any], status: int, code: str) -> None:
    async with simulator() as call:
        await call.cluster()
        refused = await call("PUT", POOL, {"properties": {**pool_properties(), **change}})
        assert (await call("GET", POOL)).status == 404
    assert (refused.status, refused.body["code"]) == (status, code)
    assert refused.headers["x-ms-correlation-request-id"]


async def test_the_regions_own_quota_is_named() -> None:
    async with simulator() as call:
        call.cloud.azure.regions["eastus2"].quota["cores"] = azure().regions["westeurope"].quota["cores"]
        await call.group()
        refused = await call("PUT", CLUSTER, put_cluster({"name": "gpu", **pool_properties()}).body)
        assert (await call("GET", CLUSTER)).status == 404
    assert "left regional vcpu quota 10, requested quota 200" in refused.body["message"]


async def test_an_unregistered_provider_refuses_clusters_until_it_is_registered() -> None:
    async with simulator() as call:
        call.cloud.unregister("Microsoft.ContainerService")
        await call.group()
        refused = await call("PUT", CLUSTER, put_cluster().body)
        assert (refused.status, refused.body["error"]["code"]) == (409, "MissingSubscriptionRegistration")
        await call("POST", f"{ROOT}/providers/Microsoft.ContainerService/register")
        provider = (await call("GET", f"{ROOT}/providers/Microsoft.ContainerService")).body
    assert provider["registrationState"] in ("Registering", "Registered")


async def test_one_operation_at_a_time() -> None:
    async with simulator() as call:
        await call.group()
        call.cloud.clock = Clock()
        await call("PUT", CLUSTER, put_cluster().body)
        refusals = [
            await call("PUT", CLUSTER, put_cluster().body),
            await call("PUT", POOL, {"properties": pool_properties()}),
            await call("DELETE", CLUSTER),
        ]
    assert {(r.status, r.body["code"]) for r in refusals} == {(409, "OperationNotAllowed")}


async def test_deletion() -> None:
    async with simulator() as call:
        await call.cluster({"name": "gpu", **pool_properties()})
        last = await call("DELETE", f"{CLUSTER}/agentPools/system")
        assert last.status == 400
        gone = await call("DELETE", POOL)
        assert (gone.status, gone.body) == (202, None)
        await call.done()
        assert (await call("GET", gone.headers["Location"], version=None)).status == 204
        assert (await call("GET", POOL)).status == 404
        assert (await call("DELETE", POOL)).status == 204
        await call("DELETE", CLUSTER)
        await call.done()
        assert (await call("GET", CLUSTER)).status == 404
        assert (await call("DELETE", CLUSTER)).status == 204


async def test_local_accounts_switched_off() -> None:
    body = put_cluster().body
    assert body
    async with simulator() as call:
        await call.group()
        await call("PUT", CLUSTER, {**body, "properties": {**body["properties"], "disableLocalAccounts": True}})
        await call.done()
        refused = await call("POST", f"{CLUSTER}/listClusterAdminCredential")
        assert (await call("POST", f"{CLUSTER}/listClusterUserCredential")).status == 200
    assert "set to disable local accounts" in refused.body["message"]


async def test_kubernetes_versions() -> None:
    path = f"{ROOT}/providers/Microsoft.ContainerService/locations/eastus2/kubernetesVersions"
    async with simulator() as call:
        values = (await call("GET", path)).body["values"]
    assert [v["version"] for v in values if v.get("isDefault")] == ["1.35"]
    assert "KubernetesOfficial" not in next(v for v in values if v["version"] == "1.33")["capabilities"]["supportPlan"]


async def test_nothing_to_abort() -> None:
    async with simulator() as call:
        await call.cluster()
        assert (await call("POST", f"{CLUSTER}/abort")).status == 400
        path = f"{ROOT}/providers/Microsoft.ContainerService/locations/eastus2/operations/none"
        assert (await call("GET", path)).status == 404


def test_the_shipped_scenario_fits_the_sizes() -> None:
    cloud = Cloud(scenario().azure, Clock())
    for region in scenario().azure.regions:
        assert set(cloud.usage(region)) == set(cloud.region(region).quota)
    assert size("Standard_ND96isr_H100_v5").family in cloud.region("eastus2").quota
