"""Long-running operations: how they pass, how they end, and how a client follows them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.arm.account import GROUP, SUBSCRIPTION, existing_group
from llmd_tui.simulator.arm.cloud import Cloud, Cluster, Operation
from llmd_tui.simulator.arm.faults import busy
from llmd_tui.simulator.arm.wire import Answer, Call, Fault, Routes, not_found, route

ROUTES: Routes = []
KIND = "Microsoft.ContainerService/managedClusters"
CLUSTERS = f"{GROUP}/providers/{KIND}"
CLUSTER = f"{CLUSTERS}/{{cluster}}"
POOL = f"{CLUSTER}/agentPools/{{pool}}"
LOCATION = f"{SUBSCRIPTION}/providers/Microsoft.ContainerService/locations/{{location}}"
NODES_AT = 0.8
"""Nodes join before Azure calls the operation done: after this share of its time."""


def create(
    cloud: Cloud, owner: Cluster, name: str, pools: Iterable[tuple[float, Object]], parts: list[Object]
) -> Operation:
    """Starts the making of `parts`; `pools` come with the seconds after which each is done."""
    due = sorted(pools, key=lambda entry: entry[0])
    total = due[-1][0]

    async def work() -> None:
        passed = 0.0
        fails, failure = name in cloud.failures, cloud.failures.pop(name, None)
        for seconds, pool in due:
            await cloud.clock.sleep(seconds * NODES_AT - passed)
            passed = seconds * NODES_AT
            if fails:
                raise failure or await _never()
            await cloud.tell_nodes(pool, pool["properties"]["count"])
        await cloud.clock.sleep(total - passed)

    def ended(operation: Operation) -> None:
        for part in parts:
            part["properties"]["provisioningState"] = operation.status
            if operation.status == "Failed":
                part["properties"]["status"] = {"provisioningError": operation.error}

    owner.operation = cloud.begin(owner.location, work(), ended)
    return owner.operation


async def _never() -> Exception:
    """Does not return; an abort cancels it."""
    return await asyncio.get_running_loop().create_future()


def delete(cloud: Cloud, owner: Cluster, part: Object, pools: dict[str, Object], names: Iterable[str]) -> Operation:
    """Starts the removal of the pools `names`; `part` is what shows Deleting meanwhile."""
    part["properties"]["provisioningState"] = "Deleting"
    gone = list(names)

    async def work() -> None:
        await cloud.clock.sleep(cloud.azure.seconds["delete"])
        for name in gone:
            await cloud.tell_nodes(pools[name], 0)
            del pools[name]

    def ended(operation: Operation) -> None:
        if operation.status == "Succeeded":
            cloud.clusters = {key: c for key, c in cloud.clusters.items() if c.pools}

    owner.operation = cloud.begin(owner.location, work(), ended)
    return owner.operation


@route(ROUTES, "POST", f"{CLUSTER}/abort")
@route(ROUTES, "POST", f"{POOL}/abort")
async def abort(call: Call) -> Answer:
    owner = cluster_of(call)
    if owner.operation is None or owner.operation.task.done():
        message = "There is no operation in progress to abort."
        raise Fault(400, "OperationNotAllowed", message, flat=True)
    aborted = owner.operation.task

    async def work() -> None:
        aborted.cancel()
        await asyncio.wait([aborted])

    return accepted(call, call.cloud.begin(owner.location, work(), lambda _: None))


@route(ROUTES, "GET", f"{LOCATION}/operations/{{operation}}")
async def status(call: Call) -> Answer:
    found = _operation(call)
    body: dict[str, Any] = {"name": found.id, "status": found.status, "startTime": _time(found.started)}
    if found.ended:
        body["endTime"] = _time(found.ended)
    if found.status == "Failed":
        body["error"] = found.error
    return Answer(body)


@route(ROUTES, "GET", f"{LOCATION}/operationresults/{{operation}}")
async def result(call: Call) -> Answer:
    return Answer(status=204 if _operation(call).task.done() else 202)


def accepted(call: Call, operation: Operation) -> Answer:
    """The answer to a DELETE or an abort."""
    headers = follow(call, operation)
    place = headers["Azure-AsyncOperation"].replace("/operations/", "/operationresults/")
    return Answer(None, 202, {**headers, "Location": place})


def follow(call: Call, operation: Operation) -> dict[str, str]:
    """Where to ask, in an address as long as Azure's own, which is signed; no Retry-After."""
    root = f"{call.base}/subscriptions/{call.cloud.subscription}/providers/Microsoft.ContainerService"
    signature = f"api-version=2016-03-30&t=0&c={'M' * 3000}&s=simulated&h={operation.id}"
    return {"Azure-AsyncOperation": f"{root}/locations/{operation.location}/operations/{operation.id}?{signature}"}


def cluster_of(call: Call) -> Cluster:
    """The cluster that the path names. Raises ARM's 404."""
    group, name = existing_group(call)["name"], call.parts["cluster"]
    found = call.cloud.clusters.get((group.lower(), name.lower()))
    if found is None:
        raise not_found(KIND, name, group)
    return found


def refuse_when_busy(owner: Cluster) -> None:
    """AKS runs one operation on a cluster at a time."""
    if owner.busy:
        raise busy(owner.resource["name"])


def _operation(call: Call) -> Operation:
    found = call.cloud.operations.get(call.parts["operation"])
    if found is None:
        raise Fault(404, "NotFound", f"Operation {call.parts['operation']} was not found.", flat=True)
    return found


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
