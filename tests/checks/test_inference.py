"""One request through the endpoint: what came, how soon, and what it means when nothing good came."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from llmd_tui.checks.inference import complete, verdict
from llmd_tui.clock import Clock
from llmd_tui.serving.explanations import explain
from tests.checks.town import MODEL, Town, judged, picker, service
from tests.rollout.made import node

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
Engine = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(engine: Engine) -> AsyncGenerator[int]:
    runner = web.ServerRunner(web.Server(engine), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def stream(*events: str, pause: asyncio.Event | None = None) -> Engine:
    async def engine(request: web.BaseRequest) -> web.StreamResponse:
        asked = json.loads(await request.read())
        assert (request.path, asked["model"], asked["stream"]) == ("/v1/completions", MODEL, True)
        response = web.StreamResponse(headers={"server": "uvicorn", "content-type": "text/event-stream"})
        await response.prepare(request)
        for event in events:
            await response.write(f"data: {event}\n\n".encode())
            if pause:
                await pause.wait()
        return response

    return engine


def answer(status: int, body: str = "", headers: dict[str, str] | None = None) -> Engine:
    async def engine(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/v1/models":
            return web.json_response({"data": [{"id": "other/model"}]})
        return web.Response(status=status, text=body, headers=headers)

    return engine


def chunk(text: str, finish: str | None = None) -> str:
    return json.dumps({"choices": [{"index": 0, "text": text, "finish_reason": finish}]})


GOOD = (
    chunk(""),
    chunk(" fine", "length"),
    json.dumps({"choices": [], "usage": {"completion_tokens": 16}}),
    "[DONE]",
)


def town(port: int | None) -> Town:
    return Town([node("gpu-0"), service(), picker()], forwards=port)


async def test_a_request_through_the_port_forward(tmp_path: Path) -> None:
    async with serving(stream(*GOOD)) as port:
        line = await judged(tmp_path, town(port), "inference-request", clock=Clock())
    assert line.result == "pass", line
    assert line.evidence.startswith(f"HTTP 200, {MODEL}, first token 0.")
    assert "16 tokens in " in line.evidence
    assert "port-forward service/demo-epp 8080:80" in line.command


async def test_the_first_token_is_the_first_chunk_however_empty() -> None:
    """Told by a clock that jumps: ten seconds pass between the first chunk and the second."""
    go = asyncio.Event()

    class Jumping(Clock):
        def time(self) -> float:
            if go.is_set():
                return 12.0
            asyncio.get_running_loop().call_later(0.05, go.set)
            return 2.0

    async with serving(stream(*GOOD, pause=go)) as port:
        said = await complete(f"http://127.0.0.1:{port}", MODEL, Jumping())
    assert (said.first_token, said.seconds, said.tokens, said.complete) == (0.0, 10.0, 16, True)


@pytest.mark.parametrize("events", [(), (chunk(""),), (chunk("a"), "[DONE]"), (chunk("a", "stop"),)])
async def test_a_stream_without_an_end_is_no_answer(events: tuple[str, ...]) -> None:
    async with serving(stream(*events)) as port:
        said = verdict(await complete(f"http://127.0.0.1:{port}", MODEL, Clock()), MODEL)
    assert (said.result, "broke off" in said.evidence) == ("fail", True)


@pytest.mark.parametrize(
    ("status", "body", "headers", "told"),
    [
        (
            503,
            "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request",
            {},
            "no Ready pod",
        ),
        (503, "inference error: ...", {"x-llm-d-request-dropped-reason": "rejected-no-endpoints"}, "no Ready pod"),
        (503, "upstream connect error or disconnect/reset before headers.", {}, "refused the connection"),
        (503, "no healthy upstream", {}, "endpoint picker does not answer"),
        (500, "", {}, "endpoint picker does not answer"),
        (502, "", {}, "prefill server cannot be reached"),
        (502, '{"error":{"type":"BadGateway"}}', {}, "decode engine"),
        (429, "inference error: ResourceExhausted - no endpoints available for the given request", {}, "role decode"),
        (429, "inference error: ResourceExhausted - queue at capacity", {}, "saturated"),
        (404, '{"detail":"Not Found"}', {"server": "uvicorn"}, "does not serve this path"),
        (400, '{"message": "maximum context length is 8 tokens"}', {"server": "uvicorn"}, "longer than the context"),
        (418, "teapot", {}, "HTTP 418 (the router: teapot)"),
    ],
)
async def test_failures_are_explained(
    tmp_path: Path, status: int, body: str, headers: dict[str, str], told: str
) -> None:
    async with serving(answer(status, body, headers)) as port:
        line = await judged(tmp_path, town(port), "inference-request", clock=Clock())
    assert (line.result, told in line.evidence) == ("fail", True), line
    assert line.remedy


async def test_another_model_is_named(tmp_path: Path) -> None:
    async with serving(answer(404, '{"error":{"message":"The model `x` does not exist."}}')) as port:
        line = await judged(tmp_path, town(port), "inference-request", clock=Clock())
    assert line.evidence.endswith("served: other/model")


async def test_nobody_listens_in_the_pod(tmp_path: Path) -> None:
    line = await judged(tmp_path, town(None), "inference-request", clock=Clock())
    assert (line.result, "connection refused" in line.evidence) == ("fail", True), line


async def test_no_pod_no_request(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town([service()]), "inference-request")
    assert (line.result, "leads to no Ready pod" in line.evidence) == ("fail", True)


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("http-no-pods", "no Ready pod"),
        ("http-not-ready", "no Ready pod"),
        ("http-epp-down", "endpoint picker does not answer"),
        ("http-unknown-model", "serve another model"),
        ("http-too-long", "longer than the context"),
        ("http-unknown-path", "does not serve this path"),
    ],
)
def test_what_the_real_path_said(file: str, told: str) -> None:
    """The first failed answer of a recording."""
    text = (RECORDINGS / "llm-d-router" / f"{file}.txt").read_text()
    head, _, rest = text[text.index("HTTP/1.1") :].partition("\n\n")
    words, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    meaning, remedy = explain(int(words.split()[1]), rest.partition("\n#")[0].strip(), headers)
    assert told in meaning
    assert remedy
