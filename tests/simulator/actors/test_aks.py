"""Nodes as AKS makes them."""

import re

from llmd_tui.objects import labels, name, status
from tests.simulator.actors.theatre import theatre


async def test_gpu_node_without_a_driver() -> None:
    async with theatre() as stage:
        await stage.gpus(2)
        first, second = sorted(stage.tape.all("Node"), key=name)
        assert re.fullmatch(r"aks-gpu-\d{8}-vmss000000", name(first))
        assert name(second) == name(first)[:-1] + "1"
        assert first["spec"]["taints"] == [{"key": "sku", "value": "gpu", "effect": "NoSchedule"}]
        assert first["spec"]["providerID"].startswith("azure:///subscriptions/")
        have = labels(first)
        assert have["node.kubernetes.io/instance-type"] == "Standard_ND96isr_H100_v5"
        assert (have["kubernetes.azure.com/mode"], have["agentpool"], have["sku"]) == ("user", "gpu", "gpu")
        said = status(first)
        info = said["nodeInfo"]
        assert info["kernelVersion"].endswith("-azure")
        assert info["containerRuntimeVersion"].startswith("containerd://2")
        assert info["osImage"].startswith("Ubuntu 24.04")
        assert "nvidia.com/gpu" not in said["capacity"]
        assert said["capacity"]["cpu"] == "96"
        conditions = {each["type"]: each["status"] for each in said["conditions"]}
        assert conditions.pop("Ready") == "True"
        assert set(conditions.values()) == {"False"}


async def test_pools_grow_and_shrink_at_their_end() -> None:
    async with theatre() as stage:
        for count in (1, 3, 2, 0):
            await stage.pool("system", "Standard_D8s_v5", count, mode="System")
            assert sorted(name(node)[-6:] for node in stage.tape.all("Node")) == [f"{n:06}" for n in range(count)]


async def test_managed_gpus_come_without_a_device_plugin() -> None:
    async with theatre() as stage:
        await stage.gpus(1, driver="Managed")
        await stage.until(
            "GPUs", lambda view: [status(n)["allocatable"].get("nvidia.com/gpu") for n in view.all("Node")] == ["8"]
        )
        assert not stage.tape.all("Pod")
