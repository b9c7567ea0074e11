"""The HTTP server."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from llmd_tui.clock import Clock
from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import is_map
from llmd_tui.simulator.kubernetes.requests import Request
from llmd_tui.simulator.kubernetes.responses import refusal
from llmd_tui.simulator.kubernetes.routes import Routes
from llmd_tui.simulator.kubernetes.status import StatusError

Record: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Hears of every request: time, method, path, query, agent, type, body, status."""


class KubernetesServer:
    """A running API server. `url` is where it listens, `storage` holds its objects."""

    def __init__(self, clock: Clock, record: Record | None) -> None:
        self.url = ""
        self._clock = clock
        self._record = record
        self._routes = Routes(clock)
        self.storage = self._routes.registry.storage
        self._runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None), shutdown_timeout=0.2
        )

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        self._routes.close()
        await self._runner.cleanup()

    def kubeconfig(self, path: Path) -> None:
        """A kubeconfig whose only context is `simulator`, readable by its owner alone."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "simulator",
            "clusters": [{"name": "simulator", "cluster": {"server": self.url}}],
            "users": [{"name": "simulator", "user": {"token": "simulator"}}],
            "contexts": [{"name": "simulator", "context": {"cluster": "simulator", "user": "simulator"}}],
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(config, indent=1))

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        request = Request(http, await http.content.read(), http.query, [])
        recorded = False

        def begun(status: int = 200) -> None:
            nonlocal recorded
            if self._record and not recorded:
                recorded = True
                self._record(self._line(request, status))

        try:
            response = await self._routes.handle(request, begun)
        except StatusError as error:
            response = refusal(error)
        begun(response.status)
        return response

    def _line(self, request: Request, status: int) -> Mapping[str, Any]:
        return {
            "time": self._clock.now().isoformat(),
            "method": request.method,
            "path": request.http.path,
            "query": dict(request.query),
            "agent": request.http.headers.get("User-Agent", ""),
            "type": request.content_type,
            "body": _shown(request),
            "status": status,
        }


def _shown(request: Request) -> Any:
    """The body as it may be written down: not what secrets hold."""
    try:
        body: Any = json.loads(request.body) if request.body else None
    except ValueError:
        body = request.body.decode(errors="replace")
    if "/secrets" not in request.http.path or not is_map(body):
        return body if "/secrets" not in request.http.path else None
    hidden: Object = {**body}
    for field in ("data", "stringData"):
        if is_map(hidden.get(field)):
            hidden[field] = dict.fromkeys(hidden[field], "REDACTED")
    return hidden


async def serve(clock: Clock, *, record: Record | None = None) -> KubernetesServer:
    """A Kubernetes API server with an empty cluster, on a free port of this machine alone."""
    server = KubernetesServer(clock, record)
    await server.start()
    return server
