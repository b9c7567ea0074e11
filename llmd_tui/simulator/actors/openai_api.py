"""A model server over HTTP, with vLLM's answers and refusals."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

from aiohttp import web

from llmd_tui.simulator.actors.engine import Answer, Engine
from llmd_tui.simulator.actors.meta import mapping

# Wall seconds: whoever asks measures with a real clock.
_FIRST_TOKEN = 0.06
_NEXT_TOKEN = 0.009
_FINGERPRINT = "vllm-0.30.0-simulated"


class Refusal(Exception):
    """An error as vLLM words it."""

    def __init__(self, code: int, kind: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.error = {"message": message, "type": kind, "param": param, "code": code}


def model_server(engine: Engine) -> web.Application:
    """The application of one pod."""
    app = web.Application()

    async def health(_: web.Request) -> web.Response:
        return web.Response()

    async def version(_: web.Request) -> web.Response:
        return web.json_response({"version": "0.30.0"})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=engine.metrics(), content_type="text/plain")

    async def models(_: web.Request) -> web.Response:
        return web.json_response(models_of(engine))

    async def render(_: web.Request) -> web.Response:
        if not engine.scale_out:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.json_response({"prompt_token_ids": [1, 2, 3]})

    async def completions(request: web.Request) -> web.StreamResponse:
        return await answer(request, await read(request), engine)

    async def named(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["server"] = "uvicorn"

    app.on_response_prepare.append(named)
    for path in ("/health", "/readyz", "/ping"):
        app.router.add_get(path, health)
    app.router.add_get("/version", version)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/v1/models", models)
    app.router.add_post("/v1/completions", completions)
    app.router.add_post("/v1/chat/completions", completions)
    app.router.add_post("/v1/completions/render", render)
    app.router.add_post("/v1/chat/completions/render", render)
    return app


def models_of(engine: Engine) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [
            {
                "id": name,
                "object": "model",
                "created": int(time.time()),
                "owned_by": "vllm",
                "root": engine.served[0],
                "parent": None,
                "max_model_len": engine.max_model_len,
            }
            for name in engine.served
        ],
    }


async def read(request: web.Request) -> dict[str, Any] | web.Response:
    """The body as a JSON object, or the refusal of what is none."""
    try:
        body: object = json.loads(await request.text())
    except ValueError:
        return _refused(Refusal(400, "Bad Request", "1 validation error: JSON decode error", "body"))
    if not isinstance(body, dict):
        return _refused(Refusal(400, "Bad Request", "Input should be an object", "body"))
    return cast("dict[str, Any]", body)


def prompt_of(body: Mapping[str, Any]) -> str:
    """Of a completion or of a chat."""
    if "messages" in body:
        return "\n".join(f"{message.get('role')}: {message.get('content')}" for message in body["messages"])
    prompt: Any = body.get("prompt", "")
    return "".join(cast("list[str]", prompt)) if isinstance(prompt, list) else str(prompt)


async def answer(
    request: web.Request,
    body: dict[str, Any] | web.Response,
    engine: Engine,
    *,
    request_id: str = "",
    transferred: bool = False,
    headers: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """The engine's answer, whole or as a stream; `body` may already be a refusal. `headers` are a router's own."""
    if isinstance(body, web.Response):
        return body
    request_id = request_id or uuid4().hex
    try:
        prompt, limit = _checked(body, engine)
    except Refusal as refusal:
        return _refused(refusal, headers)
    await asyncio.sleep(_FIRST_TOKEN)
    made = engine.complete(prompt, limit, transferred=transferred)
    chat = "messages" in body
    if not body.get("stream"):
        await asyncio.sleep(_NEXT_TOKEN * len(made.words))
        return web.json_response(_whole(made, _head(request_id, body, "chat.completion"), chat=chat), headers=headers)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **(headers or {})})
    await response.prepare(request)
    await _stream(response, body, made, _head(request_id, body, "chat.completion.chunk"))
    return response


def _checked(body: Mapping[str, Any], engine: Engine) -> tuple[str, int]:
    if body.get("model") not in engine.served:
        raise Refusal(404, "NotFoundError", f"The model `{body.get('model')}` does not exist.", "model")
    limit: Any = next((body[key] for key in ("max_completion_tokens", "max_tokens") if body.get(key) is not None), 16)
    if not isinstance(limit, int):
        text = (
            "1 validation error: {'type': 'int_type', 'loc': ('body', 'max_tokens')}: Input should be a valid integer"
        )
        raise Refusal(400, "BadRequestError", text, "max_tokens")
    if limit < 1:
        text = f"max_tokens must be at least 1, got {limit}. (parameter=max_tokens, value={limit})"
        raise Refusal(400, "BadRequestError", text, "max_tokens")
    prompt = prompt_of(body)
    if not prompt:
        raise Refusal(400, "BadRequestError", "Either prompt or prompt_embeds must be provided and non-empty.")
    asked = engine.tokens(prompt)
    if asked + limit > engine.max_model_len:
        text = (
            f"This model's maximum context length is {engine.max_model_len} tokens. However, you requested {limit} "
            f"output tokens and your prompt contains at least {asked} input tokens, for a total of at least "
            f"{asked + limit} tokens. Please reduce the length of the input prompt or the number of requested output "
            f"tokens. (parameter=input_tokens, value={asked})"
        )
        raise Refusal(400, "BadRequestError", text, "input_tokens")
    return prompt, limit


def _refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": refusal.error}, status=refusal.code, headers=headers)


def _usage(made: Answer) -> dict[str, int]:
    total = made.prompt_tokens + len(made.words)
    return {"prompt_tokens": made.prompt_tokens, "total_tokens": total, "completion_tokens": len(made.words)}


def _head(request_id: str, body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """`kind` is a chat's; plain completions call all of theirs the same."""
    chat = "messages" in body
    return {
        "id": f"{'chatcmpl' if chat else 'cmpl'}-{request_id}",
        "object": kind if chat else "text_completion",
        "created": int(time.time()),
        "model": body["model"],
    }


def _whole(made: Answer, head: Mapping[str, Any], *, chat: bool) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": made.finish, "stop_reason": None}
    choice |= {"message": {"role": "assistant", "content": made.text}} if chat else {"text": made.text}
    return {**head, "choices": [choice], "system_fingerprint": _FINGERPRINT, "usage": _usage(made)}


async def _stream(response: web.StreamResponse, body: Mapping[str, Any], made: Answer, head: Mapping[str, Any]) -> None:
    chat = "messages" in body
    common: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": None}
    if chat:
        # The first chunk of a chat says who speaks, and nothing else.
        await _event(response, {**head, "choices": [{**common, "delta": {"role": "assistant", "content": ""}}]})
    for place, word in enumerate(made.words):
        finish = made.finish if place == len(made.words) - 1 else None
        piece = {"delta": {"content": word}} if chat else {"text": word, "stop_reason": None}
        await _event(response, {**head, "choices": [{**common, **piece, "finish_reason": finish}]})
        await asyncio.sleep(_NEXT_TOKEN)
    if mapping(body, "stream_options").get("include_usage"):
        await _event(response, {**head, "choices": [], "usage": _usage(made)})
    await response.write(b"data: [DONE]\n\n")
    await response.write_eof()


async def _event(response: web.StreamResponse, data: Mapping[str, Any]) -> None:
    await response.write(b"data: " + json.dumps(data).encode() + b"\n\n")
