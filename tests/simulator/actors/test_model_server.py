"""The model server's API and the router's, without a cluster around them."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

from llmd_tui.simulator.actors.engine import Engine
from llmd_tui.simulator.actors.openai_api import model_server
from llmd_tui.simulator.actors.picker import router

MODEL = "openai/gpt-oss-120b"
HELLO = {"model": MODEL, "prompt": "Hello"}


def engine(pod: str = "pod-0") -> Engine:
    return Engine(pod, (MODEL,), max_model_len=64)


@asynccontextmanager
async def listening(app: web.Application) -> AsyncGenerator[ClientSession]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
            yield session
    finally:
        await runner.cleanup()


def routed(decode: Sequence[Engine], prefill: Sequence[Engine] = ()) -> web.Application:
    def endpoints(role: str) -> list[Engine]:
        return {"decode": [*decode], "prefill": [*prefill]}.get(role, [*decode, *prefill])

    return router("pool", endpoints)


async def test_completion_has_usage_and_ends_at_the_limit() -> None:
    body = {"model": MODEL, "prompt": "Hello", "max_tokens": 5}
    async with listening(model_server(engine())) as session, session.post("/v1/completions", json=body) as answer:
        said = await answer.json()
        assert answer.headers["server"] == "uvicorn"
    assert said["object"] == "text_completion"
    assert said["choices"][0]["finish_reason"] == "length"
    assert said["usage"] == {"prompt_tokens": 2, "completion_tokens": 5, "total_tokens": 7}


async def test_stream_is_the_same_text_in_pieces_and_ends_with_done() -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 7}
    async with listening(model_server(engine())) as session:
        async with session.post("/v1/chat/completions", json=body) as answer:
            whole = (await answer.json())["choices"][0]["message"]["content"]
        async with session.post("/v1/chat/completions", json=body | {"stream": True}) as answer:
            events = (await answer.text()).split("\n\n")
    lines = [event.removeprefix("data: ") for event in events if event]
    assert lines[-1] == "[DONE]"
    pieces = [choice["delta"].get("content", "") for line in lines[:-1] for choice in json.loads(line)["choices"]]
    assert "".join(pieces) == whole
    assert len(pieces) > 3


async def test_refusals_are_vllms() -> None:
    async with listening(model_server(engine())) as session:
        for body, status, said in (
            ({"model": "other", "prompt": "x"}, 404, "does not exist"),
            ({"model": MODEL, "prompt": "x" * 4000}, 400, "maximum context length"),
            ({"model": MODEL, "prompt": "x", "max_tokens": 0}, 400, "max_tokens"),
            ({"model": MODEL, "prompt": "x", "max_tokens": "many"}, 400, "valid integer"),
            ({"model": MODEL}, 400, "prompt"),
        ):
            async with session.post("/v1/completions", json=body) as answer:
                assert (answer.status, said in await answer.text()) == (status, True), body
        async with session.post("/v1/completions", data="{") as answer:
            assert answer.status == 400


async def test_second_request_finds_the_prefix_in_the_cache() -> None:
    served = Engine("pod-0", (MODEL,), max_model_len=4096)
    async with listening(model_server(served)) as session:
        for _ in range(2):
            async with session.post("/v1/completions", json={"model": MODEL, "prompt": "word " * 200}) as answer:
                assert answer.status == 200
        async with session.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
    hits = next(line for line in lines if line.startswith("vllm:prefix_cache_hits_total"))
    assert float(hits.split()[-1]) >= 200


async def test_router_sends_prompts_to_who_knows_them() -> None:
    engines = [Engine(f"pod-{number}", (MODEL,), max_model_len=4096) for number in range(3)]
    async with listening(routed(engines)) as session:
        for prompt in ("a" * 800, "b" * 800, "a" * 800, "b" * 800):
            async with session.post("/v1/completions", json={"model": MODEL, "prompt": prompt}) as answer:
                assert answer.headers["x-went-into-resp-headers"] == "true"
                assert answer.headers["server"] == "uvicorn"
                assert (await answer.json())["id"] == f"cmpl-{answer.headers['x-request-id']}"
    assert sorted(each.counters["success_length"] for each in engines) == [0, 2, 2]
    assert sum(each.counters["prefix_cache_hits"] for each in engines) > 0


async def test_prefill_and_decode_are_two_engines() -> None:
    decode, prefill = engine("decode"), engine("prefill")
    app = routed([decode], [prefill])
    async with listening(app) as session, session.post("/v1/completions", json=HELLO) as answer:
        assert answer.status == 200
    assert prefill.counters["prefix_cache_queries"] == 2
    assert decode.counters["external_kv_transfer"] == 2
    assert decode.counters["local_compute"] == 0


async def test_router_without_endpoints_refuses_and_does_not_look_like_a_server() -> None:
    async with listening(routed([])) as session:
        async with session.post("/v1/completions", json=HELLO) as answer:
            assert answer.status == 503
            assert answer.headers["x-llm-d-request-dropped-reason"] == "rejected-no-endpoints"
            assert not {"server", "x-went-into-resp-headers"} & {key.lower() for key in answer.headers}
        async with session.get("/health") as answer:
            assert answer.status == 500


async def test_saturated_where_only_prefill_is_there() -> None:
    app = routed([], [engine()])
    async with listening(app) as session, session.post("/v1/completions", json=HELLO) as answer:
        assert answer.status == 429
