"""The system pool holds what the plan puts there."""

from typing import Any

import pytest

from llmd_tui.config.model import Config
from llmd_tui.plan.choose import choose
from llmd_tui.plan.defaults import defaults
from llmd_tui.plan.system_pool import lacks, load, usual


def config(path: str = "pd-disaggregation", **more: Any) -> Config:
    azure = {"subscription": "s", "resourceGroup": "rg", "region": "eastus2", "cluster": "c1"}
    size, nodes = ("Standard_ND96isr_H200_v5", 4) if path == "wide-ep" else ("Standard_ND96isr_H100_v5", 2)
    said = {"target": {"azure": {**azure, **more.pop("azure", {})}}, "pool": {"size": size, "nodes": nodes}}
    return Config.model_validate({**said, "path": {"name": path}, "huggingFaceToken": "env:HF_TOKEN", **more})


@pytest.mark.parametrize(
    ("said", "size", "cpu"),
    [
        ({}, "Standard_D8s_v5", "8"),
        ({"path": "wide-ep"}, "Standard_D8s_v5", "9"),
        ({"gateway": {"provider": "standalone"}}, "Standard_D16s_v5", "10.5"),
        ({"azure": {"systemPool": {"nodes": 1}}}, "Standard_D16s_v5", "8"),
        ({"monitoring": {"enabled": False}}, "Standard_D8s_v5", "6.5"),
    ],
)
def test_its_size_follows_the_plan(said: dict[str, Any], size: str, cpu: str) -> None:
    found = defaults(config(**said))["target.azure.systemPool.size"]
    assert (found.value, found.why) == (size, f"for {cpu} CPU of pods")


def test_a_smaller_one_is_warned_of() -> None:
    """As in the seeds."""
    small = choose(config(azure={"systemPool": {"size": "Standard_D2s_v3", "nodes": 1}}))
    (warning,) = (text for text in small.warnings if text.startswith("system pool"))
    assert warning == "system pool: one pod asks for 4 CPU, a D2s_v3 has 1.2 left; the rest runs on the GPU nodes"
    assert not [text for text in choose(config()).warnings if text.startswith("system pool")]


def test_what_is_taken_holds_it() -> None:
    for provider in ("istio", "standalone"):
        asked = load(provider=provider, monitoring=True, multi_host=True)
        for nodes in (1, 2, 5):
            assert not list(lacks(asked, usual(asked, nodes), nodes))
