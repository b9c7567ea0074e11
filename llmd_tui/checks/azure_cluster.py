"""Checks of what a cluster is or will be: preview features, Kubernetes version, and an AKS cluster that exists."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from llmd_tui.checks.azure import AKS_API_VERSION, aks_cluster, denied, find, target
from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import version
from llmd_tui.checks.result import Verdict, failed, passed, warned
from llmd_tui.rollout.words import listing

FEATURES_API_VERSION = "2021-07-01"
PROVIDER = "Microsoft.ContainerService"
REGISTER = "Microsoft.Features/providers/features/register/action"
INFINIBAND = "AKSInfinibandSupport"
FABRIC = ip_network("172.16.0.0/16")
"""What InfiniBand's own network uses on the nodes."""
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
        return passed(f"{said}; the phase features registers it, which takes minutes")
    commands = " && ".join(
        [f"az feature register --namespace {PROVIDER} --name {name} --subscription {subscription}" for name in missing]
        + [f"az provider register --namespace {PROVIDER}"]
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
    problems = list(_problems(context, cluster))
    if problems:
        return failed(listing([problem for problem, _ in problems]), " ".join(remedy for _, remedy in problems))
    properties: Mapping[str, Any] = cluster["properties"]
    login = "by Entra" if properties.get("disableLocalAccounts") else "by its own certificate"
    return passed(f"{azure.cluster} {properties.get('provisioningState')}, logged in to {login}")


def _problems(context: Context, cluster: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands in the way, and what to do about it."""
    azure, properties = target(context), cluster["properties"]
    names = f"--resource-group {azure.resource_group} --name {azure.cluster}"
    if properties.get("powerState", {}).get("code") == "Stopped":
        yield "it is stopped", f"`az aks start {names}`."
    if properties.get("provisioningState") == "Failed":
        yield "it is Failed", f"`az aks update {names}` tries to mend it."
    if cluster["location"] != azure.region:
        yield f"it is in {cluster['location']}, not {azure.region}", "Set target.azure.region."
    pools: list[Mapping[str, Any]] = properties.get("agentPoolProfiles") or []
    others = [pool for pool in pools if pool.get("name") != context.expected.pool]
    yield from _drivers(context, others)
    if others and all(_closed(pool) for pool in others):
        yield (
            "every node pool is tainted, so that operators and the router find no node",
            "Add a node pool of mode User without a taint.",
        )
    if context.expected.rdma:
        yield from _ranges(properties)


def _drivers(context: Context, pools: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The GPU operator manages every GPU node of a cluster; AKS's driver on one of them is in its way."""
    for pool in pools:
        profile: Mapping[str, Any] = pool.get("gpuProfile") or {}
        driver = profile.get("driver")
        if driver is None or not pool.get("count"):
            continue
        if (context.expected.strategy == "gpu-operator") == (driver == "Install"):
            name, strategy = pool.get("name"), context.expected.strategy
            yield (
                f"its node pool {name} has the GPU driver setting {driver}, which {strategy} does not go with",
                f"A pool's driver cannot be changed: scale {name} to 0, delete it, or choose drivers alike.",
            )


def _closed(pool: Mapping[str, Any]) -> bool:
    """Whether pods that tolerate only what GPU nodes have find no place there."""
    taints: list[str] = pool.get("nodeTaints") or []
    return any(taint.endswith((":NoSchedule", ":NoExecute")) for taint in taints)


def _ranges(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    network: Mapping[str, Any] = properties.get("networkProfile") or {}
    for key in ("podCidr", "serviceCidr"):
        if network.get(key) and ip_network(str(network[key]), strict=False).overlaps(FABRIC):
            yield (
                f"its {key} {network[key]} overlaps {FABRIC}, which InfiniBand uses on the nodes",
                "Address ranges are fixed when a cluster is made: use another cluster.",
            )


async def _unoffered(context: Context, wanted: str) -> Verdict | None:
    """What is wrong with a version in the region; None when it is offered to this tier."""
    azure = target(context)
    path = f"/subscriptions/{azure.subscription}/providers/{PROVIDER}/locations/{azure.region}/kubernetesVersions"
    answer = await context.arm.get(path, AKS_API_VERSION)
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
    found = await find(context, path, FEATURES_API_VERSION)
    return str((found or {}).get("properties", {}).get("state") or "")
