"""Checks of what a cluster is or will be: preview features, Kubernetes version, and an AKS cluster that exists."""

from collections.abc import AsyncIterator, Mapping
from ipaddress import ip_network
from typing import Any

from llmd_tui.azure import api_versions
from llmd_tui.azure.reuse import FABRIC, Planned, obstacles, pools_of
from llmd_tui.checks.azure import aks_cluster, denied, find, target
from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import version
from llmd_tui.checks.result import Verdict, failed, passed, warned
from llmd_tui.presets.strategies import strategy
from llmd_tui.rollout.words import listing

PROVIDER = "Microsoft.ContainerService"
REGISTER = "Microsoft.Features/providers/features/register/action"
INFINIBAND = "AKSInfinibandSupport"
LONG_TERM = "AKSLongTermSupport"


async def azure_features(context: Context) -> Verdict:
    """The preview features are registered, or the login may do it."""
    expected, subscription = context.expected, target(context).subscription
    wanted = ((INFINIBAND,) if expected.rdma else ()) + expected.features
    if not wanted:
        return passed(f"{expected.size.name} with {expected.strategy} needs none")
    states = {name: await _state(context, subscription, name) for name in wanted}
    missing = [name for name, state in states.items() if state != "Registered"]
    if not missing:
        return passed(f"{listing(list(wanted))} registered")
    said = listing([f"{name} {states[name] or 'NotRegistered'}" for name in missing])
    if not await denied(context, f"/subscriptions/{subscription}", (REGISTER,)):
        if "Pending" in states.values():
            way = "The phase features waits for it a while; without it: one node, or a size without InfiniBand."
            return warned(f"{said}: Microsoft approves it by hand, which can take days", way)
        return passed(f"{said}; the phase features registers it, which takes minutes")
    commands = " && ".join(
        [f"az feature register --namespace {PROVIDER} --name {name} --subscription {subscription}" for name in missing]
        + [f"az provider register --namespace {PROVIDER} --subscription {subscription}"]
    )
    remedy = f"An administrator of the subscription runs `{commands}`"
    if missing == [INFINIBAND] and expected.nodes == 1:
        return warned(f"{said}, and the login may not register it", f"{remedy}; one node does without.")
    return failed(f"{said}, and the login may not register it", f"{remedy}; or choose a size without InfiniBand.")


async def azure_kubernetes(context: Context) -> Verdict:
    """The Kubernetes version is offered in the region and new enough; of an existing cluster its own."""
    azure, expected = target(context), context.expected
    cluster = await aks_cluster(context)
    there = str((cluster or {}).get("properties", {}).get("currentKubernetesVersion") or "")
    wanted = there or str(azure.kubernetes_version)
    if version(wanted) < version(expected.kubernetes_minimum):
        why = f"{wanted}; {expected.strategy} and llm-d need {expected.kubernetes_minimum}"
        return failed(why, "Upgrade the cluster." if there else "Set target.azure.kubernetesVersion.")
    if not there and (problem := await _unoffered(context, wanted)):
        return problem
    if version(wanted) < version(expected.kubernetes_recommended):
        return warned(f"{wanted}; {expected.kubernetes_recommended} is recommended", "Take a newer one when you can.")
    return passed(f"{wanted}{'' if there else f', offered in {azure.region}'}")


async def azure_cluster(context: Context) -> Verdict:
    """A cluster that exists can take the GPU pool, and what is planned beside it."""
    azure, cluster = target(context), await aks_cluster(context)
    if cluster is None:
        if azure.create:
            return passed(f"{azure.cluster} is still to be made")
        return failed(
            f"{azure.resource_group} has no cluster {azure.cluster}",
            "Check target.azure, or set target.azure.create to true.",
        )
    problems = list(obstacles(cluster, planned(context)))
    if context.expected.rdma:
        problems += [problem async for problem in _networks(context, cluster)]
    if problems:
        return failed(listing([problem for problem, _ in problems]), " ".join(remedy for _, remedy in problems))
    properties: Mapping[str, Any] = cluster["properties"]
    login = "by Entra" if properties.get("disableLocalAccounts") else "by its own certificate"
    return passed(f"{azure.cluster} {properties.get('provisioningState')}, logged in to {login}")


def planned(context: Context) -> Planned:
    azure, expected = target(context), context.expected
    return Planned(
        group=azure.resource_group,
        cluster=azure.cluster,
        region=azure.region,
        pool=expected.pool,
        size=expected.size.name,
        drivers=strategy(expected.strategy),
        rdma=expected.rdma,
    )


async def _networks(context: Context, cluster: Mapping[str, Any]) -> AsyncIterator[tuple[str, str]]:
    """Of pools in a virtual network of their owner's: its ranges."""
    subnets = {str(pool["vnetSubnetID"]) for pool in pools_of(cluster) if pool.get("vnetSubnetID")}
    for path in sorted({subnet.partition("/subnets/")[0] for subnet in subnets}):
        network = await find(context, path, api_versions.NETWORKS)
        space: Mapping[str, list[str]] = (network or {}).get("properties", {}).get("addressSpace") or {}
        for found in space.get("addressPrefixes", []):
            if ip_network(found, strict=False).overlaps(FABRIC):
                yield (
                    f"its network {path.rpartition('/')[2]} has {found}, which overlaps {FABRIC}: InfiniBand uses that",
                    "Use a cluster in another virtual network.",
                )


async def _unoffered(context: Context, wanted: str) -> Verdict | None:
    """What is wrong with a version in the region; None when it is offered to this tier."""
    azure = target(context)
    path = f"/subscriptions/{azure.subscription}/providers/{PROVIDER}/locations/{azure.region}/kubernetesVersions"
    answer = await context.arm.get(path, api_versions.AKS)
    offered = {str(entry["version"]): entry for entry in answer["values"]}
    entry = offered.get(".".join(wanted.split(".")[:2]))
    known = listing(sorted((name for name, e in offered.items() if not e.get("isPreview")), key=version), 9)
    if entry is None or (wanted.count(".") == 2 and wanted not in (entry.get("patchVersions") or {})):
        return failed(f"{wanted} is not offered in {azure.region}", f"Set target.azure.kubernetesVersion: {known}.")
    capabilities: Mapping[str, Any] = entry.get("capabilities") or {}
    plans: list[str] = capabilities.get("supportPlan") or []
    if plans == [LONG_TERM] and azure.tier != "Premium":
        return failed(f"{wanted} has long-term support alone", f"Set target.azure.tier to Premium, or take {known}.")
    if entry.get("isPreview"):
        return warned(f"{wanted} is a preview in {azure.region}", f"Supported are {known}.")
    return None


async def _state(context: Context, subscription: str, feature: str) -> str:
    path = f"/subscriptions/{subscription}/providers/Microsoft.Features/providers/{PROVIDER}/features/{feature}"
    found = await find(context, path, api_versions.FEATURES)
    return str((found or {}).get("properties", {}).get("state") or "")
