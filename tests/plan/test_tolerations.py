"""Whatever a plan puts on GPU nodes tolerates the taints that those nodes have."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from llmd_tui.config.model import Config
from llmd_tui.plan.actions import Apply, Helm
from llmd_tui.plan.make import make_plan
from llmd_tui.plan.taints import GPU as TAINT
from llmd_tui.presets.components import components

SPOT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
PATHS = ("optimized-baseline", "pd-disaggregation", "wide-ep")


FURTHER = ("team=ml:NoSchedule", "example.com/gpus=:NoExecute")


def plan_of(path: str, drivers: str, *, spot: bool) -> Any:
    size, nodes = ("Standard_ND96isr_H200_v5", 4) if path == "wide-ep" else ("Standard_ND96isr_H100_v5", 2)
    azure = {"subscription": "s", "resourceGroup": "rg", "region": "eastus2", "cluster": "c1"}
    answers = {
        "target": {"azure": azure},
        "pool": {"size": size, "nodes": nodes, "taint": True, "taints": list(FURTHER), "spot": spot},
        "drivers": drivers,
        "path": {"name": path},
        "huggingFaceToken": "env:HF_TOKEN",
    }
    return make_plan(Config.model_validate(answers))


def pods(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every pod's spec in an object."""
    if isinstance(node, Mapping):
        if isinstance(node.get("containers"), list):
            yield node
        for inner in node.values():
            yield from pods(inner)
    elif isinstance(node, list | tuple):
        for inner in node:
            yield from pods(inner)


def listed(node: Any) -> Iterator[list[dict[str, Any]]]:
    """Every list of tolerations in a chart's values."""
    if isinstance(node, Mapping):
        for key, inner in node.items():
            if key == "tolerations":
                yield inner
            else:
                yield from listed(inner)


def tolerated(taint: str, tolerations: Any) -> bool:
    key, _, rest = taint.partition("=")
    value, _, effect = rest.partition(":")
    return any(
        t.get("key") in (None, key)
        and t.get("effect") in (None, "", effect)
        and (t.get("operator") == "Exists" or t.get("value") == value)
        for t in tolerations or ()
    )


@pytest.mark.parametrize("spot", [False, True])
@pytest.mark.parametrize("drivers", ["gpu-operator", "aks-driver", "aks-managed-gpu"])
@pytest.mark.parametrize("path", PATHS)
def test_pods_on_gpu_nodes(path: str, drivers: str, spot: bool) -> None:
    taints = (TAINT, SPOT, *FURTHER) if spot else (TAINT, *FURTHER)
    plan = plan_of(path, drivers, spot=spot)
    found = 0
    for phase in plan.phases:
        for action in phase.actions:
            for pod in pods(action.objects) if isinstance(action, Apply) else ():
                if (pod.get("nodeSelector") or {}).get("sku") == "gpu":
                    found += 1
                    for taint in taints:
                        assert tolerated(taint, pod.get("tolerations")), (phase.name, taint)
    assert found, "model servers at least"


@pytest.mark.parametrize("drivers", ["gpu-operator", "aks-driver"])
@pytest.mark.parametrize("release", ["gpu-operator", "network-operator", "nvidia-device-plugin"])
def test_operators_on_gpu_nodes(drivers: str, release: str) -> None:
    """Each list of tolerations in their values holds all: their parts go to every GPU node."""
    actions = [a for phase in plan_of("pd-disaggregation", drivers, spot=True).phases for a in phase.actions]
    helm = next((a for a in actions if isinstance(a, Helm) and a.release == release), None)
    if helm is None:
        assert release in {component.release for component in components().values()}
        return
    lists = list(listed(helm.values))
    assert lists
    for tolerations in lists:
        for taint in (TAINT, SPOT, *FURTHER):
            assert tolerated(taint, tolerations), taint
