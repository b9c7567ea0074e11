"""The list and watch loop against a server that does what the test says."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.observe import Observer
from llmd_tui.kube.store import Store
from tests.kube.server import cluster_of, configmap, kubeconfig, listing, serving, status

END = ("END", None)
ABORT = ("ABORT", None)


class ConfigMaps:
    """Lists what it holds; a watch sends what `events` brings, until END or ABORT. `asked` notes the requests."""

    def __init__(self) -> None:
        self.held = {"a": configmap("a", 5)}
        self.version = 5
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.asked: list[str] = []
        self.absent = False
        self.refusing = False
        self.refused = asyncio.Event()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.refusing:
            return status(500, "InternalError", "etcd has no leader")
        if self.absent:
            self.refused.set()
            return status(404, "NotFound", "the server could not find the requested resource")
        if "watch" not in request.query:
            self.asked.append("list")
            return listing(self.version, *self.held.values())
        self.asked.append(f"watch {request.query['resourceVersion']}")
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            event_type, obj = await self.events.get()
            if event_type == "ABORT":
                assert request.transport
                request.transport.abort()
            if event_type in ("ABORT", "END"):
                return response
            await response.write(json.dumps({"type": event_type, "object": obj}).encode() + b"\n")

    def send(self, *events: tuple[str, Any]) -> None:
        for event in events:
            self.events.put_nowait(event)


class Watched:
    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.store = observer.store

    def versions(self, kind: str = "ConfigMap") -> dict[str, str]:
        return {obj["metadata"]["name"]: obj["metadata"]["resourceVersion"] for obj in self.store.all(kind)}

    async def until(self, holds: Callable[[], bool]) -> None:
        seen = self.store.changed
        while not holds():
            seen = await self.observer.changed(seen)

    async def until_state(self, state: str, kind: str = "ConfigMap") -> None:
        await self.until(lambda: self.store.freshness(kind).state == state)


@asynccontextmanager
async def watching(cluster: Cluster) -> AsyncGenerator[Watched]:
    """An observer of ConfigMaps whose pauses are as short as can be."""
    observer = Observer(cluster, Store(), Clock(speed=1000))
    observer.watch("v1", "ConfigMap")
    running = asyncio.create_task(observer.run())
    try:
        yield Watched(observer)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_list_then_events(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        assert watched.store.freshness("ConfigMap").state == "loading"
        await watched.until_state("live")
        assert watched.versions() == {"a": "5"}
        server.send(("ADDED", configmap("b", 6)), ("MODIFIED", configmap("a", 7)))
        await watched.until(lambda: watched.versions() == {"a": "7", "b": "6"})
        server.send(("DELETED", configmap("b", 8)))
        await watched.until(lambda: watched.versions() == {"a": "7"})
    assert server.asked == ["list", "watch 5"]


async def test_a_watch_that_ends_goes_on_from_where_it_was(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        server.send(("MODIFIED", configmap("a", 6)), ("BOOKMARK", {"metadata": {"resourceVersion": "60"}}), END)
        server.send(("MODIFIED", configmap("a", 61)))
        await watched.until(lambda: watched.versions() == {"a": "61"})
    assert server.asked == ["list", "watch 5", "watch 60"]


async def test_an_end_without_progress_lists_again(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        server.held, server.version = {"b": configmap("b", 9)}, 9
        server.send(END)
        await watched.until(lambda: watched.versions() == {"b": "9"})
        server.send(("DELETED", configmap("b", 10)))
        await watched.until(lambda: watched.versions() == {})
    assert server.asked == ["list", "watch 5", "list", "watch 9"]


async def test_an_expired_version_lists_again(tmp_path: Path) -> None:
    server = ConfigMaps()
    expired = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 5 (70)"}
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        server.held, server.version = {"b": configmap("b", 70)}, 70
        server.send(("ADDED", configmap("c", 6)), ("ERROR", expired))
        await watched.until(lambda: watched.versions() == {"b": "70"})
        assert watched.store.freshness("ConfigMap").state == "live"
    assert server.asked == ["list", "watch 5", "list", "watch 70"][: len(server.asked)]


async def test_a_lost_connection_shows_and_heals(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        live_since = watched.store.freshness("ConfigMap").since
        server.send(ABORT)
        await watched.until_state("reconnecting")
        freshness = watched.store.freshness("ConfigMap")
        assert freshness.since == live_since
        assert "broke" in freshness.error
        assert watched.versions() == {"a": "5"}
        await watched.until_state("live")
        assert watched.store.freshness("ConfigMap").since > live_since


async def test_a_server_that_comes_late(tmp_path: Path, unused_tcp_port: int) -> None:
    path = kubeconfig(tmp_path / "k", f"http://127.0.0.1:{unused_tcp_port}")
    async with await Cluster.connect(path) as cluster, watching(cluster) as watched:
        await watched.until_state("reconnecting")
        assert "No connection to" in watched.store.freshness("ConfigMap").error
        async with serving(ConfigMaps(), port=unused_tcp_port):
            await watched.until_state("live")


async def test_a_forbidden_kind_says_so(tmp_path: Path) -> None:
    async def forbidden(_: web.BaseRequest) -> web.Response:
        return status(403, "Forbidden", "configmaps is forbidden")

    async with cluster_of(forbidden, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("reconnecting")
        assert watched.store.freshness("ConfigMap").error == "configmaps is forbidden"


async def test_a_kind_that_comes_and_goes(tmp_path: Path) -> None:
    server = ConfigMaps()
    server.absent = True
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("absent")
        server.absent = False
        await watched.until_state("live")
        assert watched.versions() == {"a": "5"}
        server.absent = True
        server.send(END)
        await watched.until_state("absent")
        assert watched.versions() == {}


async def test_a_kind_added_while_running(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        watched.observer.watch("v1", "Node")
        watched.observer.watch("v1", "Node")
        assert watched.store.freshness("Node").state == "loading"
        await watched.until_state("live", "Node")
        assert watched.versions("Node") == {"a": "5"}
    assert server.asked.count("list") == 2


async def test_old_data_is_called_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmd_tui.kube.observe._STALE", 0.05)
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        await watched.until_state("live")
        server.refusing = True
        server.send(ABORT)
        await watched.until_state("stale")
        assert watched.versions() == {"a": "5"}
        server.refusing = False
        await watched.until_state("live")


async def test_two_namespaces_of_a_kind(tmp_path: Path) -> None:
    server = ConfigMaps()
    async with cluster_of(server, tmp_path) as cluster, watching(cluster) as watched:
        watched.observer.watch("v1", "ConfigMap", "other")
        assert watched.store.freshness("ConfigMap").state == "loading"
        await watched.until_state("live")
        server.absent = True
        server.send(END, END)
        await watched.until_state("absent")
        seen = watched.store.changed
        server.refused.clear()
        await server.refused.wait()
        assert watched.store.changed == seen
