"""A simulated Azure for tests: quick, small, reached by the real SDK."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.azure.login import Person
from llmd_tui.clock import Clock
from llmd_tui.plan.actions import Arm as Action
from llmd_tui.presets.scenarios import Azure
from llmd_tui.simulator.arm import Cloud, serve

SUBSCRIPTION = "6b0c3f1e-0000-4000-8000-5d1a70000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/llmd"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/llmd"
POOL = f"{CLUSTER}/agentPools/gpu"
AKS = "2026-08-01"
TAGS = {"created-by": "llmd-tui"}

KUBECONFIG = b"""
apiVersion: v1
kind: Config
current-context: simulator
clusters: [{name: simulator, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: simulator}}]
contexts: [{name: simulator, context: {cluster: simulator, user: nobody}}]
"""


def azure() -> Azure:
    return Azure.model_validate(
        {
            "subscription": {
                "id": SUBSCRIPTION,
                "name": "contoso-ml",
                "tenant": "6b0c3f1e-0000-4000-8000-5d1a70000002",
            },
            "seconds": {
                "feature": 45,
                "provider": 10,
                "resource-group": 2,
                "cluster": 300,
                "pool": 200,
                "gpu-pool": 360,
                "delete": 60,
            },
            "regions": {
                "eastus2": {
                    "display_name": "East US 2",
                    "quota": {
                        "cores": {"limit": 600, "used": 48},
                        "lowPriorityCores": {"limit": 100},
                        "standardDSv5Family": {"limit": 100, "used": 32},
                        "standardNDSH100v5Family": {"limit": 384},
                        "standardNDISRH200V5Family": {"limit": 96, "used": 96},
                        "StandardNCADSA100v4Family": {"limit": 48},
                        "standardNDISv5MI300XFamily": {"limit": 96},
                    },
                    "restricted": {"Standard_NC96ads_A100_v4": "NotAvailableForSubscription"},
                },
                "westeurope": {"display_name": "West Europe", "quota": {"cores": {"limit": 10}}},
            },
        }
    )


@asynccontextmanager
async def simulated(
    monkeypatch: pytest.MonkeyPatch, *, speed: float = 6000, record: Any = None, person: Person | None = None
) -> AsyncGenerator[tuple[Arm, Cloud]]:
    """A connection, and the cloud behind it. `person` is asked where there is a login server."""
    clock = Clock(speed=speed)
    cloud = Cloud(azure(), clock, kubeconfig=KUBECONFIG)
    server = await serve(clock, cloud, record=record)
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", server.url)
    try:
        async with await Arm.connect("contoso-ml", clock=clock, person=person) as arm:
            yield arm, cloud
    finally:
        await server.close()


def action(method: str, path: str, body: dict[str, Any] | None = None, api_version: str = AKS) -> Action:
    return Action(method, path, api_version, body, ("az",))


def put_group(tags: dict[str, str] | None = None) -> Action:
    return action("PUT", GROUP, {"location": "eastus2", "tags": tags or TAGS}, "2025-04-01")


def pool_properties(nodes: int = 2, size: str = "Standard_ND96isr_H100_v5") -> dict[str, Any]:
    return {
        "mode": "User",
        "count": nodes,
        "vmSize": size,
        "osSKU": "Ubuntu2404",
        "gpuProfile": {"driver": "None"},
        "nodeLabels": {"sku": "gpu"},
    }


def put_cluster(*pools: dict[str, Any], tags: dict[str, str] | None = None) -> Action:
    system = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D8s_v5", "osSKU": "Ubuntu2404"}
    properties = {"kubernetesVersion": "1.35", "dnsPrefix": "llmd-llmd-6b0c3f", "agentPoolProfiles": [system, *pools]}
    body = {
        "location": "eastus2",
        "tags": tags or TAGS,
        "identity": {"type": "SystemAssigned"},
        "sku": {"name": "Base", "tier": "Free"},
        "properties": properties,
    }
    return action("PUT", CLUSTER, body)


def put_pool(nodes: int = 2, size: str = "Standard_ND96isr_H100_v5") -> Action:
    return action("PUT", POOL, {"properties": pool_properties(nodes, size)})


async def run(arm: Arm, *actions: Action) -> list[str]:
    """Runs them one after the other; returns the statuses told."""
    told: list[str] = []
    for each in actions:
        await arm.run(each, on_status=told.append)
    return told
