"""The real helm, 4 and 3, against the simulator."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmd_tui.objects import Object
from tests.simulator.kubernetes.api import Api
from tests.simulator.kubernetes.objects import config_map, deployment
from tests.simulator.kubernetes.programs import Program, program

DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, simulator: Api) -> Program:
    return Program(program(request.param), simulator.kubeconfig)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with a CRD, a custom resource, a hook and a Deployment whose replicas are a value."""
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "crds").mkdir()
    hook: Any = config_map("hook", a="b")
    hook["metadata"]["annotations"] = {"helm.sh/hook": "pre-install,pre-upgrade"}
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    workload = yaml.safe_dump(deployment("web")).replace("replicas: 0", "replicas: {{ .Values.replicas }}")
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}
    for path, text in {
        "Chart.yaml": yaml.safe_dump({"apiVersion": "v2", "name": "small", "version": "0.1.0"}),
        "values.yaml": "replicas: 1\n",
        "crds/widget.yaml": yaml.safe_dump(DEFINITION),
        "templates/all.yaml": "---\n".join((workload, yaml.safe_dump(service), yaml.safe_dump(widget))),
        "templates/hook.yaml": yaml.safe_dump(hook),
    }.items():
        (folder / path).write_text(text)
    return folder


async def test_a_chart_from_beginning_to_end(simulator: Api, helm: Program, chart: Path) -> None:
    where = ("--namespace", "apart")
    web = "/apis/apps/v1/namespaces/apart/deployments/web"
    installed = await helm("upgrade", "--install", "rel", str(chart), *where, "--create-namespace")
    assert "STATUS: deployed" in installed
    made = await simulator.get(web)
    assert (made["spec"]["replicas"], made["metadata"]["labels"]) == (1, {"app.kubernetes.io/managed-by": "Helm"})
    await simulator.get("/api/v1/namespaces/apart/configmaps/hook")
    assert (await simulator.get("/apis/example.com/v1/namespaces/apart/widgets/one"))["spec"] == {"size": 1}
    await helm("upgrade", "--install", "rel", str(chart), *where, "--set", "replicas=3")
    changed = await simulator.get(web)
    assert (changed["spec"]["replicas"], changed["metadata"]["generation"]) == (3, 2)
    (listed,) = json.loads(await helm("list", *where, "-o", "json"))
    assert (listed["name"], listed["revision"], listed["status"]) == ("rel", "2", "deployed")
    metadata = json.loads(await helm("get", "metadata", "rel", *where, "-o", "json"))
    assert (metadata["chart"], metadata["version"], metadata["revision"]) == ("small", "0.1.0", 2)
    assert json.loads(await helm("get", "values", "rel", *where, "-o", "json")) == {"replicas": 3}
    await helm("rollback", "rel", "1", *where)
    assert (await simulator.get(web))["spec"]["replicas"] == 1
    assert 'release "rel" uninstalled' in await helm("uninstall", "rel", *where)
    assert (await simulator.call("GET", web)).code == 404
    assert json.loads(await helm("list", *where, "-o", "json")) == []
    secrets = await simulator.get("/api/v1/namespaces/apart/secrets")
    assert secrets["items"] == []


async def test_what_the_server_refuses_fails_the_release(simulator: Api, helm: Program, chart: Path) -> None:
    refused = await helm("upgrade", "--install", "rel", str(chart), "--set", "replicas=many", fails=True)
    assert "rel" in refused or "replicas" in refused
    (listed,) = json.loads(await helm("list", "-o", "json", "--failed"))
    assert listed["status"] == "failed"
    await helm("upgrade", "--install", "rel", str(chart), "--reset-values")
    (listed,) = json.loads(await helm("list", "-o", "json"))
    assert listed["status"] == "deployed"
