"""Which part of the server answers a request."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from llmd_tui.clock import Clock
from llmd_tui.simulator.kubernetes import discovery, openapi, pods
from llmd_tui.simulator.kubernetes.bootstrap import furnish
from llmd_tui.simulator.kubernetes.crds import Definitions
from llmd_tui.simulator.kubernetes.decoding import parse
from llmd_tui.simulator.kubernetes.encoding import encode
from llmd_tui.simulator.kubernetes.execute import Commands
from llmd_tui.simulator.kubernetes.forward import forward
from llmd_tui.simulator.kubernetes.garbage import Garbage, Namespaces
from llmd_tui.simulator.kubernetes.kinds import Kinds
from llmd_tui.simulator.kubernetes.logs import Logs
from llmd_tui.simulator.kubernetes.negotiation import discovery_version
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.requests import Request, Target, target_of
from llmd_tui.simulator.kubernetes.responses import answer
from llmd_tui.simulator.kubernetes.rest import Objects
from llmd_tui.simulator.kubernetes.reviews import issued_token, reviewed
from llmd_tui.simulator.kubernetes.status import method_not_allowed
from llmd_tui.simulator.kubernetes.watch import Watch

_BOOKMARK_EVERY = 60.0
"""Seconds on the wall between two bookmarks of a watch."""

_LONGEST_WATCH = 3600.0


class Routes:
    """The whole API over one set of objects."""

    def __init__(self, clock: Clock) -> None:
        self.registry = Registry(clock)
        self._controllers = (Garbage(self.registry), Namespaces(self.registry), Definitions(self.registry))
        furnish(self.registry)
        self.registry.wake = self._wake
        self._objects = Objects(self.registry)
        self._logs = Logs(self.registry)
        self._commands = Commands()
        self._watches: set[Watch] = set()

    def close(self) -> None:
        """Ends the watches."""
        for watch in self._watches:
            watch.close()

    def _wake(self) -> None:
        asyncio.get_running_loop().call_soon(self.registry.work)

    async def handle(self, request: Request, begun: Callable[[], None]) -> web.StreamResponse:
        """Raises StatusError to refuse. Calls `begun` before it streams for an unknown time."""
        path = request.http.path
        target = target_of(path, self.registry.kinds)
        if target is None:
            return self._apart(request, path)
        if request.method == "GET" and request.flag("watch") and not target.subresource:
            begun()
            return await self._watch(request, target)
        if target.kind.table == "pods" and target.subresource in ("log", "exec", "portforward"):
            begun()
            return await self._stream(request, target)
        return self._asked(request, target) or self._objects.handle(request, target)

    def _asked(self, request: Request, target: Target) -> web.Response | None:
        """What is posted to be answered rather than stored. None when the request is of another kind."""
        if request.method != "POST":
            return None
        if target.kind.kind.endswith("Review"):
            obj = request.object(target.kind, request.write("CreateOptions"))
            return answer(request, encode(reviewed(obj, target.kind)), 201)
        match target.kind.table, target.subresource:
            case "serviceaccounts", "token":
                self.registry.get(target.kind, target.key)
                return answer(request, encode(issued_token(target.name, self.registry.clock.now())), 201)
            case "pods", "binding":
                return pods.bind(request, target, self.registry)
            case "pods", "eviction":
                return pods.evict(request, target, self.registry)
            case _:
                return None

    async def _stream(self, request: Request, target: Target) -> web.StreamResponse:
        if target.subresource == "exec":
            return await self._commands.run(request, target, self.registry)
        if target.subresource == "portforward":
            return await forward(request, target, self.registry)
        return await pods.send_log(request, target, self.registry, self._logs)

    async def _watch(self, request: Request, target: Target) -> web.StreamResponse:
        query = dict(request.query)
        if target.name:
            query["fieldSelector"] = f"metadata.name={target.name}"
        watch = Watch(self.registry, target.kind, target.namespace, query, request.form)
        self._watches.add(watch)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(float(query.get("timeoutSeconds") or _LONGEST_WATCH), _LONGEST_WATCH)
        bookmark = min(loop.time() + _BOOKMARK_EVERY, end - 2)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        try:
            await response.prepare(request.http)
            while True:
                if lines := watch.take():
                    await response.write(lines)
                now = loop.time()
                if watch.ended or now >= end:
                    break
                if now >= bookmark:
                    watch.bookmark()
                    bookmark = now + _BOOKMARK_EVERY
                    continue
                await watch.wait(min(bookmark, end) - now)
            await response.write_eof()
        finally:
            watch.close()
            self._watches.discard(watch)
        return response

    def _apart(self, request: Request, path: str) -> web.Response:
        """What is no resource: discovery, OpenAPI, health, and the simulator's own paths."""
        parts = path.strip("/").split("/")
        if parts[0] == "simulator":
            return self._simulator(request, parts[1:])
        if parts[0] in ("healthz", "livez", "readyz"):
            return web.Response(text="ok")
        kinds = self.registry.kinds
        wanted = discovery_version(request.http.headers.get("Accept", ""))
        if parts in (["api"], ["apis"]) and wanted:
            content_type = f"application/json;g=apidiscovery.k8s.io;v={wanted};as=APIGroupDiscoveryList"
            groups = discovery.aggregated(kinds, wanted, core=parts == ["api"])
            return answer(request, encode(groups), content_type=content_type)
        found = _document(parts, kinds)
        if found is None:
            return web.Response(text="404 page not found\n", status=404)
        return answer(request, encode(found))

    def _simulator(self, request: Request, parts: list[str]) -> web.Response:
        """What actors and tests may do beside the API."""
        match request.method, parts:
            case ("POST" | "PUT") as method, ["logs", namespace, pod, container]:
                kind = self.registry.kinds.of_table("pods")
                assert kind, "pods are built in"
                found = self.registry.get(kind, (namespace, pod)).obj
                text = request.body.decode(errors="replace")
                self._logs.write((namespace, pod), pods.pick_container(found, container), text, anew=method == "PUT")
            case "POST", ["exec", namespace, pod, container]:
                self._commands.program(namespace, pod, container, parse(request.body))
            case "POST", ["compact"]:
                for table in self.registry.storage.tables.values():
                    table.compact(self.registry.storage.revision)
            case _:
                raise method_not_allowed()
        return web.Response(status=204)


def _document(parts: list[str], kinds: Kinds) -> Any:
    """Discovery and OpenAPI documents. None when there is none at that path."""
    if parts[0] == "openapi":
        return _openapi(parts[1:], kinds)
    found: Any = None
    match parts:
        case ["version"]:
            found = discovery.VERSION
        case ["api"]:
            found = discovery.api_versions()
        case ["apis"]:
            found = discovery.group_list(kinds)
        case ["api", version]:
            found = discovery.resource_list(kinds, "", version)
        case ["apis", group]:
            found = discovery.group(kinds, group)
        case ["apis", group, version]:
            found = discovery.resource_list(kinds, group, version)
        case _:
            pass
    return found


def _openapi(parts: list[str], kinds: Kinds) -> Any:
    match parts:
        case ["v3"]:
            return openapi.index(kinds)
        case ["v3", "api", version]:
            return openapi.document(kinds, "", version)
        case ["v3", "apis", group, version]:
            return openapi.document(kinds, group, version)
        case _:
            return None
