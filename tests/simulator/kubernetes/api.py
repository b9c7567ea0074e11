"""A bare client of a Kubernetes API server: requests as they are, answers as they come."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp
import yaml

JSON = "application/json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


@dataclass(frozen=True)
class Answer:
    code: int
    body: Any
    warnings: list[str]

    @property
    def message(self) -> str:
        return str(self.body["message"])

    @property
    def reason(self) -> str:
        return str(self.body.get("reason", ""))


class Api:
    """`kind` is "simulator" or "real"; `kubeconfig` is for kubectl and helm."""

    def __init__(self, kind: str, kubeconfig: Path) -> None:
        self.kind = kind
        self.kubeconfig = kubeconfig
        config: Any = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.server = str(cluster["server"])
        authority = cluster.get("certificate-authority")
        tls = ssl.create_default_context(cafile=authority) if authority else False
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, limit=0),
            headers={"Authorization": f"Bearer {user.get('token', '')}", "User-Agent": "contract/1"},
            read_bufsize=2**22,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON, accept: str = JSON, **query: str
    ) -> Answer:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Accept": accept} | ({"Content-Type": content_type} if data is not None else {})
        async with self._session.request(method, self.server + path, params=query, data=data, headers=headers) as got:
            raw = await got.read()
            text: Any = raw.decode()
            return Answer(got.status, json.loads(text) if text[:1] == "{" else text, got.headers.getall("Warning", []))

    async def get(self, path: str, *, accept: str = JSON, **query: str) -> Any:
        return self._good(await self.call("GET", path, accept=accept, **query))

    async def post(self, path: str, body: Any, **query: str) -> Any:
        return self._good(await self.call("POST", path, body, **query))

    async def put(self, path: str, body: Any, **query: str) -> Any:
        return self._good(await self.call("PUT", path, body, **query))

    async def patch(self, path: str, body: Any, content_type: str = MERGE, **query: str) -> Any:
        return self._good(await self.call("PATCH", path, body, content_type=content_type, **query))

    async def apply(self, path: str, body: Any, manager: str, **query: str) -> Any:
        return await self.patch(path, body, APPLY, fieldManager=manager, **query)

    async def delete(self, path: str, body: Any = None, **query: str) -> Any:
        return self._good(await self.call("DELETE", path, body, **query))

    @staticmethod
    def _good(answer: Answer) -> Any:
        assert answer.code < 300, answer.body
        return answer.body

    @asynccontextmanager
    async def lines(self, path: str, *, accept: str = JSON, **query: str) -> AsyncGenerator[aiohttp.StreamReader]:
        async with self._session.get(self.server + path, params=query, headers={"Accept": accept}) as got:
            assert got.status == 200, await got.text()
            yield got.content

    @asynccontextmanager
    async def watch(self, path: str, *, accept: str = JSON, **query: str) -> AsyncGenerator["Events"]:
        async with self.lines(path, accept=accept, watch="true", **query) as lines:
            yield Events(lines)

    @asynccontextmanager
    async def websocket(self, path: str, *protocols: str) -> AsyncGenerator[aiohttp.ClientWebSocketResponse[Any]]:
        url = self.server + path
        async with self._session.ws_connect(url, protocols=protocols) as socket:
            yield socket

    async def gone(self, path: str) -> None:
        """Waits until an object is not there any more."""
        await self.until(path, lambda answer: answer.code == 404)

    async def until(self, path: str, holds: Any) -> Answer:
        """Asks until the answer is as wanted."""
        async with asyncio.timeout(30):
            while True:
                if holds(answer := await self.call("GET", path)):
                    return answer
                await asyncio.sleep(0.05)


class Events:
    """The events of a watch, one after the other."""

    def __init__(self, lines: aiohttp.StreamReader) -> None:
        self._lines = lines

    async def next(self) -> tuple[str, Any]:
        async with asyncio.timeout(30):
            line = await self._lines.readline()
        assert line, "the watch has ended"
        event: Mapping[str, Any] = json.loads(line)
        return event["type"], event["object"]

    async def rest(self) -> list[tuple[str, Any]]:
        """All events to the end of the watch."""
        found: list[tuple[str, Any]] = []
        async with asyncio.timeout(30):
            while line := await self._lines.readline():
                event: Mapping[str, Any] = json.loads(line)
                found.append((event["type"], event["object"]))
        return found

    async def ended(self) -> bool:
        async with asyncio.timeout(30):
            return not await self._lines.readline()
