"""The charts that stand for others': what helm makes of them is what the stand-in makes."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmd_tui.objects import Object, name
from llmd_tui.presets.components import Component, component, components
from llmd_tui.simulator import charts
from tests.simulator.kubernetes.programs import program


def values(chosen: Component, strategy: str = "gpu-operator") -> dict[str, Any]:
    return chosen.values_for(strategy, "Ubuntu2404", True)


def key(obj: Object) -> tuple[str, str]:
    return (obj["kind"], name(obj))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charts")
    charts.write(folder)
    return folder


@pytest.mark.parametrize("chosen", components().values(), ids=lambda chosen: chosen.name)
def test_helm_renders_what_the_stand_in_makes(chosen: Component, written: Path) -> None:
    given = values(chosen)
    command = [program("helm"), "template", "r", str(written / charts.chart(chosen).name), "-n", "space", "-f", "-"]
    said = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    rendered = [obj for obj in yaml.load_all(said.stdout, yaml.CSafeLoader) if obj]
    made = charts.objects(chosen, "r", "space", given)
    assert sorted(rendered, key=key) == sorted(json.loads(json.dumps(made)), key=key)


@pytest.mark.parametrize("chosen", components().values(), ids=lambda chosen: chosen.name)
def test_a_chart_makes_the_workloads_that_its_preset_names(chosen: Component) -> None:
    release, namespace = chosen.release or "r", chosen.namespace or "space"
    made = {key(obj): obj for obj in charts.objects(chosen, release, namespace, values(chosen))}
    for workload in chosen.workloads:
        obj = made[workload.kind, workload.name.format(release=release)]
        spec = obj["spec"]["template"]["spec"]
        containers = (*spec.get("initContainers", ()), *spec["containers"])
        assert {c["name"] for c in containers} == {c.name for c in workload.containers}
        selector = obj["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.items() <= obj["spec"]["template"]["metadata"]["labels"].items()


def test_values_reach_the_objects() -> None:
    chosen = component("network-operator")
    taint = {"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}
    given = values(chosen) | {"operator": {"tolerations": [taint]}}
    made = {key(obj): obj for obj in charts.objects(chosen, "r", "space", given)}
    assert made["Deployment", "network-operator"]["spec"]["template"]["spec"]["tolerations"] == [taint]


def test_kinds_only_where_they_are_asked_for(tmp_path: Path) -> None:
    """Helm 4 calls it a conflict to bring kinds that somebody else has applied."""
    charts.write(tmp_path / "without")
    charts.write(tmp_path / "with", crds=True)
    assert not list(tmp_path.glob("without/*/crds"))
    assert (tmp_path / "with/gpu-operator/crds/crds.yaml").exists()
