"""Against a real API server with the real CRDs, and the real scheduler."""

import asyncio
import json
import subprocess
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.kube.connection import Cluster
from llmd_tui.objects import Object
from llmd_tui.plan.serving.manifests import manifests, pod_monitors
from llmd_tui.plan.serving.roles import Storage
from llmd_tui.plan.taints import tolerations
from llmd_tui.presets.paths import well_lit_paths
from tests.control_plane import ControlPlane, Options, Unavailable, control_plane
from tests.serving.wishes import H100, POOL, request, wish

pytestmark = pytest.mark.cluster


def everything(namespace: str) -> list[Object]:
    """The objects of every path, model and way to InfiniBand, each locked in another way."""
    objects: list[Object] = []
    for path in well_lit_paths():
        on = path.reference if path.rdma else H100
        for model in path.models:
            for how, claims in (("ipc-lock", False), ("nri", False), ("containerd", True)):
                asked = wish(path.name, on, model=model)
                asked = replace(asked, storage=Storage(cached=claims, device_claims=claims))
                made = request(asked, namespace=namespace, locked_memory=how, tolerations=tuple(tolerations(POOL)))
                objects += manifests(made) + pod_monitors(made)
    return objects


def test_the_api_server_takes_every_object_without_a_word(
    control_plane: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    """Unknown fields, doubled keys and bad values are errors (strict); warnings would be on stderr."""
    if not control_plane.crds:
        pytest.skip("the CRDs of LeaderWorkerSet and the Prometheus operator are not there")
    objects = everything(namespace)
    assert {obj["kind"] for obj in objects} == {
        "Deployment",
        "LeaderWorkerSet",
        "PodMonitor",
        "ResourceClaimTemplate",
        "Service",
    }
    file = tmp_path / "objects.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    kubectl = [str(control_plane.assets / "kubectl"), "--kubeconfig", str(control_plane.kubeconfig)]
    apply = [*kubectl, "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", str(file)]
    done = subprocess.run(apply, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(objects)


@pytest.fixture
def two_nodes() -> Generator[ControlPlane]:
    """A cluster of the test's own: all of its GPUs will be taken."""
    try:
        with control_plane(Options(nodes=2, crds=False)) as own:
            yield own
    except Unavailable as reason:
        pytest.skip(str(reason))


async def test_the_scheduler_fits_all_pods_even_when_the_small_ones_come_first(two_nodes: ControlPlane) -> None:
    """Ten pods take all 16 GPUs: without the spreading, prefill pods could leave no gap of four for decode."""
    asked = request(wish("pd-disaggregation", H100, 2), namespace="default")
    async with await Cluster.connect(two_nodes.kubeconfig) as cluster:
        for obj in reversed(manifests(asked)):
            await cluster.apply(obj)
        pods = await _scheduled(cluster, sum(role.pods for role in asked.layout.roles))
    by_node: dict[str, list[str]] = {}
    for pod in pods:
        by_node.setdefault(pod["spec"]["nodeName"], []).append(pod["metadata"]["labels"]["llm-d.ai/role"])
    assert [sorted(roles) for roles in by_node.values()] == [["decode"] + ["prefill"] * 4] * 2


async def _scheduled(cluster: Cluster, count: int) -> list[dict[str, Any]]:
    """The pods, once that many have a node."""
    async with asyncio.timeout(60):
        while True:
            pods = await cluster.list("v1", "Pod", "default")
            if sum("nodeName" in pod["spec"] for pod in pods) == count:
                return pods
            await asyncio.sleep(0.2)
