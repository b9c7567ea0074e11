"""Exec and port-forward against websockets that end as they like."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmd_tui.kube.connection import KubeError, Unreachable
from llmd_tui.kube.execute import execute
from llmd_tui.kube.forward import forward
from tests.kube.server import Handler, cluster_of, status

Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def speaking(talk: Talk, protocol: str) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            return web.json_response({"kind": "Pod"})
        socket = web.WebSocketResponse(protocols=[protocol])
        await socket.prepare(request)
        await talk(socket)
        await socket.close()
        return socket

    return handler


def ended(**status_: Any) -> bytes:
    return b"\3" + json.dumps({"kind": "Status", **status_}).encode()


@pytest.mark.parametrize("protocol", ["v4.channel.k8s.io", "v5.channel.k8s.io"])
async def test_exit_code(tmp_path: Path, protocol: str) -> None:
    async def talk(socket: web.WebSocketResponse) -> None:
        for message in (b"\1", b"\2", b"\3", b"\1out\n", b"\2err", b"\1more", b"\2\n"):
            await socket.send_bytes(message)
        causes = [{"reason": "Other", "message": "x"}, {"reason": "ExitCode", "message": "42"}]
        await socket.send_bytes(ended(status="Failure", reason="NonZeroExitCode", details={"causes": causes}))

    async with cluster_of(speaking(talk, protocol), tmp_path) as cluster:
        assert await execute(cluster, "n", "p", "c", ["x"]) == (42, "out\nmore", "err\n")


async def test_command_that_cannot_start(tmp_path: Path) -> None:
    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(ended(status="Failure", code=500, reason="InternalError", message="no such file"))

    async with cluster_of(speaking(talk, "v5.channel.k8s.io"), tmp_path) as cluster:
        with pytest.raises(KubeError, match="no such file"):
            await execute(cluster, "n", "p", "c", ["x"])


async def test_exec_that_breaks_off(tmp_path: Path) -> None:
    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\1half")

    async with cluster_of(speaking(talk, "v5.channel.k8s.io"), tmp_path) as cluster:
        with pytest.raises(Unreachable, match="broke before x ended"):
            await execute(cluster, "n", "p", "c", ["x"])


async def test_refused_upgrade(tmp_path: Path) -> None:
    async def refuse(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({}) if request.path.endswith("/p") else status(403, "Forbidden", "pods/exec forbidden")

    async with cluster_of(refuse, tmp_path) as cluster:
        with pytest.raises(KubeError, match=r"/api/v1/namespaces/n/pods/p/exec: HTTP 403") as raised:
            await execute(cluster, "n", "p", "c", ["x"])
    assert raised.value.status == 403


async def test_forward_carries_both_ways_and_ends_when_the_pod_does(tmp_path: Path) -> None:
    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\0\x40\x1f")
        await socket.send_bytes(b"\1\x40\x1f")
        async for message in socket:
            await socket.send_bytes(b"\0" + message.data[1:].upper())
            return

    async with (
        cluster_of(speaking(talk, "v4.channel.k8s.io"), tmp_path) as cluster,
        forward(cluster, "n", "p", 8000) as (host, port),
    ):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"hello")
        assert await reader.read() == b"HELLO"
        writer.close()


async def test_forward_tells_errors(tmp_path: Path) -> None:
    async def talk(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\0\x40\x1f")
        await socket.send_bytes(b"\1\x40\x1f")
        await socket.send_bytes(b"\1connection refused\n")
        await socket.receive()

    said: list[str] = []
    async with (
        cluster_of(speaking(talk, "v4.channel.k8s.io"), tmp_path) as cluster,
        forward(cluster, "n", "p", 8000, on_error=said.append) as (host, port),
    ):
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.read() == b""
        writer.close()
    assert said == ["connection refused"]


async def test_forward_lets_go_when_the_local_side_does(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def talk(socket: web.WebSocketResponse) -> None:
        async for _ in socket:
            pass
        gone.set()

    async with (
        cluster_of(speaking(talk, "v4.channel.k8s.io"), tmp_path) as cluster,
        forward(cluster, "n", "p", 8000) as (host, port),
    ):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(b"hello")
        writer.close()
        await gone.wait()
