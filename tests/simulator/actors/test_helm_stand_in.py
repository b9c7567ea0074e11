"""The same calls of the same client, on helm and on its stand-in: one contract."""

import base64
import gzip
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from llmd_tui.clock import Clock
from llmd_tui.helm import Helm, HelmError
from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.objects import labels, name
from llmd_tui.presets.components import component
from llmd_tui.simulator import charts
from llmd_tui.simulator.kubernetes import serve
from tests.control_plane import ControlPlane

STAND_IN = (sys.executable, "-m", "llmd_tui.simulator.helm")
CHART = "agentgateway"


@dataclass
class Tried:
    """A helm and a cluster of its own; `chart` is where it finds the chart."""

    helm: Helm
    cluster: Cluster
    namespace: str
    chart: str
    lines: list[str] = field(default_factory=list[str])

    async def upgrade(self, **values: object) -> None:
        await self.helm.upgrade("r", self.namespace, self.chart, "", values, on_line=self.lines.append)

    async def told(self) -> tuple[str, int]:
        """Status and revision."""
        release = await self.helm.release("r", self.namespace)
        return (release.status, release.revision) if release else ("none", 0)

    async def objects(self) -> list[str]:
        deployments = await self.cluster.list("apps/v1", "Deployment", self.namespace)
        services = await self.cluster.list("v1", "Service", self.namespace)
        return [name(obj) for obj in (*deployments, *services)]


REAL = [pytest.param(program, marks=pytest.mark.cluster) for program in ("helm", "helm3")]


@pytest.fixture(params=["stand-in", *REAL])
async def tried(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Tried]:
    if request.param == "stand-in":
        server = await serve(Clock())
        try:
            server.kubeconfig(tmp_path / "kubeconfig")
            async with await Cluster.connect(tmp_path / "kubeconfig") as cluster:
                yield Tried(
                    Helm(STAND_IN, tmp_path / "kubeconfig"), cluster, "contract", f"oci://some.registry/{CHART}"
                )
        finally:
            await server.close()
        return
    plane: ControlPlane = request.getfixturevalue("control_plane")
    program = plane.program(request.param)
    if program is None:
        pytest.skip(f"KUBEBUILDER_ASSETS has no {request.param}")
    charts.write(tmp_path)
    async with await Cluster.connect(plane.kubeconfig) as cluster:
        namespace = f"contract-{uuid4().hex[:8]}"
        yield Tried(Helm([str(program)], plane.kubeconfig), cluster, namespace, str(tmp_path / CHART))
        with suppress(KubeError):
            await cluster.delete("v1", "Namespace", namespace)


async def test_install_upgrade_uninstall(tried: Tried) -> None:
    assert (await tried.helm.version())[0] in (3, 4)
    assert await tried.told() == ("none", 0)
    await tried.upgrade(a=1)
    assert await tried.told() == ("deployed", 1)
    assert await tried.objects() == ["agentgateway", "agentgateway"]
    assert any("STATUS: deployed" in line for line in tried.lines)
    release = await tried.helm.release("r", tried.namespace)
    assert release
    assert (release.chart, release.version) == (CHART, charts.chart(component("agentgateway")).version)
    assert await tried.helm.values("r", tried.namespace) == {"a": 1}

    await tried.upgrade(b={"c": [True, None]})
    assert await tried.told() == ("deployed", 2)
    assert await tried.helm.values("r", tried.namespace) == {"b": {"c": [True, None]}}

    await tried.helm.uninstall("r", tried.namespace, on_line=tried.lines.append)
    assert await tried.told() == ("none", 0)
    assert await tried.objects() == []
    await tried.helm.uninstall("r", tried.namespace, on_line=tried.lines.append)


async def test_one_secret_for_each_revision(tried: Tried) -> None:
    await tried.upgrade()
    await tried.upgrade(again=True)
    secrets = await tried.cluster.list("v1", "Secret", tried.namespace, labels="owner=helm")
    assert {name(secret): (secret["type"], labels(secret)["status"]) for secret in secrets} == {
        "sh.helm.release.v1.r.v1": ("helm.sh/release.v1", "superseded"),
        "sh.helm.release.v1.r.v2": ("helm.sh/release.v1", "deployed"),
    }


@pytest.mark.parametrize(("left", "revisions"), [("pending-install", 1), ("pending-upgrade", 2)])
async def test_what_a_killed_helm_leaves_is_repaired(tried: Tried, left: str, revisions: int) -> None:
    for number in range(revisions):
        await tried.upgrade(number=number)
    await killed(tried, f"sh.helm.release.v1.r.v{revisions}", left)
    assert await tried.told() == (left, revisions)
    await tried.upgrade(number=9)
    status, revision = await tried.told()
    assert (status, revision) == ("deployed", 1 if left == "pending-install" else 4)
    assert await tried.helm.values("r", tried.namespace) == {"number": 9}


async def killed(tried: Tried, secret: str, status: str) -> None:
    """The newest revision as a helm leaves it that was killed in the middle."""
    stored = await tried.cluster.get("v1", "Secret", secret, tried.namespace)
    packed = base64.b64decode(base64.b64decode(stored["data"]["release"]))
    release = json.loads(gzip.decompress(packed))
    release["info"]["status"] = status
    text = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
    body = {"metadata": {"labels": {"status": status}}, "data": {"release": text}}
    await tried.cluster.patch("v1", "Secret", secret, body, tried.namespace, kind_of_patch="merge")


async def test_a_chart_that_is_not_there(tried: Tried) -> None:
    with pytest.raises(HelmError) as failure:
        await tried.helm.upgrade("r", tried.namespace, "./nowhere", "", {}, on_line=tried.lines.append)
    assert failure.value.stderr.startswith("Error: ")
    assert await tried.told() == ("none", 0)


async def test_a_cluster_that_is_not_there(tmp_path: Path) -> None:
    config = {
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {}}],
        "current-context": "c",
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    with pytest.raises(HelmError) as failure:
        await Helm(STAND_IN, tmp_path / "kubeconfig").release("r", "default")
    assert "Kubernetes cluster unreachable" in failure.value.stderr
