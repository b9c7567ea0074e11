"""The HTTP server: finds the handler of a request and writes its answer the way ARM does."""

import base64
import json
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from llmd_tui.clock import Clock
from llmd_tui.simulator.arm import account, agent_pools, clusters, compute, operations
from llmd_tui.simulator.arm.cloud import Cloud
from llmd_tui.simulator.arm.faults import other_tenant
from llmd_tui.simulator.arm.prices import PATH, prices
from llmd_tui.simulator.arm.wire import Answer, Call, Fault

ROUTES = [*clusters.ROUTES, *agent_pools.ROUTES, *operations.ROUTES, *compute.ROUTES, *account.ROUTES]
Record = Callable[[Mapping[str, Any]], None]
COMPRESSED_FROM = 100_000
"""Bytes; Azure sends its long lists in gzip, a sixtieth of their size."""


class ArmServer:
    """A running server."""

    def __init__(self, runner: web.AppRunner, url: str, cloud: Cloud) -> None:
        self._runner = runner
        self.url = url
        self.cloud = cloud

    async def close(self) -> None:
        """Stops answering and ends the operations under way."""
        await self._runner.cleanup()
        await self.cloud.close()


async def serve(clock: Clock, cloud: Cloud, *, record: Record | None = None) -> ArmServer:
    """On a free port of this machine alone. `record` gets every request with its answer's status, as JSON values."""

    async def handle(request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body: Any = json.loads(text) if text else {}
        answer = await _answer(cloud, request, body)
        if record:
            record(
                {
                    "time": clock.now().isoformat(),
                    "method": request.method,
                    "path": request.path,
                    "query": dict(request.query),
                    "body": body or None,
                    "status": answer.status,
                }
            )
        response = _response(answer, request)
        return await _broken_off(request, response) if answer.broken_off else response

    app = web.Application(client_max_size=16 * 1024**2)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return ArmServer(runner, f"http://{host}:{port}", cloud)


async def _answer(cloud: Cloud, request: web.Request, body: Any) -> Answer:
    if request.path == PATH:
        return prices(cloud, f"{request.scheme}://{request.host}", request.query)
    try:
        broken_off = await cloud.faults.meet(cloud, request.method, request.path, body)
        answer = await _dispatch(cloud, request, body)
    except Fault as fault:
        return Answer(fault.body, fault.status, fault.headers)
    return replace(answer, broken_off=broken_off)


async def _dispatch(cloud: Cloud, request: web.Request, body: Any) -> Answer:
    token = request.headers.get("Authorization", "")
    if not token.startswith("Bearer "):
        message = "Authentication failed. The 'Authorization' header is missing."
        raise Fault(401, "AuthenticationFailed", message, headers={"WWW-Authenticate": "Bearer"})
    if "api-version" not in request.query:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Fault(400, "MissingApiVersionParameter", message)
    path = request.path.rstrip("/")
    for method, pattern, handler in ROUTES:
        if method == request.method and (match := pattern.fullmatch(path)):
            parts = match.groupdict()
            tenant = _tenant(token) or cloud.azure.subscription.tenant
            if wanted := parts.get("subscription"):
                _seen_by(cloud, tenant, wanted)
            base = f"{request.scheme}://{request.host}"
            return await handler(Call(cloud, base, method, path, parts, request.query, body, tenant))
    raise Fault(404, "InvalidResourceType", f"There is no {request.method} {path} in this simulator.")


def _response(answer: Answer, request: web.Request) -> web.Response:
    identity = str(uuid.uuid4())
    headers = {
        "x-ms-request-id": identity,
        "x-ms-correlation-request-id": identity,
        "x-ms-ratelimit-remaining-subscription-global-reads": "16499",
        **answer.headers,
    }
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    content = json.dumps(answer.body).encode()
    if len(content) > COMPRESSED_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        packer = zlib.compressobj(1, wbits=31)
        content = packer.compress(content) + packer.flush()
        headers["Content-Encoding"] = "gzip"
    return web.Response(status=answer.status, headers=headers, body=content, content_type="application/json")


async def _broken_off(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Half of the answer, then the connection is gone."""
    content = response.body
    assert isinstance(content, bytes)
    begun = web.StreamResponse(status=response.status, headers=response.headers)
    begun.content_length = len(content)
    await begun.prepare(request)
    await begun.write(content[: len(content) // 2])
    if request.transport:
        request.transport.abort()
    return begun


def _tenant(token: str) -> str:
    """Of a token that says so: a JWT; empty for any other, which is taken as well."""
    try:
        payload = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["tid"])
    except (IndexError, ValueError, KeyError, TypeError):
        return ""


def _seen_by(cloud: Cloud, tenant: str, wanted: str) -> None:
    """Raises the fault for a subscription that a login to the tenant does not see."""
    for known in (cloud.azure.subscription, *cloud.azure.others):
        if known.id.lower() == wanted.lower():
            if known.tenant != tenant:
                raise other_tenant(tenant, known.tenant, wanted)
            return
    raise Fault(404, "SubscriptionNotFound", f"The subscription '{wanted}' could not be found.")
