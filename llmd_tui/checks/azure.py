"""Checks of subscription, role, providers, size and quota: all that Azure tells before anything is bought."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from llmd_tui.azure import api_versions
from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed, warned
from llmd_tui.config.model import Azure
from llmd_tui.presets.sizes import system_size
from llmd_tui.rollout.words import listing, many

if TYPE_CHECKING:
    from llmd_tui.azure.capacity import Capacity
    from llmd_tui.azure.quota import Shortage

PROVIDERS = ("Microsoft.ContainerService", "Microsoft.Compute", "Microsoft.Network")
_AKS = "Microsoft.ContainerService/managedClusters"
_POOL_ACTIONS = (f"{_AKS}/agentPools/read", f"{_AKS}/agentPools/write", f"{_AKS}/listClusterUserCredential/action")
_CLUSTER_ACTIONS = ("Microsoft.Resources/subscriptions/resourceGroups/write", f"{_AKS}/write")


async def azure_login(context: Context) -> Verdict:
    """The login sees the subscription, and it is in use."""
    arm = context.arm
    known = {subscription.id: subscription for subscription in await arm.subscriptions()}
    found = known.get(arm.subscription)
    if found is None:
        names = listing([subscription.name for subscription in known.values()]) or "none"
        return failed(f"the login sees no subscription {arm.subscription}, but {names}", "Log in with `az login`.")
    said = f"{arm.how}: {found.name} ({found.id}), {found.state}"
    if found.state not in ("Enabled", ""):
        return failed(said, "Nothing can be created in it: ask the account's owner.")
    if found.quota_id.startswith("FreeTrial"):
        return warned(f"{said}, a free trial", "Free trials get no GPU quota.")
    return passed(said)


async def azure_role(context: Context) -> Verdict:
    """What the rollout will ask of Azure is among what the login may do there, by its roles."""
    azure = target(context)
    scope = await scope_of(context, azure)
    lacking = await denied(context, scope, _actions(azure))
    where = scope.rpartition("/")[2]
    if lacking:
        role = "Contributor"
        if all(action.endswith("/listClusterUserCredential/action") for action in lacking):
            role = '"Azure Kubernetes Service Cluster User Role"'
        grant = f"az role assignment create --role {role} --assignee LOGIN --scope {scope}"
        return failed(f"in {where} the login may not {listing(lacking)}", f"Missing: the role {role}: `{grant}`.")
    return passed(f"roles in {where} allow what will be done")


async def denied(context: Context, scope: str, actions: Iterable[str]) -> list[str]:
    """Which of the actions the login's roles do not grant in the scope."""
    path = f"{scope}/providers/Microsoft.Authorization/permissions"
    granted = [entry async for entry in context.arm.pages(path, api_versions.PERMISSIONS)]
    return [action for action in actions if not _granted(action, granted)]


async def azure_providers(context: Context) -> Verdict:
    path = f"/subscriptions/{target(context).subscription}/providers"
    states = {name: await context.arm.get(f"{path}/{name}", api_versions.PROVIDERS) for name in PROVIDERS}
    missing = [name for name, state in states.items() if state.get("registrationState") != "Registered"]
    if missing:
        of = f"--subscription {target(context).subscription} --wait"
        commands = " && ".join(f"az provider register --namespace {name} {of}" for name in missing)
        return failed(f"{listing(missing)} not registered in the subscription", f"`{commands}`")
    return passed(f"{listing(list(PROVIDERS))} registered")


async def azure_size(context: Context) -> Verdict:
    """The region offers the size to this subscription, in the zone that was asked for."""
    expected, row = context.expected, await _capacity(context)
    if not row.offered or row.restricted:
        return failed(f"{row.size}: {row.reason}", "Choose another region or size.")
    if expected.zone and expected.zone not in row.zones:
        return failed(f"not offered in zone {expected.zone} of {row.region}", f"Zones: {listing(list(row.zones))}.")
    if expected.spot and row.reason == "not offered as spot":
        return failed(f"{row.size} is {row.reason}", "Set pool.spot to false.")
    zones = f", zones {listing(list(row.zones))}" if row.zones else ""
    return passed(f"{row.size} offered in {row.region}{zones}")


