"""One inference request through the endpoint: what all of the rest is for."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from llmd_tui.checks.context import Context
from llmd_tui.checks.explanations import explain
from llmd_tui.checks.result import Verdict, failed, passed
from llmd_tui.checks.serving import NODES, PODS, SERVICES, backends, target_port
from llmd_tui.clock import Clock
from llmd_tui.kube.forward import forward
from llmd_tui.rollout.reading import listed, mapping, name_of
from llmd_tui.rollout.words import many

PROMPT = "How are you today?"
TOKENS = 16
PATIENCE = 120.0
"""Seconds on the wall. With flow control a refusal takes the queue's time-out of 60 s; a hung replica never answers."""


@dataclass(frozen=True)
class Answer:
    """Seconds by the run's clock, from sending on. `tokens` is None when the server did not count them.

    `first_token` is when the first chunk of the stream came, however empty its text; None when none came.
    """

    status: int
    headers: dict[str, str]
    body: str
    first_token: float | None
    seconds: float
    tokens: int | None
    complete: bool


async def inference_request(context: Context) -> Verdict:
    """A streamed completion, through a port-forward to a Ready pod behind the endpoint's Service."""
    expected = context.expected
    view = await context.view(SERVICES, PODS, NODES)
    pods = sorted(backends(view, context), key=name_of)
    service = view.get("Service", expected.service, expected.namespace)
    if service is None or not pods:
        return failed(f"Service {expected.service} leads to no Ready pod", "Without a way in there is no request.")
    port = target_port(service, pods[0], expected.port)
    troubles: list[str] = []
    try:
        async with forward(
            context.cluster, expected.namespace, name_of(pods[0]), port, on_error=troubles.append
        ) as where:
            url = f"http://{where[0]}:{where[1]}"
            answer = await complete(url, expected.model, context.clock)
            if answer.status == 404 and "does not exist" in answer.body:
                return failed(f"{explain(404, answer.body, answer.headers)[0]}; served: {await _models(url)}", _RENAME)
    except TimeoutError:
        return failed(f"no answer within {PATIENCE:.0f} s", "A hung replica keeps requests: restart its pod.")
    except OSError as error:
        why = "; ".join(dict.fromkeys(troubles)) or str(error)
        return failed(f"no answer through {name_of(pods[0])}: {why}", "Does the pod listen on that port?")
    return verdict(answer, expected.model)


def verdict(answer: Answer, model: str) -> Verdict:
    if answer.status != 200:
        return failed(*explain(answer.status, answer.body, answer.headers))
    if answer.first_token is None or not answer.complete:
        return failed(
            f"HTTP 200, but the stream broke off after {answer.seconds:.2f} s",
            "The model server died while it answered: look at its restarts and its last words.",
        )
    tokens = many(answer.tokens, "token") if answer.tokens is not None else "tokens not counted"
    return passed(f"HTTP 200, {model}, first token {answer.first_token:.2f} s, {tokens} in {answer.seconds:.2f} s")


async def complete(url: str, model: str, clock: Clock) -> Answer:
    """Raises OSError when the connection does not come about or breaks, TimeoutError when nothing comes."""
    import aiohttp

    request = {"model": model, "prompt": PROMPT, "max_tokens": TOKENS, "temperature": 0, "stream": True}
    request |= {"stream_options": {"include_usage": True}}
    begun = clock.time()
    first: float | None = None
    lines: list[str] = []
    broken = False
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{url}/v1/completions", json=request) as response,
        ):
            try:
                async for raw in response.content:
                    line = raw.decode(errors="replace").strip()
                    if first is None and line.startswith("data:"):
                        first = clock.time() - begun
                    lines.append(line)
            except aiohttp.ClientPayloadError:
                broken = True
            headers = {name.lower(): value for name, value in response.headers.items()}
            status = response.status
    except aiohttp.ClientError as error:
        raise ConnectionError(str(error) or type(error).__name__) from error
    events = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    return Answer(
        status=status,
        headers=headers,
        body="\n".join(lines),
        first_token=first,
        seconds=clock.time() - begun,
        tokens=_tokens(events),
        complete=not broken and "[DONE]" in events and any(_finished(event) for event in events),
    )


_RENAME = "Set path.model to what is served, or restart the model servers with the model that was planned."


def _chunk(event: str) -> dict[str, Any]:
    try:
        parsed: Any = json.loads(event)
    except ValueError:
        return {}
    return mapping(parsed)


def _tokens(events: list[str]) -> int | None:
    counted = [usage["completion_tokens"] for event in events if (usage := _chunk(event).get("usage"))]
    return int(counted[-1]) if counted else None


def _finished(event: str) -> bool:
    return any(choice.get("finish_reason") for choice in listed(_chunk(event).get("choices")))


async def _models(url: str) -> str:
    import aiohttp

    try:
        async with asyncio.timeout(10), aiohttp.ClientSession() as session, session.get(f"{url}/v1/models") as response:
            answer: Any = await response.json(content_type=None)
            return ", ".join(str(entry["id"]) for entry in listed(answer["data"]))
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
        return "unknown, /v1/models does not tell"
