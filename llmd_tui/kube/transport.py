"""Requests, streams of lines and websockets to one API server, by way of one login."""

import asyncio
import io
import ipaddress
import json
import socket
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

import aiohttp

from llmd_tui import __version__
from llmd_tui.kube.decode import decode
from llmd_tui.kube.errors import KubeError, Unreachable, talking_to
from llmd_tui.kube.kubeconfig import Login

Query: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]

_CONNECT = 10.0
"""Seconds to wait for a connection."""


class Transport:
    """One session for everything: each watch, log and websocket holds a connection of its own."""

    def __init__(self, login: Login) -> None:
        self.login = login
        rest = login.api.rest_client
        self._tls: Any = rest.ssl_context
        self._route: dict[str, Any] = {
            "proxy": rest.proxy,
            "server_hostname": rest.configuration.tls_server_name,
        }
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: float = 30,
    ) -> Any:
        """One request, and its answer as a JSON value, or as text where the server sends text.

        A server that asks for patience (429, 503 with Retry-After) is asked again within `timeout` seconds.
        Raises KubeError for a refusal and Unreachable when there is no usable answer.
        """
        headers = {"Accept": accept}
        data = None
        if body is not None:
            headers["Content-Type"] = content_type
            data = json.dumps(body).encode()
        deadline = time.monotonic() + timeout
        while True:
            left = max(deadline - time.monotonic(), 0.1)
            limits = aiohttp.ClientTimeout(total=left, sock_connect=min(_CONNECT, left))
            try:
                with talking_to(self.login.server, self.login.context):
                    async with self._open(method, path, query, headers, limits, data) as response:
                        kind, raw = response.content_type, await response.read()
                break
            except KubeError as error:
                if error.retry_after is None or time.monotonic() + error.retry_after > deadline:
                    raise
                await asyncio.sleep(error.retry_after)
        if kind == "text/plain":
            return raw.decode(errors="replace")
        try:
            return await decode(raw)
        except ValueError as error:
            words = " ".join(raw[:80].decode(errors="replace").split())
            raise Unreachable(
                f"{self.login.server} (context {self.login.context}) answers like no API server: {words}",
                "Correct `server` in the kubeconfig, or the proxy on the way.",
            ) from error

    async def lines(self, path: str, query: Query, *, inactivity: float | None = None) -> AsyncGenerator[bytes]:
        """The lines of an answer that goes on. Raises Unreachable when nothing came for `inactivity` seconds."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=inactivity)
        with talking_to(self.login.server, self.login.context):
            async with self._open("GET", path, query, {"Accept": "*/*"}, limits) as response:
                rest = b""
                async for chunk in response.content.iter_any():
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        yield line
                if rest:
                    yield rest

    @asynccontextmanager
    async def websocket(
        self, path: str, query: Query, protocols: Sequence[str]
    ) -> AsyncGenerator[aiohttp.ClientWebSocketResponse[Any]]:
        """A websocket under the same login. Raises KubeError when the server refuses the upgrade."""
        session: Any = self._connected()
        with talking_to(self.login.server, self.login.context):
            try:
                connection: aiohttp.ClientWebSocketResponse[Any] = await session.ws_connect(
                    self._url(path, query),
                    protocols=protocols,
                    headers=await self._headers(),
                    heartbeat=30,
                    max_msg_size=0,
                    **self._route,
                )
            except aiohttp.WSServerHandshakeError as error:
                raise KubeError(error.status, "UpgradeRefused", f"{path}: HTTP {error.status}") from error
        async with connection:
            yield connection

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        query: Query | None,
        headers: Mapping[str, str],
        limits: aiohttp.ClientTimeout,
        data: bytes | None = None,
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """The response once its head is there. Refused credentials are renewed once."""
        renewed = False
        while True:
            sent = {**headers, **await self._headers()}
            url = self._url(path, query)
            async with self._connected().request(
                method, url, headers=sent, timeout=limits, data=data and io.BytesIO(data), **self._route
            ) as response:
                if response.status == 401 and not renewed and await self.login.renew(sent.get("Authorization")):
                    renewed = True
                    continue
                if response.status >= 400:
                    raise await self._refusal(response)
                yield response
                return

    async def _refusal(self, response: aiohttp.ClientResponse) -> KubeError:
        after = response.headers.get("Retry-After", "")
        error = KubeError.from_response(
            response.status,
            response.reason or "",
            await response.read(),
            f"{self.login.server} (context {self.login.context})",
            retry_after=float(after) if after.isdecimal() and response.status in (429, 503) else None,
        )
        if error.status == 401:
            error.message = f"{self.login.server} does not accept the credentials of context {self.login.context}."
        return error

    async def _headers(self) -> dict[str, str]:
        token = await self.login.authorization()
        return {"User-Agent": f"llmd-tui/{__version__}"} | ({"Authorization": token} if token else {})

    def _url(self, path: str, query: Query | None) -> str:
        return self.login.server + path + (f"?{urlencode(query)}" if query else "")

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._tls, socket_factory=_socket),
                # As kubectl does: proxies of the environment are for other machines than this one.
                trust_env=not _is_loopback(self.login.server),
                read_bufsize=2**20,
            )
        return self._session


def _is_loopback(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _socket(address: tuple[Any, ...]) -> socket.socket:
    """With keep-alives: Azure's load balancers forget connections that are silent for four minutes."""
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 30)
    return made
