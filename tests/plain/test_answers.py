"""The questions make the config that the wizard makes of the same answers."""

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest

from llmd_tui.draft.draft import Draft
from llmd_tui.simulator.arm import ArmServer
from tests.plain.script import Script, answered
from tests.screens.stage import stage

SUBSCRIPTION = "6b0c3f1e-0000-4000-8000-5d1a70000001"


def by_hand(*said: tuple[str, object], path: str) -> str:
    """What the wizard's draft makes of answers."""
    draft = Draft.begin()
    for field, value in said:
        assert draft.choose(field, value) == ""
    draft.follow(path)
    return draft.whole().text


def test_a_new_cluster(azure: ArmServer) -> None:
    script = Script(
        {
            "Cluster name": "mine",
            "Region": "westeurope",
            "GPU size": "NC24ads_A100_v4",
            "How many nodes": "2",
            "GPU drivers": "aks-driver",
            "Node OS": "Ubuntu 22.04",
            "Well-lit path": "2",
        }
    )
    assert answered(script).draft.whole().text == by_hand(
        ("target.azure.subscription", SUBSCRIPTION),
        ("target.azure.resourceGroup", "llmd"),
        ("target.azure.cluster", "mine"),
        ("target.azure.region", "westeurope"),
        ("pool.size", "Standard_NC24ads_A100_v4"),
        ("pool.nodes", 2),
        ("drivers", "aks-driver"),
        ("pool.osSku", "Ubuntu2204"),
        path="precise-prefix-cache-routing",
    )


async def test_enter_everywhere_is_the_wizard_with_enter_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.walk("size", "drivers", "path", "options", "review")
        wizard = shown.app.session.draft.whole().text
        plain = await asyncio.to_thread(answered, Script({}))
    assert plain.draft.whole().text == wizard


async def test_a_file_gives_the_brackets_and_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    file = tmp_path / "answers.yaml"
    file.write_text(
        "# mine\napiVersion: llmd-tui/v1\n"
        f"target:\n  azure: {{subscription: {SUBSCRIPTION}, resourceGroup: rg, region: eastus2, cluster: old}}\n"
        "pool: {size: Standard_ND96isr_H100_v5, nodes: 3}\ndrivers: aks-driver # because\n"
        "path: {name: optimized-baseline}\nhuggingFaceToken: env:HF_TOKEN\n"
    )
    script = Script({"Cluster name": "new"})
    async with stage(monkeypatch):
        whole = (await asyncio.to_thread(answered, script, Draft.begin(file))).draft.whole()
    assert script.defaults["GPU drivers"] == "aks-driver"
    assert script.defaults["Well-lit path"] == "optimized-baseline"
    assert whole.get("target.azure.cluster") == "new"
    assert whole.get("pool.nodes") == 3
    assert whole.text.startswith("# mine\n")
    assert "drivers: aks-driver # because" in whole.text


def test_an_existing_cluster(azure: ArmServer) -> None:
    for path, body in (
        ("", {"location": "eastus2"}),
        (
            "/providers/Microsoft.ContainerService/managedClusters/theirs",
            {
                "location": "eastus2",
                "identity": {"type": "SystemAssigned"},
                "properties": {
                    "dnsPrefix": "theirs",
                    "kubernetesVersion": "1.35",
                    "agentPoolProfiles": [
                        {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D8s_v5", "osType": "Linux"}
                    ],
                },
            },
        ),
    ):
        urllib.request.urlopen(
            urllib.request.Request(
                f"{azure.url}/subscriptions/{SUBSCRIPTION}/resourceGroups/rg{path}?api-version=2026-08-01",
                json.dumps(body).encode(),
                {"Content-Type": "application/json", "Authorization": "Bearer simulator"},
                method="PUT",
            )
        ).close()
    script = Script({"Where does": "existing", "AKS cluster": "theirs"})
    draft = answered(script).draft
    assert draft.whole().get("target.azure") == {
        "subscription": SUBSCRIPTION,
        "resourceGroup": "rg",
        "region": "eastus2",
        "cluster": "theirs",
        "create": False,
    }
    assert script.options["AKS cluster"][0].note.startswith("group rg, eastus2, Kubernetes 1.35")


def test_a_kubeconfig_context(cluster: str) -> None:
    script = Script({"Where does": "3", "GPU size": "ND96isr_H200_v5"})
    draft = answered(script).draft
    refused = {option.key: option.reason for option in script.options["GPU size"]}
    assert refused["Standard_ND96isr_H200_v5"] == "The cluster has 0 × ND96isr_H200_v5, not 1."
    assert refused["Standard_ND96isr_H100_v5"] == ""
    assert draft.whole().get("target") == {"kubeconfig": {"context": cluster}}
    assert draft.whole().get("pool.size") == "Standard_ND96isr_H100_v5"


def test_options(azure: ArmServer) -> None:
    script = Script(
        {
            "Region": "eastus2",
            "Change options?": "yes",
            "Change what?": [
                "gateway.provider",
                "monitoring.enabled",
                "path.maxModelLen",
                "namespace",
                "path.scorers",
                "target.azure.systemPool.size",
                "gateway.provider",
                "done",
            ],
            "gateway.provider": ["standalone", "preset"],
            "monitoring.enabled": "no",
            "path.maxModelLen": "8192",
            "namespace": ["Not A Label", "mine"],
            "path.scorers": "1",
            "target.azure.systemPool.size": "2",
        }
    )
    whole = answered(script).draft.whole()
    assert whole.get("gateway") is None
    assert whole.get("monitoring.enabled") is False
    assert whole.get("path.maxModelLen") == 8192
    assert whole.get("namespace") == "mine"
    assert "target.kubeconfig.context" not in [option.key for option in script.options["Change what?"]]
