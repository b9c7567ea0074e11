"""AKS node pools."""

from collections.abc import Mapping
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.arm.operations import (
    KIND,
    POOL,
    accepted,
    cluster_of,
    create,
    delete,
    follow,
    refuse_when_busy,
)
from llmd_tui.simulator.arm.shapes import IMMUTABLE, has_gpus, pool_properties, pool_resource
from llmd_tui.simulator.arm.wire import Answer, Call, Fault, Routes, not_found, route

ROUTES: Routes = []


@route(ROUTES, "GET", POOL.removesuffix("/{pool}"))
async def pools(call: Call) -> Answer:
    return Answer({"value": list(cluster_of(call).pools.values())})


@route(ROUTES, "GET", POOL)
async def pool(call: Call) -> Answer:
    owner, name = cluster_of(call), call.parts["pool"]
    if name not in owner.pools:
        raise not_found(f"{KIND}/{owner.resource['name']}/agentPools", name, call.parts["group"])
    return Answer(owner.pools[name])


@route(ROUTES, "PUT", POOL)
async def put_pool(call: Call) -> Answer:
    cloud, owner, name = call.cloud, cluster_of(call), call.parts["pool"]
    refuse_when_busy(owner)
    old = owner.pools.get(name)
    wanted: Mapping[str, Any] = call.body.get("properties") or {}
    version = owner.resource["properties"]["currentKubernetesVersion"]
    properties = pool_properties(cloud, owner.location, wanted, version)
    if old and old["properties"]["provisioningState"] == "Succeeded":
        _refuse_changes(old["properties"], properties)
        properties["provisioningState"] = "Updating"
    made = pool_resource(owner, name, properties)
    cloud.check_quota(owner.location, [made], [old] if old else [])
    owner.pools[name] = made
    seconds = cloud.azure.seconds["gpu-pool" if has_gpus(properties) else "pool"]
    operation = create(cloud, owner, name, [(seconds, made)], [made])
    return Answer(made, 200 if old else 201, follow(call, operation))


@route(ROUTES, "DELETE", POOL)
async def delete_pool(call: Call) -> Answer:
    owner, name = cluster_of(call), call.parts["pool"]
    if name not in owner.pools:
        return Answer(status=204)
    refuse_when_busy(owner)
    if [p["name"] for p in owner.pools.values() if p["properties"]["mode"] == "System"] == [name]:
        message = "There has to be at least one system node pool."
        raise Fault(400, "CannotDeleteLastSystemAgentPool", message, flat=True)
    return accepted(call, delete(call.cloud, owner, owner.pools[name], owner.pools, [name]))


def _refuse_changes(old: Object, new: Mapping[str, Any]) -> None:
    changed = [name for name in IMMUTABLE if old.get(name) != new.get(name)]
    if changed:
        message = f"Changing property 'properties.{changed[0]}' is not allowed."
        raise Fault(400, "PropertyChangeNotAllowed", message, flat=True)
