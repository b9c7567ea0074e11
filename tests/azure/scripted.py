"""An ARM that says exactly what a test wrote down: the shapes that Azure's services differ in."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from llmd_tui.azure.client import Arm
from llmd_tui.clock import Clock
from tests.azure.cloud import SUBSCRIPTION

IDS = {"x-ms-correlation-request-id": "c0ffee00-0000-4000-8000-000000000001"}


@dataclass(frozen=True)
class Said:
    """One answer; `{url}` in a header is the server's own address. A `text` is sent in place of JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    text: str = ""


@dataclass
class Script:
    """What is said to `METHOD /last/part` of a path, in turn, the last one for ever; `asked` is what came."""

    answers: Mapping[str, Sequence[Said]]
    asked: list[str] = field(default_factory=list[str])
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        call = f"{request.method} {request.path}"
        known = (key for key in self.answers if key.split()[0] == request.method and call.endswith(key.split()[1]))
        key = next(known, "")
        self.asked.append(key or call)
        if not key:
            return web.json_response({"error": {"code": "ResourceNotFound", "message": "not there"}}, status=404)
        listed = self.answers[key]
        said = listed[min(self.asked.count(key), len(listed)) - 1]
        headers = {**IDS, **{name: value.replace("{url}", self.url) for name, value in said.headers.items()}}
        if said.text:
            return web.Response(status=said.status, headers=headers, text=said.text, content_type="text/html")
        if said.body is None:
            return web.Response(status=said.status, headers=headers)
        return web.json_response(said.body, status=said.status, headers=headers)


@asynccontextmanager
async def scripted(
    monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Said]], *, speed: float = 6000
) -> AsyncGenerator[tuple[Arm, Script]]:
    script = Script(answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    script.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", script.url)
    try:
        async with await Arm.connect(SUBSCRIPTION, clock=Clock(speed=speed)) as arm:
            yield arm, script
    finally:
        await runner.cleanup()
