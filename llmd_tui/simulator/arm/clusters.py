"""AKS clusters, their versions and credentials."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.arm.account import GROUP, SUBSCRIPTION, existing_group
from llmd_tui.simulator.arm.cloud import Cloud, Cluster
from llmd_tui.simulator.arm.operations import (
    CLUSTER,
    CLUSTERS,
    KIND,
    LOCATION,
    accepted,
    cluster_of,
    create,
    delete,
    follow,
    refuse_when_busy,
)
from llmd_tui.simulator.arm.shapes import (
    cluster_resource,
    has_gpus,
    kubernetes_versions,
    pool_properties,
    pool_resource,
    shown,
)
from llmd_tui.simulator.arm.wire import Answer, Call, Fault, Routes, not_found, route

ROUTES: Routes = []


@route(ROUTES, "GET", f"{LOCATION}/kubernetesVersions")
async def versions(_call: Call) -> Answer:
    return Answer({"values": list(kubernetes_versions())})


@route(ROUTES, "GET", f"{SUBSCRIPTION}/providers/{KIND}")
async def all_clusters(call: Call) -> Answer:
    return Answer({"value": [shown(cluster) for cluster in call.cloud.clusters.values()]})


@route(ROUTES, "GET", CLUSTERS)
async def clusters(call: Call) -> Answer:
    group = existing_group(call)["name"].lower()
    return Answer({"value": [shown(c) for (where, _), c in call.cloud.clusters.items() if where == group]})


@route(ROUTES, "GET", CLUSTER)
async def cluster(call: Call) -> Answer:
    return Answer(shown(cluster_of(call)))


@route(ROUTES, "PUT", CLUSTER)
async def put_cluster(call: Call) -> Answer:
    cloud, group, name = call.cloud, existing_group(call)["name"], call.parts["cluster"]
    if cloud.registration("Microsoft.ContainerService") != "Registered":
        message = "The subscription is not registered to use namespace 'Microsoft.ContainerService'."
        raise Fault(409, "MissingSubscriptionRegistration", f"{message} See https://aka.ms/rps-not-found.")
    key = (group.lower(), name.lower())
    old = cloud.clusters.get(key)
    if old:
        refuse_when_busy(old)
    made = _new(cloud, group, name, call.body)
    cloud.check_quota(made.location, made.pools.values(), old.pools.values() if old else ())
    cloud.clusters[key] = made
    seconds = cloud.azure.seconds
    with_gpus = seconds["cluster"] + seconds["gpu-pool"] - seconds["pool"]
    due = [(with_gpus if has_gpus(p["properties"]) else seconds["cluster"], p) for p in made.pools.values()]
    operation = create(cloud, made, name, due, [made.resource, *made.pools.values()])
    return Answer(shown(made), 200 if old else 201, follow(call, operation))


@route(ROUTES, "DELETE", CLUSTER)
async def delete_cluster(call: Call) -> Answer:
    key = (existing_group(call)["name"].lower(), call.parts["cluster"].lower())
    found = call.cloud.clusters.get(key)
    if found is None:
        return Answer(status=204)
    refuse_when_busy(found)
    return accepted(call, delete(call.cloud, found, found.resource, found.pools, found.pools))


@route(ROUTES, "GET", f"{GROUP}/providers/Microsoft.Network/virtualNetworks/{{network}}")
async def network(call: Call) -> Answer:
    found = call.cloud.networks.get(call.path.lower())
    if found is None:
        raise not_found("Microsoft.Network/virtualNetworks", call.parts["network"], call.parts["group"])
    return Answer(found)


@route(ROUTES, "GET", f"{GROUP}/resources")
async def resources(call: Call) -> Answer:
    group = existing_group(call)["name"].lower()
    listed = [c.resource for (where, _), c in call.cloud.clusters.items() if where == group]
    return Answer({"value": [{key: each[key] for key in ("id", "name", "type", "location")} for each in listed]})


@route(ROUTES, "DELETE", GROUP)
async def delete_group(call: Call) -> Answer:
    """With everything that is in it."""
    cloud, group = call.cloud, existing_group(call)
    name = group["name"].lower()
    group["properties"]["provisioningState"] = "Deleting"
    inside = [cluster for (where, _), cluster in cloud.clusters.items() if where == name]
    begun = [delete(cloud, cluster, cluster.resource, cluster.pools, cluster.pools) for cluster in inside]

    async def work() -> None:
        await asyncio.gather(cloud.clock.sleep(cloud.azure.seconds["delete"]), *(one.task for one in begun))
        del cloud.groups[name]

    operation = cloud.begin(group["location"], work(), lambda _: None)
    return Answer(None, 202, {"Location": follow(call, operation)["Azure-AsyncOperation"]})


@route(ROUTES, "POST", f"{CLUSTER}/listClusterUserCredential")
async def user_credential(call: Call) -> Answer:
    """Of a cluster without local accounts: a login by kubelogin, whatever format was asked for."""
    found = cluster_of(call).resource
    value = call.cloud.credentials(found["name"], entra=found["properties"]["disableLocalAccounts"])
    return Answer({"kubeconfigs": [{"name": "clusterUser", "value": value}]})


@route(ROUTES, "POST", f"{CLUSTER}/listClusterAdminCredential")
async def admin_credential(call: Call) -> Answer:
    found = cluster_of(call).resource
    if found["properties"]["disableLocalAccounts"]:
        message = "Getting static credential is not allowed because this cluster is set to disable local accounts."
        raise Fault(400, "BadRequest", message, flat=True)
    value = call.cloud.credentials(f"{found['name']}-admin")
    return Answer({"kubeconfigs": [{"name": "clusterAdmin", "value": value}]})


def _new(cloud: Cloud, group: str, name: str, body: Object) -> Cluster:
    made = Cluster(cluster_resource(cloud, group, name, body), {})
    properties: Mapping[str, Any] = body.get("properties") or {}
    profiles: Sequence[Mapping[str, Any]] = properties.get("agentPoolProfiles") or []
    if not any(profile.get("mode") == "System" for profile in profiles):
        raise Fault(400, "InvalidParameter", "Must define at least one system pool.", flat=True)
    version = made.resource["properties"]["currentKubernetesVersion"]
    for profile in profiles:
        own = pool_properties(cloud, made.location, profile, version)
        made.pools[profile["name"]] = pool_resource(made, profile["name"], own)
    return made
