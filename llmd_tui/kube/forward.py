"""A local port that leads to a port of pods."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, TypeAlias

import aiohttp

from llmd_tui.errors import UserError
from llmd_tui.kube.channels import channels
from llmd_tui.kube.connection import Cluster

# In this protocol a websocket carries one connection: data and errors of port 0 of the request.
_PROTOCOL = "v4.channel.k8s.io"
_DATA, _ERROR = 0, 1

_CHUNK = 64 * 1024


Target: TypeAlias = Callable[[], tuple[str, int]]
"""The pod and its port for the next connection. Raises UserError when there is none."""


def forward(
    cluster: Cluster, namespace: str, pod: str, port: int, *, on_error: Callable[[str], None] = lambda _: None
) -> AbstractAsyncContextManager[tuple[str, int]]:
    """`forward_to` one pod."""
    return forward_to(cluster, namespace, lambda: (pod, port), on_error=on_error)


@asynccontextmanager
async def forward_to(
    cluster: Cluster,
    namespace: str,
    target: Target,
    *,
    local: int = 0,
    on_error: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[tuple[str, int]]:
    """Listens on 127.0.0.1, yielding (host, port), for as long as the context lasts.

    The port is `local` when that is free, else any. Every local connection gets a websocket of its own, to the pod that
    `target` names then. A connection that cannot be carried on is closed, and `on_error` is told why ("connection
    refused" inside the pod, no such pod).
    """
    carriers: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrier = asyncio.create_task(carry(reader, writer))
        carriers.add(carrier)
        carrier.add_done_callback(carriers.discard)
        # Not in the task: one that is cancelled before it began does nothing at all.
        carrier.add_done_callback(lambda _: writer.transport.abort())

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            pod, port = target()
            async with channels(cluster, namespace, pod, "portforward", [("ports", str(port))], [_PROTOCOL]) as socket:
                await _either(_to_pod(reader, socket), _from_pod(socket, writer, on_error))
            writer.close()
            await writer.wait_closed()
        except UserError as error:
            on_error(error.message)
        except ConnectionError:
            pass  # The local program hung up.

    server = await _listen(accept, local)
    try:
        yield server.sockets[0].getsockname()[:2]
    finally:
        server.close()
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
        await server.wait_closed()


async def _listen(accept: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None], local: int) -> asyncio.Server:
    if local:
        with suppress(OSError):
            return await asyncio.start_server(accept, "127.0.0.1", local)
    return await asyncio.start_server(accept, "127.0.0.1", 0)


async def _either(*ways: Any) -> None:
    """Runs both directions until one of them ends: this protocol cannot close half a connection."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _to_pod(reader: asyncio.StreamReader, socket: aiohttp.ClientWebSocketResponse[Any]) -> None:
    while data := await reader.read(_CHUNK):
        await socket.send_bytes(bytes([_DATA]) + data)


async def _from_pod(
    socket: aiohttp.ClientWebSocketResponse[Any], writer: asyncio.StreamWriter, on_error: Callable[[str], None]
) -> None:
    opened: set[int] = set()
    async for message in socket:
        if message.type is not aiohttp.WSMsgType.BINARY or not message.data:
            continue
        channel, data = message.data[0], message.data[1:]
        if channel not in opened:
            opened.add(channel)  # The first message of a channel only repeats the port's number.
        elif channel == _DATA:
            writer.write(data)
            await writer.drain()
        elif channel == _ERROR:
            on_error(data.decode(errors="replace").strip())
            return
