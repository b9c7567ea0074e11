"""Logs, port-forward and exec. On the real API server kwok answers them in the kubelet's place."""

import asyncio
import json
import struct
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.kubernetes.api import Answer, Api
from tests.simulator.kubernetes.objects import container

KWOK = "/apis/kwok.x-k8s.io/v1alpha1"


class Played:
    """A running pod `one` with a container `main`, and what it prints, listens on and answers."""

    def __init__(self, api: Api, ns: str, folder: Path) -> None:
        self._api = api
        self._namespace = ns.rpartition("/")[2]
        self._log = folder / "log"
        self._made: list[str] = []
        self.path = f"{ns}/pods/one"

    async def start(self, ns: str) -> None:
        nodes = (await self._api.get("/api/v1/nodes"))["items"]
        node = nodes[0]["metadata"]["name"] if nodes else "n1"
        spec = {"containers": [container("main"), container("side")], "nodeName": node}
        await self._api.post(f"{ns}/pods", {"metadata": {"name": "one"}, "spec": spec})
        if self._api.kind == "simulator":
            states = [{"name": name, "state": {"running": {}}} for name in ("main", "side")]
            status = {"phase": "Running", "containerStatuses": states}
            await self._api.patch(f"{self.path}/status", {"status": status})
        await self._api.until(self.path, lambda answer: answer.body["status"].get("phase") == "Running")

    async def stop(self) -> None:
        for path in self._made:
            await self._api.delete(path)

    async def print(self, *lines: str) -> None:
        if self._api.kind == "simulator":
            body = "\n".join(lines).encode()
            await self._api.call("POST", f"/simulator/logs/{self._namespace}/one/main", body)
            return
        with self._log.open("a") as file:
            file.writelines(f"2026-11-21T03:00:00.000000000Z stdout F {line}\n" for line in lines)
        if not self._made:
            logs = [{"containers": ["main"], "logsFile": str(self._log), "follow": True}]
            await self._play("ClusterLogs", {"logs": logs})
            await self._api.until(f"{self.path}/log?container=main", lambda answer: answer.code == 200)

    async def listen(self, port: int, local: int) -> None:
        if self._api.kind == "simulator":
            annotations = {"simulator.llmd-tui/forward": f"{port}=127.0.0.1:{local}"}
            await self._api.patch(self.path, {"metadata": {"annotations": annotations}})
        else:
            forwards = [{"ports": [port], "target": {"address": "127.0.0.1", "port": local}}]
            await self._play("ClusterPortForward", {"forwards": forwards})

    async def answer(self) -> None:
        """The command `echo hello` works."""
        if self._api.kind == "simulator":
            body = {"command": ["echo", "hello"], "stdout": "hello\n"}
            await self._api.call("POST", f"/simulator/exec/{self._namespace}/one/*", body)
        else:
            await self._play("ClusterExec", {"execs": [{"containers": ["main"], "local": {}}]})

    async def _play(self, kind: str, spec: dict[str, Any]) -> None:
        spec = {"selector": {"matchNamespaces": [self._namespace]}} | spec
        path = f"{KWOK}/{kind.lower().removesuffix('s')}s"
        metadata = {"name": self._namespace}
        await self._api.post(
            path, {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
        )
        self._made.append(f"{path}/{self._namespace}")


@pytest.fixture
async def played(api: Api, ns: str, tmp_path: Path) -> AsyncGenerator[Played]:
    made = Played(api, ns, tmp_path)
    await made.start(ns)
    yield made
    await made.stop()


async def log(api: Api, played: Played, **query: str) -> Answer:
    return await api.call("GET", f"{played.path}/log", **({"container": "main"} | query))


async def test_logs(api: Api, played: Played) -> None:
    await played.print("one", "two", "three")
    assert (await log(api, played)).body == "one\ntwo\nthree\n"
    assert (await log(api, played, tailLines="2")).body == "two\nthree\n"
    assert (await log(api, played, tailLines="0")).body == ""
    stamped = (await log(api, played, timestamps="true", tailLines="1")).body
    assert stamped.startswith("2")
    assert stamped.endswith("Z three\n")


async def test_following_a_log(api: Api, played: Played) -> None:
    await played.print("one")
    query = {"container": "main", "follow": "true", "tailLines": "1"}
    async with api.lines(f"{played.path}/log", **query) as lines, asyncio.timeout(30):
        assert await lines.readline() == b"one\n"
        await played.print("two", "drei ü")
        assert [await lines.readline() for _ in range(2)] == [b"two\n", "drei ü\n".encode()]


async def test_whose_log(api: Api, played: Played) -> None:
    answer = await log(api, played, container="")
    assert (answer.code, answer.message) == (
        400,
        "a container name must be specified for pod one, choose one of: [main side]",
    )
    answer = await log(api, played, container="none")
    assert (answer.code, answer.message) == (400, "container none is not valid for pod one")
    assert (await api.call("GET", f"{played.path}x/log")).code == 404


async def test_port_forward_by_websocket(api: Api, played: Played) -> None:
    async def upper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(upper, "127.0.0.1", 0)
    await played.listen(8000, server.sockets[0].getsockname()[1])
    path = f"{played.path}/portforward?ports=8000"
    async with asyncio.timeout(30):
        while True:
            async with api.websocket(path, "v4.channel.k8s.io") as socket:
                opened = {await socket.receive_bytes() for _ in range(2)}
                assert opened == {bytes([channel]) + struct.pack("<H", 8000) for channel in (0, 1)}
                await socket.send_bytes(b"\x00hello\n")
                answer = await socket.receive_bytes()
                if answer[0] == 0:
                    break
                await asyncio.sleep(0.05)  # kwok has not heard of it yet
    assert answer == b"\x00HELLO\n"
    server.close()


async def test_exec_by_websocket(api: Api, played: Played) -> None:
    await played.answer()
    path = f"{played.path}/exec?command=echo&command=hello&container=main&stdout=true&stderr=true"
    async with asyncio.timeout(30):
        while True:
            async with api.websocket(path, "v4.channel.k8s.io") as socket:
                said: dict[int, bytes] = {}
                async for message in socket:
                    said[message.data[0]] = said.get(message.data[0], b"") + message.data[1:]
            if said.get(1):
                break
            await asyncio.sleep(0.05)
    assert said[1] == b"hello\n"
    assert json.loads(said[3])["status"] == "Success"
