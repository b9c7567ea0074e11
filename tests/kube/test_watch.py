"""Lists in pages and watches, from servers that misbehave."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmd_tui.kube.connection import Cluster, KubeError, Unreachable
from tests.kube.server import cluster_of, configmap, listing, status, stream


async def events(cluster: Cluster, inactivity: float | None = None) -> list[tuple[str, str]]:
    resource = await cluster.resource("v1", "ConfigMap")
    async with aclosing(cluster.watch(resource, resource_version="5", timeout=60, inactivity=inactivity)) as seen:
        return [(event_type, obj["metadata"]["resourceVersion"]) async for event_type, obj in seen]


async def test_events_and_bookmarks(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        assert request.query["resourceVersion"] == "5"
        assert request.query["allowWatchBookmarks"] == "true"
        assert request.query["timeoutSeconds"] == "60"
        bookmark = {"kind": "ConfigMap", "metadata": {"resourceVersion": "9"}}
        return await stream(
            request, ("ADDED", configmap("a", 6)), ("DELETED", configmap("a", 7)), ("BOOKMARK", bookmark)
        )

    async with cluster_of(watch, tmp_path) as cluster:
        assert await events(cluster) == [("ADDED", "6"), ("DELETED", "7"), ("BOOKMARK", "9")]


async def test_expired_version(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        expired = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
        return await stream(request, ("ADDED", configmap("a", 6)), ("ERROR", expired))

    async with cluster_of(watch, tmp_path) as cluster:
        with pytest.raises(KubeError, match="too old") as raised:
            await events(cluster)
    assert raised.value.status == 410


async def test_large_event_in_small_pieces(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        return await stream(request, ("ADDED", configmap("a", 6, text="x" * 3_000_000)), ("ADDED", configmap("b", 7)))

    async with cluster_of(watch, tmp_path) as cluster:
        assert await events(cluster) == [("ADDED", "6"), ("ADDED", "7")]


async def test_end_within_an_event(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        response = await stream(request, ("ADDED", configmap("a", 6)))
        await response.write(b'{"type": "ADDED", "obj')
        return response

    async with cluster_of(watch, tmp_path) as cluster:
        with pytest.raises(Unreachable, match="broke off within an event"):
            await events(cluster)


async def test_connection_lost(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        response = await stream(request, ("ADDED", configmap("a", 6)))
        assert request.transport
        request.transport.abort()
        return response

    async with cluster_of(watch, tmp_path) as cluster:
        with pytest.raises(Unreachable, match="broke"):
            await events(cluster)


async def test_silence(tmp_path: Path) -> None:
    async def watch(request: web.BaseRequest) -> web.StreamResponse:
        response = await stream(request, ("ADDED", configmap("a", 6)))
        await asyncio.Event().wait()
        return response

    async with cluster_of(watch, tmp_path) as cluster:
        with pytest.raises(Unreachable, match="does not answer in time"):
            await events(cluster, inactivity=0.1)


async def test_pages(tmp_path: Path) -> None:
    asked: list[dict[str, str]] = []

    async def pages(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(dict(request.query))
        number = int(request.query.get("continue", "0"))
        more = {"continue": str(number + 1)} if number < 2 else {}
        metadata = {"resourceVersion": "8", **more}
        return web.json_response({"metadata": metadata, "items": [configmap(f"c{number}", 1)]})

    async with cluster_of(pages, tmp_path) as cluster:
        found = await cluster.list("v1", "ConfigMap", "n", labels="a=b", fields="metadata.name!=x")
    assert [obj["metadata"]["name"] for obj in found] == ["c0", "c1", "c2"]
    assert all((obj["apiVersion"], obj["kind"]) == ("v1", "ConfigMap") for obj in found)
    common = {"limit": "500", "labelSelector": "a=b", "fieldSelector": "metadata.name!=x"}
    assert asked == [common, common | {"continue": "1"}, common | {"continue": "2"}]


async def test_pages_that_expire_are_read_in_one_piece(tmp_path: Path) -> None:
    async def expiring(request: web.BaseRequest) -> web.StreamResponse:
        if "continue" in request.query:
            return status(410, "Expired", "The provided continue parameter is too old")
        if "limit" in request.query:
            metadata = {"resourceVersion": "8", "continue": "x"}
            return web.json_response({"metadata": metadata, "items": [configmap("old", 1)]})
        return listing(9, configmap("a", 1), configmap("b", 2))

    async with cluster_of(expiring, tmp_path) as cluster:
        found, version = await cluster.snapshot(await cluster.resource("v1", "ConfigMap"))
    assert [obj["metadata"]["name"] for obj in found] == ["a", "b"]
    assert version == "9"


async def test_unknown_kind_is_looked_up_again(tmp_path: Path) -> None:
    known: list[dict[str, Any]] = []
    asked = 0

    async def discovery(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        if not known:
            return web.Response(status=404, text="404 page not found\n")
        return web.json_response({"resources": known})

    async with cluster_of(discovery, tmp_path) as cluster:
        with pytest.raises(KubeError, match=r"the server has no API nvidia\.com/v1") as raised:
            await cluster.resource("nvidia.com/v1", "ClusterPolicy")
        assert raised.value.status == 404
        known.append({"name": "others", "kind": "Other", "namespaced": True})
        with pytest.raises(KubeError, match=r"the server has no ClusterPolicy in nvidia\.com/v1"):
            await cluster.resource("nvidia.com/v1", "ClusterPolicy")
        known.append({"name": "clusterpolicies", "kind": "ClusterPolicy", "namespaced": False})
        known.append({"name": "clusterpolicies/status", "kind": "ClusterPolicy", "namespaced": False})
        resource = await cluster.resource("nvidia.com/v1", "ClusterPolicy")
        assert resource.path("ignored", "cluster-policy", "status") == (
            "/apis/nvidia.com/v1/clusterpolicies/cluster-policy/status"
        )
        assert await cluster.resource("nvidia.com/v1", "ClusterPolicy") == resource
    assert asked == 3
