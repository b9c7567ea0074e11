"""The router over HTTP: picks a model server for each request, or says why there is none."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import uuid4

from aiohttp import web

from llmd_tui.simulator.actors.engine import Engine
from llmd_tui.simulator.actors.openai_api import answer, models_of, prompt_of, read

Endpoints: TypeAlias = Callable[[str], Sequence[Engine]]
"""The engines of Ready pods of a role: decode, prefill, or any with an empty name."""

# Whoever gets one of these headers knows that a model server answered, not the router.
_SERVED = {"x-went-into-resp-headers": "true", "server": "uvicorn"}
_STICKY = 0.8


def router(pool: str, endpoints: Endpoints) -> web.Application:
    """`pool` is the InferencePool's name, for the metrics."""
    serves = _Router(pool, endpoints)
    app = web.Application()
    app.on_response_prepare.append(_marked)
    app.router.add_get("/v1/models", serves.models)
    app.router.add_get("/health", serves.health)
    app.router.add_get("/ready", serves.health)
    app.router.add_get("/metrics", serves.metrics)
    app.router.add_post("/v1/completions", serves.completions)
    app.router.add_post("/v1/chat/completions", serves.completions)
    app.router.add_post("/v1/completions/render", serves.render)
    return app


class _Router:
    def __init__(self, pool: str, endpoints: Endpoints) -> None:
        self._pool = pool
        self._endpoints = endpoints
        self._picked: Counter[str] = Counter()

    async def models(self, _: web.Request) -> web.StreamResponse:
        ready = self._endpoints("")
        if not ready:
            return _refused(500, "Internal - no pods available in datastore")
        return web.json_response(models_of(ready[0]), headers=_SERVED)

    async def health(self, _: web.Request) -> web.StreamResponse:
        return web.Response(headers=_SERVED) if self._endpoints("") else _refused(500, "Internal - no pods available")

    async def completions(self, request: web.Request) -> web.StreamResponse:
        body = await read(request)
        if isinstance(body, web.Response):
            return _refused(400, "BadRequest - error unmarshaling request bodyMap: invalid character")
        if "model" not in body:
            return _refused(400, "BadRequest - model not found in request body")
        if not self._endpoints(""):
            text = "ServiceUnavailable - failed to find endpoint candidates for serving the request"
            return _refused(503, text, "rejected-no-endpoints")
        decode = _pick(self._endpoints("decode"), prompt_of(body))
        if decode is None:
            text = "ResourceExhausted - no endpoints available for the given request"
            return _refused(429, text, "rejected-saturated")
        self._picked[decode.pod] += 1
        prefill = _pick(self._endpoints("prefill"), prompt_of(body))
        if prefill is not None:
            prefill.prefill(prompt_of(body))
            prefill.counters["generation_tokens"] += 1
        request_id = str(uuid4())
        headers = {**_SERVED, "x-request-id": request_id}
        transferred = prefill is not None
        return await answer(request, body, decode, request_id=request_id, transferred=transferred, headers=headers)

    async def render(self, _: web.Request) -> web.StreamResponse:
        ready = self._endpoints("")
        if not ready or not ready[0].scale_out:
            return web.json_response({"detail": "Not Found"}, status=404, headers=_SERVED)
        return web.json_response({"prompt_token_ids": [1, 2, 3]}, headers=_SERVED)

    async def metrics(self, _: web.Request) -> web.StreamResponse:
        lines = [f'llm_d_epp_ready_endpoints{{name="{self._pool}"}} {len(self._endpoints(""))}']
        for pod, count in self._picked.items():
            lines.append(f'llm_d_epp_scheduler_attempts_total{{status="success",endpoint_name="{pod}"}} {count}')
        kind = "prefill-decode" if self._endpoints("prefill") else "decode-only"
        lines.append(f'llm_d_epp_disagg_decision_total{{decision_type="{kind}"}} {self._picked.total()}')
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")


async def _marked(_: web.Request, response: web.StreamResponse) -> None:
    if "x-went-into-resp-headers" not in response.headers:
        response.headers.pop("server", None)
    response.headers.setdefault("x-request-id", str(uuid4()))


def _pick(engines: Sequence[Engine], prompt: str) -> Engine | None:
    """The one that knows most of the prompt, when it is most of the prompt; else the one with the least work so far."""
    if not engines:
        return None
    best = max(engines, key=lambda engine: engine.overlap(prompt))
    blocks = len(prompt) // (4 * best.block_size)
    if blocks and best.overlap(prompt) / blocks >= _STICKY:
        return best
    return min(engines, key=lambda engine: engine.counters["prompt_tokens"])


def _refused(status: int, text: str, reason: str = "") -> web.Response:
    headers: dict[str, Any] = {"x-llm-d-request-dropped-reason": reason} if reason else {}
    return web.Response(status=status, text=f"inference error: {text}", headers=headers)
