"""Logs, exec and port-forward of pods that kwok plays on a real control plane."""

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.kube.execute import execute
from llmd_tui.kube.forward import forward
from llmd_tui.kube.logs import follow

pytestmark = pytest.mark.cluster


@pytest.fixture
async def pod(cluster: Cluster, namespace: str) -> str:
    """A running pod `p` with one container `c`."""
    container = {"name": "c", "image": "none", "ports": [{"containerPort": 8000}]}
    metadata = {"name": "p", "namespace": namespace}
    await cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}})
    pods = await cluster.resource("v1", "Pod")
    async with aclosing(cluster.watch(pods, namespace=namespace, resource_version="0", timeout=60)) as events:
        async for _, obj in events:
            if obj["status"].get("phase") == "Running":
                break
    return "p"


Play = Callable[[str, dict[str, Any]], Awaitable[None]]


@pytest.fixture
async def play(cluster: Cluster, namespace: str) -> AsyncGenerator[Play]:
    """Tells kwok how to play this namespace's pods, by a kind and its spec."""
    made: list[str] = []

    async def make(kind: str, spec: dict[str, Any]) -> None:
        spec = {"selector": {"matchNamespaces": [namespace]}} | spec
        await cluster.apply(
            {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": kind, "metadata": {"name": namespace}, "spec": spec}
        )
        made.append(kind)

    yield make
    for kind in made:
        await cluster.delete("kwok.x-k8s.io/v1alpha1", kind, namespace)


async def eventually(ask: Callable[[], Awaitable[Any]]) -> Any:
    """kwok learns of its configuration by a watch of its own: until then it refuses."""
    while True:
        try:
            return await ask()
        except UserError:
            await asyncio.sleep(0.05)


async def test_logs(cluster: Cluster, namespace: str, pod: str, play: Play, tmp_path: Path) -> None:
    log = tmp_path / "log"

    def write(*lines: str) -> None:
        with log.open("a") as file:
            file.writelines(f"2026-11-21T03:00:00.000000000Z stdout F {line}\n" for line in lines)

    write("one", "two", "three")
    await play("ClusterLogs", {"logs": [{"containers": ["c"], "logsFile": str(log), "follow": True}]})

    async def lines() -> list[str]:
        return [line async for line in follow(cluster, namespace, pod, "c", tail=2, follow=False)]

    assert await eventually(lines) == ["two", "three"]
    seen: list[str] = []
    async with aclosing(follow(cluster, namespace, pod, "c", tail=1)) as growing:
        async for line in growing:
            seen.append(line)
            if line == "three":
                write("four", "fünf")
            elif line == "fünf":
                break
    assert seen == ["three", "four", "fünf"]


async def test_logs_of_no_pod(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(KubeError, match='pods "nobody" not found'):
        async for _ in follow(cluster, namespace, "nobody", "c"):
            pass


async def test_exec(cluster: Cluster, namespace: str, pod: str, play: Play) -> None:
    await play("ClusterExec", {"execs": [{"containers": ["c"], "local": {}}]})
    done = await eventually(lambda: execute(cluster, namespace, pod, "c", ["echo", "a b", "$HOME"]))
    assert done == (0, "a b $HOME\n", "")
    assert await execute(cluster, namespace, pod, "c", ["sh", "-c", "echo out; echo err >&2"]) == (0, "out\n", "err\n")
    with pytest.raises(KubeError, match="exit status 3"):  # kwok does not report exit codes as kubelets do.
        await execute(cluster, namespace, pod, "c", ["sh", "-c", "exit 3"])
    exit_code, stdout, _ = await execute(cluster, namespace, pod, "c", ["seq", "100000"])
    assert (exit_code, len(stdout.splitlines())) == (0, 100_000)


async def test_exec_in_no_pod(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(KubeError, match='pods "nobody" not found'):
        await execute(cluster, namespace, "nobody", "c", ["true"])


@pytest.fixture
async def target() -> AsyncGenerator[int]:
    """The port of a local HTTP server that sends back what it gets, and `GET /N` N bytes."""

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.method == "POST":
            return web.Response(body=await request.read())
        return web.Response(body=b"x" * int(request.path.strip("/")))

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def forwarded(play: Play, target: int) -> None:
    where = {"address": "127.0.0.1", "port": target}
    await play("ClusterPortForward", {"forwards": [{"ports": [8000], "target": where}]})


async def test_port_forward(cluster: Cluster, namespace: str, pod: str, play: Play, target: int) -> None:
    await forwarded(play, target)
    async with forward(cluster, namespace, pod, 8000) as (host, port), aiohttp.ClientSession() as session:
        url = f"http://{host}:{port}"

        async def get(size: int) -> int:
            async with session.get(f"{url}/{size}") as response:
                return len(await response.read())

        async def first() -> int:
            try:
                return await get(1)
            except aiohttp.ClientError as error:
                raise UserError(str(error)) from error

        assert await eventually(first) == 1
        sizes = [1, 10, 1_000, 5_000_000, 70_000, 3, 0, 200_000]
        assert await asyncio.gather(*map(get, sizes)) == sizes
        body = bytes(range(256)) * 4_000
        async with session.post(url, data=io.BytesIO(body)) as response:
            assert await response.read() == body


async def test_port_forward_ends_with_connections_open(
    cluster: Cluster, namespace: str, pod: str, play: Play, target: int
) -> None:
    await forwarded(play, target)
    async with forward(cluster, namespace, pod, 8000) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
    with pytest.raises(ConnectionError):
        await asyncio.open_connection(host, port)
    assert await reader.read() == b""
    writer.close()


async def test_port_forward_to_a_closed_port(
    cluster: Cluster, namespace: str, pod: str, play: Play, unused_tcp_port: int
) -> None:
    await forwarded(play, unused_tcp_port)
    said: list[str] = []
    async with forward(cluster, namespace, pod, 8000, on_error=said.append) as (host, port):
        while not any("refused" in line for line in said):
            reader, writer = await asyncio.open_connection(host, port)
            assert await reader.read() == b""
            writer.close()


async def test_port_forward_to_no_pod(cluster: Cluster, namespace: str) -> None:
    said: list[str] = []
    async with forward(cluster, namespace, "nobody", 8000, on_error=said.append) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.read() == b""
        writer.close()
    assert said == ['pods "nobody" not found']
