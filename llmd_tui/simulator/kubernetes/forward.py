"""Port-forward: carries connections to the local address that a pod's annotation names.

`simulator.llmd-tui/forward: "8000=127.0.0.1:41234,9090=127.0.0.1:41235"`
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from aiohttp import WSMsgType, web

from llmd_tui.objects import Object, annotations
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.requests import Request, Target
from llmd_tui.simulator.kubernetes.spdy import Data, Framer, Opened, Ping, Reset
from llmd_tui.simulator.kubernetes.status import bad_request

ANNOTATION = "simulator.llmd-tui/forward"

_CHANNELS = ("v4.channel.k8s.io", "portforward.k8s.io")
_TUNNEL = "SPDY/3.1+portforward.k8s.io"
_CHUNK = 64 * 1024

Send: TypeAlias = Callable[[bytes], Awaitable[None]]


def address_of(pod: Object, port: int) -> tuple[str, int] | None:
    """Where connections to a port of a pod end; None when nothing listens there."""
    for part in annotations(pod).get(ANNOTATION, "").split(","):
        number, _, address = part.strip().partition("=")
        host, _, local = address.rpartition(":")
        if number == str(port) and local.isdigit():
            return host, int(local)
    return None


async def forward(request: Request, target: Target, registry: Registry) -> web.StreamResponse:
    """GET pods/NAME/portforward by websocket: channels, or SPDY tunnelled."""
    pod = registry.get(target.kind, target.key).obj
    if request.http.headers.get("Upgrade", "").lower() != "websocket":
        raise bad_request("unable to upgrade: only websockets are served here")
    socket = web.WebSocketResponse(protocols=(_TUNNEL, *_CHANNELS), max_msg_size=0)
    await socket.prepare(request.http)
    if socket.ws_protocol == _TUNNEL:
        await _Tunnel(pod, socket).run()
    else:
        texts = request.http.rel_url.query.getall("ports", [])
        await _channels(pod, socket, [int(port) for text in texts for port in text.split(",")])
    return socket


async def _connect(pod: Object, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | str:
    """A connection, or what a kubelet says when there is none."""
    name = f"{pod['metadata']['name']}_{pod['metadata'].get('namespace')}"
    address = address_of(pod, port)
    why = f"error forwarding port {port} to pod {name}, uid : failed to connect to localhost:{port} inside namespace"
    if address is None:
        return f"{why}: connection refused (annotation {ANNOTATION} names no address for it)"
    try:
        return await asyncio.open_connection(*address)
    except OSError as error:
        return f"{why}: {error.strerror or error}"


async def _pump(reader: asyncio.StreamReader, send: Send) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            await send(chunk)


async def _channels(pod: Object, socket: web.WebSocketResponse, ports: list[int]) -> None:
    """Two channels for each port: data and error."""
    writers: dict[int, asyncio.StreamWriter] = {}
    async with asyncio.TaskGroup() as tasks:
        pumps: list[asyncio.Task[None]] = []
        for index, port in enumerate(ports):
            data, error = 2 * index, 2 * index + 1
            for channel in (data, error):
                await socket.send_bytes(bytes([channel]) + struct.pack("<H", port))
            connection = await _connect(pod, port)
            if isinstance(connection, str):
                await socket.send_bytes(bytes([error]) + connection.encode())
                continue
            writers[data] = connection[1]
            pumps.append(tasks.create_task(_pump(connection[0], _on_channel(socket, data))))
        closing = tasks.create_task(_close_after(socket, pumps))
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY and message.data and message.data[0] in writers:
                    writer = writers[message.data[0]]
                    writer.write(message.data[1:])
                    with suppress(ConnectionError):
                        await writer.drain()
        finally:
            closing.cancel()
            for writer in writers.values():
                writer.close()
            for pump in pumps:
                pump.cancel()


async def _close_after(socket: web.WebSocketResponse, pumps: list[asyncio.Task[None]]) -> None:
    """A websocket ends with its connections."""
    if pumps:
        await asyncio.wait(pumps)
    await socket.close()


def _on_channel(socket: web.WebSocketResponse, channel: int) -> Send:
    return lambda chunk: socket.send_bytes(bytes([channel]) + chunk)


class _Tunnel:
    """SPDY in a websocket: for each connection an error stream and a data stream, which name their port."""

    def __init__(self, pod: Object, socket: web.WebSocketResponse) -> None:
        self._pod = pod
        self._socket = socket
        self._framer = Framer()
        self._errors: dict[str, int] = {}
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._pumps: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                for frame in self._framer.receive(message.data):
                    await self._frame(frame)
        for pump in self._pumps:
            pump.cancel()
        for writer in self._writers.values():
            writer.close()

    async def _frame(self, frame: Opened | Data | Reset | Ping) -> None:
        if isinstance(frame, Opened):
            await self._socket.send_bytes(self._framer.accept(frame.stream))
            request = frame.headers.get("requestid", "")
            if frame.headers.get("streamtype") == "error":
                self._errors[request] = frame.stream
            else:
                await self._open(frame.stream, self._errors.pop(request, 0), int(frame.headers.get("port", 0)))
        elif isinstance(frame, Ping):
            await self._socket.send_bytes(self._framer.pong(frame))
        elif frame.stream in self._writers:
            writer = self._writers[frame.stream]
            with suppress(ConnectionError):
                if isinstance(frame, Reset):
                    writer.close()
                    return
                writer.write(frame.payload)
                await writer.drain()
                if frame.finished and writer.can_write_eof():
                    writer.write_eof()

    async def _open(self, data: int, error: int, port: int) -> None:
        connection = await _connect(self._pod, port)
        if isinstance(connection, str):
            await self._socket.send_bytes(self._framer.write(error, connection.encode(), finished=True))
            await self._socket.send_bytes(self._framer.write(data, b"", finished=True))
            return
        reader, self._writers[data] = connection
        pump = asyncio.create_task(self._carry(reader, data, error))
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)

    async def _carry(self, reader: asyncio.StreamReader, data: int, error: int) -> None:
        await _pump(reader, lambda chunk: self._socket.send_bytes(self._framer.write(data, chunk)))
        with suppress(ConnectionError):
            await self._finish(data, error)
        self._writers.pop(data).close()

    async def _finish(self, *streams: int) -> None:
        for stream in streams:
            await self._socket.send_bytes(self._framer.write(stream, b"", finished=True))
