"""Configs whose requests are compared with the Azure CLI's, and what the comparison takes for equal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from llmd_tui.config.model import Config
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.make import make_plan
from llmd_tui.run.actions.arm import content
from llmd_tui.run.references import resolve
from tests.azure.cloud import SUBSCRIPTION

KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ada@contoso\n"
H100 = {"size": "Standard_ND96isr_H100_v5", "nodes": 2}
AZURE: Mapping[str, Any] = {
    "subscription": SUBSCRIPTION,
    "resourceGroup": "llmd",
    "region": "eastus2",
    "cluster": "llmd",
}

VARIANTS: Mapping[str, dict[str, Any]] = {
    "gpu-operator": {},
    "aks-driver": {"drivers": "aks-driver"},
    "taint and zone": {"pool": {**H100, "taint": True, "zone": "2"}},
    "autoscaler": {"pool": {**H100, "maxNodes": 4}},
    "autoscaler from none": {"pool": {**H100, "maxNodes": 8, "minNodes": 0}, "drivers": "aks-driver"},
    "labels and taints": {
        "pool": {**H100, "taint": True, "taints": ["team=ml:NoSchedule"], "labels": ["team=ml", "example.com/cost=42"]}
    },
    "managed GPU": {"drivers": "aks-managed-gpu"},
    "spot with a price": {"pool": {**H100, "spot": True, "spotMaxPrice": 41.5}},
    "spot": {"pool": {**H100, "spot": True}},
    "older Ubuntu, large disk": {"pool": {**H100, "osSku": "Ubuntu2204", "osDiskGiB": 512}},
    "AzureLinux": {"pool": {"size": "Standard_NC24ads_A100_v4", "osSku": "AzureLinux3"}, "drivers": "aks-driver"},
    "version and tier": {"azure": {"kubernetesVersion": "1.34", "tier": "Standard"}},
    "system pool": {"azure": {"systemPool": {"size": "Standard_D8s_v5", "nodes": 3}}},
    "SSH key": {"azure": {"sshKeyFile": "~/id_rsa.pub"}},
    "names": {"azure": {"cluster": "9-my_Cluster-of-models", "resourceGroup": "rg.with(odd)names-and-more"}},
    "existing cluster": {"azure": {"create": False}},
}


def config(variant: str) -> Config:
    said = VARIANTS[variant]
    return Config.model_validate(
        {
            "apiVersion": "llmd-tui/v1",
            "target": {"azure": {**AZURE, **said.get("azure", {})}},
            "pool": said.get("pool", H100),
            "path": {"name": "optimized-baseline"},
            "huggingFaceToken": "env:HF_TOKEN",
            **({"drivers": said["drivers"]} if "drivers" in said else {}),
        }
    )


def write_key(home: Path) -> None:
    """The file that one of the configs names."""
    (home / "id_rsa.pub").write_text(KEY)


def requests(variant: str) -> Iterator[Arm]:
    """All that the plan asks of Azure, with its files read."""
    for phase in make_plan(config(variant)).phases:
        for action in phase.actions:
            if isinstance(action, Arm):
                body = resolve(action.body, content) if action.body else None
                yield Arm(action.method, action.path, action.api_version, body, action.command)


def plain(value: Any) -> Any:
    """Without what is empty: "", [], {} and null say the same as nothing."""
    if isinstance(value, Mapping):
        made = {key: plain(inner) for key, inner in value.items()}
        return {key: inner for key, inner in made.items() if inner not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
