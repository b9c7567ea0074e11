"""One inference request through the endpoint: what all of the rest is for."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed
from llmd_tui.checks.serving import NODES, PODS, SERVICES
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.kube.forward import forward
from llmd_tui.rollout.reading import listed
from llmd_tui.rollout.words import many
from llmd_tui.serving.ask import Answer, Question, ask, trouble
from llmd_tui.serving.entrance import way_in
from llmd_tui.serving.explanations import explain

QUESTION = Question("", "How are you today?", max_tokens=16, chat=False, longest=120)
"""With flow control a refusal takes the queue's time-out of 60 s; a hung replica never answers."""


async def inference_request(context: Context) -> Verdict:
    """A streamed completion, through a port-forward to a Ready pod behind the endpoint's Service."""
    expected = context.expected
    view = await context.view(SERVICES, PODS, NODES)
    try:
        pod, port = way_in(view, expected.namespace, expected.service, expected.port, context.clock.now())
    except UserError as error:
        return failed(error.message.rstrip("."), "Without a way in there is no request.")
    troubles: list[str] = []
    try:
        async with forward(context.cluster, expected.namespace, pod, port, on_error=troubles.append) as where:
            url = f"http://{where[0]}:{where[1]}"
            answer = await complete(url, expected.model)
            if answer.status == 404 and "does not exist" in answer.body:
                return failed(f"{explain(404, answer.body, answer.headers)[0]}; served: {await _models(url)}", _RENAME)
    except TimeoutError:
        return failed(f"no answer within {QUESTION.longest:.0f} s", "A hung replica keeps requests: restart its pod.")
    except OSError as error:
        why = "; ".join(dict.fromkeys(troubles)) or str(error)
        return failed(f"no answer through {pod}: {why}", "Does the pod listen on that port?")
    return verdict(answer, expected.model)


def verdict(answer: Answer, model: str) -> Verdict:
    if wrong := trouble(answer):
        return failed(*wrong)
    tokens = many(answer.tokens, "token") if answer.tokens is not None else "tokens not counted"
    return passed(f"HTTP 200, {model}, first token {answer.first_token:.2f} s, {tokens} in {answer.seconds:.2f} s")


async def complete(url: str, model: str, clock: Clock | None = None) -> Answer:
    """Seconds are on the wall also when a run's clock is not: the request is a real one.

    Raises OSError when the connection does not come about or breaks, TimeoutError when nothing comes.
    """
    async with aclosing(ask(url, replace(QUESTION, model=model), clock or Clock())) as answering:
        async for said in answering:
            if isinstance(said, Answer):
                return said
    raise ConnectionError("the answer did not end")


_RENAME = "Set path.model to what is served, or restart the model servers with the model that was planned."


async def _models(url: str) -> str:
    import aiohttp

    try:
        async with asyncio.timeout(10), aiohttp.ClientSession() as session, session.get(f"{url}/v1/models") as response:
            answer: Any = await response.json(content_type=None)
            return ", ".join(str(entry["id"]) for entry in listed(answer["data"]))
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
        return "unknown, /v1/models does not tell"
