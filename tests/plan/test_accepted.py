"""Everything that plans apply, before the real API server with the real CRDs: no error, no warning.

As `kubectl apply --server-side --dry-run=server --validate=strict` does it, for every object of every ready-made config
and of every combination that the screens offer, with the options in turn.
"""

import asyncio
import itertools
import json
import ssl
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from llmd_tui.config.answers import Answers
from llmd_tui.config.model import Config
from llmd_tui.config.sources import Layered
from llmd_tui.kube.connection import Cluster
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Apply
from llmd_tui.plan.make import make_plan
from tests.control_plane import ControlPlane
from tests.plan.configs import combinations, config

pytestmark = pytest.mark.cluster

CONFIGS = sorted((Path(__file__).parents[2] / "presets" / "configs").glob("*.yaml"))
AT_ONCE = 16


def applied(answers: Config) -> Iterator[Object]:
    for phase in make_plan(answers).phases:
        for action in phase.actions:
            if isinstance(action, Apply):
                yield from action.objects


def variants() -> Iterator[dict[str, Any]]:
    """The options, all combinations of them, over and over."""
    gateways = itertools.product(("istio", "agentgateway", "standalone"), ("cluster", "internal", "public"))
    caches = (None, {"storageClass": "azurefile-premium", "sizeGiB": 1000})
    choices = itertools.product(
        [{"provider": provider, "expose": expose} for provider, expose in gateways],
        caches,
        ("env:HF_TOKEN", "secret:mine", None),
        ({"spot": True}, {"taint": True}, {}),
        ("ipc-lock", "containerd", "nri"),
    )
    for gateway, cache, token, pool, locked in itertools.cycle(choices):
        yield {"gateway": gateway, "lockedMemory": locked, "cache": cache, "huggingFaceToken": token, "pool": pool}


def everything() -> list[Object]:
    """Each object once, of three turns of the options."""
    made = [obj for file in CONFIGS for obj in applied(Layered(environment={}, file=Answers.load(file)).config())]
    thrice = (chosen for chosen in combinations() for _ in range(3))
    for chosen, options in zip(thrice, variants(), strict=False):
        pool = {"size": chosen.size.name, "nodes": chosen.nodes, "osSku": chosen.os_sku, **options.pop("pool")}
        made += applied(config(chosen, pool=pool, **options))
    return list({json.dumps(obj): obj for obj in made}.values())


@pytest.fixture
async def server(control_plane: ControlPlane) -> AsyncGenerator[aiohttp.ClientSession]:
    """The API server bare, because warnings come in a header."""
    kubeconfig = json.loads(control_plane.kubeconfig.read_text())
    url: str = kubeconfig["clusters"][0]["cluster"]["server"]
    authority: str = kubeconfig["clusters"][0]["cluster"]["certificate-authority"]
    token: str = kubeconfig["users"][0]["user"]["token"]
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority), limit=AT_ONCE)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/apply-patch+yaml"}
    async with aiohttp.ClientSession(url, connector=connector, headers=headers) as session:
        yield session


async def refusal(server: aiohttp.ClientSession, cluster: Cluster, obj: Object) -> str:
    """What is wrong with the object; empty when nothing is."""
    metadata = obj["metadata"]
    resource = await cluster.resource(obj["apiVersion"], obj["kind"])
    query = {"fieldManager": "llmd-tui", "fieldValidation": "Strict", "dryRun": "All"}
    path = resource.path(metadata.get("namespace"), metadata["name"])
    async with server.patch(path, params=query, data=json.dumps(obj)) as answer:
        warnings = answer.headers.getall("Warning", [])
        said = (await answer.json())["message"] if answer.status >= 400 else ""
    return "; ".join([f"{obj['kind']} {metadata['name']}: {text}" for text in (said, *warnings) if text])


async def test_everything_that_is_applied_is_accepted(
    control_plane: ControlPlane, cluster: Cluster, server: aiohttp.ClientSession
) -> None:
    if not control_plane.crds:
        pytest.skip("../shared/crds is not there")
    objects = everything()
    kinds = {obj["kind"] for obj in objects}
    assert {
        "Deployment",
        "LeaderWorkerSet",
        "Gateway",
        "HTTPRoute",
        "NicClusterPolicy",
        "AgentgatewayParameters",
    } < kinds
    assert {"PodMonitor", "ResourceClaimTemplate", "DeviceClass", "StatefulSet", "PersistentVolumeClaim"} < kinds
    namespaces = {name for obj in objects if (name := obj["metadata"].get("namespace"))}
    for name in namespaces:
        await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    try:
        turns = asyncio.Semaphore(AT_ONCE)

        async def judged(obj: Object) -> str:
            async with turns:
                return await refusal(server, cluster, obj)

        refused = [text for text in await asyncio.gather(*map(judged, objects)) if text]
    finally:
        for name in namespaces:
            await cluster.delete("v1", "Namespace", name)
    assert not refused, "\n".join(sorted(set(refused)))