async def azure_quota(context: Context) -> Verdict:
    """What is left of the quota holds the nodes that are still to come."""
    expected, row = context.expected, await _capacity(context)
    there = await _nodes_there(context)
    wanted = max(0, expected.nodes - there)
    already = f"; {there} are there" if there else ""
    if lacks := await _system_shortage(context):
        return failed(f"the system pool {lacks}", lacks.remedy(context.arm.subscription))
    if wanted == 0 and not expected.most_nodes:
        return passed(f"{many(there, 'node')} there already, nothing to buy")
    if row.nodes_fit is None:
        return warned(row.reason, "The quota is checked by Azure when the pool is created.")
    if row.nodes_fit < wanted:
        return failed(
            f"{many(row.nodes_fit, 'node')} of {wanted} fit the quota in {row.region}: "
            f"{await _lacks(context, row, wanted) or row.reason}{already}",
            await _ask_for(context, row, wanted),
        )
    fit = f"{many(row.nodes_fit, 'node')} fit the quota in {row.region}, {wanted} needed{already}"
    more = expected.most_nodes - there
    if row.nodes_fit < more:
        lacking = await _lacks(context, row, more)
        return warned(
            f"{fit}; the autoscaler may ask for {more}: {lacking or row.reason}", await _ask_for(context, row, more)
        )
    return passed(fit + ("; none is left for an upgrade's surge node" if row.nodes_fit == max(wanted, more) else ""))


async def _lacks(context: Context, row: "Capacity", nodes: int) -> "Shortage | None":
    return row.shortage(nodes, await _system_vcpus(context))


async def _ask_for(context: Context, row: "Capacity", nodes: int) -> str:
    lacks = await _lacks(context, row, nodes)
    way = lacks.remedy(context.arm.subscription) if lacks else "Choose another region or size"
    return f"{way}; `llmd-tui capacity --size {row.size} --nodes {nodes}` shows where they fit."


async def _system_shortage(context: Context) -> "Shortage | None":
    """What the system pool of a cluster that is still to come lacks of its own family's quota."""
    from llmd_tui.azure.capacity import normal
    from llmd_tui.azure.quota import Shortage

    azure, vcpus = target(context), await _system_vcpus(context)
    if not vcpus:
        return None
    family = system_size(str(azure.system_pool.size)).family
    known = context.arm.book.quotas(azure.region)
    quota = known.quotas.get(normal(family)) if known else None
    if quota is None or quota.left >= vcpus:
        return None
    return Shortage(family, azure.region, vcpus, quota.room, quota.limit)


async def _capacity(context: Context) -> "Capacity":
    from llmd_tui.azure.capacity import capacity

    expected, azure = context.expected, target(context)
    vcpus = await _system_vcpus(context)
    rows = await capacity(context.arm, azure.region, [expected.size], system_vcpus=vcpus, spot=expected.spot)
    return rows[0]


async def _system_vcpus(context: Context) -> int:
    """What the system pool of a cluster that is still to come takes."""
    azure = target(context)
    if azure.create and azure.system_pool.size and await aks_cluster(context) is None:
        return system_size(azure.system_pool.size).vcpus * (azure.system_pool.nodes or 0)
    return 0


async def _nodes_there(context: Context) -> int:
    """Nodes of the pool that exist: a run that is taken up again has bought them."""
    cluster = await aks_cluster(context)
    profiles: list[dict[str, Any]] = (cluster or {}).get("properties", {}).get("agentPoolProfiles") or []
    return next((int(p.get("count") or 0) for p in profiles if p.get("name") == context.expected.pool), 0)


async def aks_cluster(context: Context) -> dict[str, Any] | None:
    """The target as Azure has it."""
    azure = target(context)
    group = f"/subscriptions/{azure.subscription}/resourceGroups/{azure.resource_group}"
    return await find(context, f"{group}/providers/{_AKS}/{azure.cluster}", api_versions.AKS)


async def scope_of(context: Context, azure: Azure) -> str:
    """The resource group, or the subscription where the group is still to be made."""
    subscription = f"/subscriptions/{azure.subscription}"
    group = f"{subscription}/resourceGroups/{azure.resource_group}"
    return group if await find(context, group, api_versions.RESOURCES) else subscription


async def find(context: Context, path: str, api_version: str) -> dict[str, Any] | None:
    from llmd_tui.azure.errors import ArmError

    try:
        return await context.arm.get(path, api_version)
    except ArmError as error:
        if error.status == 404:
            return None
        raise


def _actions(azure: Azure) -> tuple[str, ...]:
    """Registering features has a check of its own: it may be somebody else's to do."""
    return (*(_CLUSTER_ACTIONS if azure.create else ()), *_POOL_ACTIONS)


def _granted(action: str, permissions: Iterable[Mapping[str, Any]]) -> bool:
    """A role grants what its actions name and its notActions do not; one role is enough."""
    return any(
        _named(action, entry.get("actions") or ()) and not _named(action, entry.get("notActions") or ())
        for entry in permissions
    )


def _named(action: str, patterns: Iterable[str]) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None for pattern in patterns
    )


def target(context: Context) -> Azure:
    """The config's; Azure's checks are asked for where there is one."""
    assert context.expected.azure is not None
    return context.expected.azure
