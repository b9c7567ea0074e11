"""A prompt through the port-forward: streamed, timed, cancelled; failures in words; who answered."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from llmd_tui.errors import UserError
from llmd_tui.serving.ask import Question
from llmd_tui.serving.link import LOCAL
from llmd_tui.serving.stream import Chunk
from llmd_tui.serving.trial import Tried, trial
from tests.trial.place import MODEL, Handler, Place, place

QUESTION = Question(MODEL, "What does a prefill pod do?", max_tokens=12, patience=5)


async def told(there: Place, question: Question = QUESTION, *, witness: bool = False) -> tuple[list[Chunk], Tried]:
    chunks: list[Chunk] = []
    async for said in trial(there.link, question, there.witness if witness else None):
        if isinstance(said, Tried):
            return chunks, said
        chunks.append(said)
    raise AssertionError("no end")


def events(*said: object, status: int = 200) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for event in said:
            await response.write(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode())
        return response

    return handler


async def test_an_answer_comes_in_pieces_and_is_measured(tmp_path: Path) -> None:
    async with place(tmp_path) as there:
        chunks, tried = await told(there)
        assert there.link.on
        assert chunks[0] == Chunk(), "the first chunk of a chat is empty, and counts"
        assert "".join(chunk.text for chunk in chunks).startswith("I am a simulated model server.")
        answer = tried.answer
        assert (answer.tokens, answer.complete, answer.finish) == (12, True, "length")
        assert answer.first_token is not None
        assert answer.between is not None
        assert 0 < answer.first_token < answer.seconds


async def test_the_counters_tell_who_answered(tmp_path: Path) -> None:
    async with place(tmp_path) as there:
        _, first = await told(there, witness=True)
        assert first.served.decode == "decode-0"
        assert first.served.prefill in ("prefill-0", "prefill-1")


async def test_nobody_is_named_when_others_ask_at_the_same_time(tmp_path: Path) -> None:
    async with place(tmp_path) as there:
        before = await there.witness.look()
        assert before
        await told(there)
        there.engines["prefill-1"].counters["generation_tokens"] += 1
        served = await there.witness.served(before)
        assert served.prefill == "", "both have made a token"


async def test_leaving_early_ends_the_request(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b'data: {"choices": [{"text": "x"}]}\n\n')
                await asyncio.sleep(0.01)
        finally:
            gone.set()

    async with place(tmp_path, endless) as there:
        answer = trial(there.link, QUESTION)
        assert isinstance(await anext(answer), Chunk)
        await answer.aclose()
        await asyncio.wait_for(gone.wait(), 5)


async def test_a_model_without_a_chat_template_goes_on_with_the_text(tmp_path: Path) -> None:
    asked: list[str] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        if "chat" in request.path:
            return web.json_response({"error": {"message": "default chat template is no longer allowed"}}, status=400)
        return await events({"choices": [{"text": "on", "finish_reason": "stop"}]}, "[DONE]")(request)

    async with place(tmp_path, handler) as there:
        chunks, _ = await told(there)
    assert asked == ["/v1/chat/completions", "/v1/completions"]
    assert [chunk.text for chunk in chunks] == ["on"]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, "no healthy upstream", "the endpoint picker does not answer"),
        (500, "", "the endpoint picker does not answer"),
        (404, '{"error":{"message":"The model `x` does not exist."}}', "serve another model"),
        (429, "inference error: ResourceExhausted - no endpoints available for the given request", "role decode"),
    ],
)
async def test_refusals_are_told_in_words(tmp_path: Path, status: int, body: str, words: str) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, text=body)

    async with place(tmp_path, handler) as there:
        with pytest.raises(UserError, match=words) as raised:
            await told(there)
    assert raised.value.remedy


async def test_an_answer_that_breaks_off_is_none(tmp_path: Path) -> None:
    async with place(tmp_path, events({"choices": [{"text": "x"}]})) as there:
        with pytest.raises(UserError, match="broke off"):
            await told(there)


async def test_silence_is_told(tmp_path: Path) -> None:
    async def silent(_: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with place(tmp_path, silent) as there:
        with pytest.raises(UserError, match="Nothing came for 0 s"):
            await told(there, Question(MODEL, "x", patience=0.2))


async def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"data: " + b"x" * (3 << 20))

    async with place(tmp_path, handler) as there:
        with pytest.raises(UserError, match="broke off"):
            await told(there)


async def test_the_link_leads_to_a_pod_that_is_ready_then(tmp_path: Path) -> None:
    async with place(tmp_path) as there:
        url = await there.link.open()
        assert await there.link.open() == url
        epp = there.view.get("Pod", "demo-epp-0", "llm-d")
        assert epp
        there.view.apply("Pod", "DELETED", epp)
        with pytest.raises(UserError, match=r"leads to no Ready pod"):
            await told(there)
        there.view.apply("Pod", "ADDED", epp)
        await told(there)
        await there.link.close()
        assert not there.link.on
        there.view.apply("Pod", "DELETED", epp)
        with pytest.raises(UserError, match="leads to no Ready pod"):
            await there.link.open()


async def test_a_taken_port_is_not_waited_for(tmp_path: Path) -> None:
    async def nobody(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    try:
        taken = await asyncio.start_server(nobody, "127.0.0.1", LOCAL)
    except OSError:
        taken = None  # It is taken already.
    async with place(tmp_path) as there:
        assert await there.link.open() != f"http://127.0.0.1:{LOCAL}"
    if taken:
        taken.close()
