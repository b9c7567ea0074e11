"""A small API server whose answers the test writes, for what a real one does only on its worst days."""

import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from llmd_tui.kube.connection import Cluster

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_RESOURCES = {
    "kind": "APIResourceList",
    "resources": [
        {"name": "pods", "kind": "Pod", "namespaced": True},
        {"name": "pods/log", "kind": "Pod", "namespaced": True},
        {"name": "nodes", "kind": "Node", "namespaced": False},
        {"name": "configmaps", "kind": "ConfigMap", "namespaced": True},
    ],
}


def kubeconfig(path: Path, server: str, user: dict[str, Any] | None = None, tls: dict[str, str] | None = None) -> Path:
    """A kubeconfig with the one context `c`."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": server, **(tls or {})}}],
        "users": [{"name": "u", "user": {"token": "secret"} if user is None else user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }
    path.write_text(json.dumps(config))
    return path


def status(code: int, reason: str, message: str, **more: Any) -> web.Response:
    """A refusal as API servers write it."""
    body = {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message}
    return web.json_response(body, status=code, **more)


def configmap(name: str, version: int, **data: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "n", "resourceVersion": str(version)}, "data": data}


def listing(version: int, *items: dict[str, Any]) -> web.Response:
    metadata = {"resourceVersion": str(version)}
    return web.json_response({"kind": "ConfigMapList", "metadata": metadata, "items": items})


async def stream(request: web.BaseRequest, *events: tuple[str, Any]) -> web.StreamResponse:
    """A watch that sends these and goes on: end it by returning it."""
    response = web.StreamResponse()
    await response.prepare(request)
    for event_type, obj in events:
        await response.write(json.dumps({"type": event_type, "object": obj}).encode() + b"\n")
    return response


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncGenerator[str]:
    """Serves discovery of v1 and, for all else, `handler`. Yields the URL."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(_RESOURCES) if request.path == "/api/v1" else await handler(request)

    runner = web.ServerRunner(web.Server(answer, handler_cancellation=True), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def cluster_of(handler: Handler, folder: Path) -> AsyncGenerator[Cluster]:
    """A connection to a server that answers by `handler`."""
    async with serving(handler) as url, await Cluster.connect(kubeconfig(folder / "kubeconfig", url)) as cluster:
        yield cluster
