"""The Done screen: the endpoint tried over real HTTP, the port-forward, what is written, what it cost."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from llmd_tui.kube.store import Freshness
from llmd_tui.plan.graph import Cost
from llmd_tui.serving.link import Link
from screens.run.done import DoneScreen
from screens.run.live import LiveRun
from screens.run.try_it import TryIt
from tests.answers import AZURE
from tests.checks.town import NAMESPACE, Still
from tests.run.checked import checked_plan, town
from tests.screens.run.hall import Visit, hall, live
from tests.trial.place import Handler, place


class There:
    """A finished run whose endpoint leads to the place."""

    def __init__(self, visit: Visit, run: LiveRun) -> None:
        self.visit = visit
        self.run = run

    @property
    def screen(self) -> DoneScreen:
        assert isinstance(self.visit.app.screen, DoneScreen)
        return self.visit.app.screen

    @property
    def try_it(self) -> TryIt:
        return self.screen.try_it


@asynccontextmanager
async def done(
    folder: Path,
    *,
    size: tuple[int, int] = (120, 40),
    answering: web.Application | Handler | None = None,
    ascii_only: bool = False,
    answers: str | None = None,
) -> AsyncGenerator[There]:
    world = town()
    cost = Cost(197.51, "USD", "2026-11-21") if answers else Cost(None, "USD", "")
    run = live(world, checked_plan(cost=cost), **({"answers": answers} if answers else {}))
    async with place(folder, answering) as around, hall(run, "done", size, ascii_only=ascii_only) as visit:
        there = There(visit, run)
        screen = there.screen
        screen.link = Link(lambda: around.cluster, lambda: around.view, Still(), (NAMESPACE, "demo-epp", 80))
        there.try_it.lead_to(screen.link, "openai/gpt-oss-120b", around.witness)
        await run.start()
        await visit.says("llm-d answers.")
        yield there


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_prompt_is_answered_and_measured(tmp_path: Path, size: tuple[int, int]) -> None:
    async with done(tmp_path, size=size) as there:
        visit = there.visit
        assert "What does a prefill pod do?" in visit.text
        await visit.press("t")
        await visit.until(lambda: there.try_it.tried is not None)
        await visit.says("llm-d answers. First token after ")
        there.try_it.scroll_visible(animate=False)
        await visit.shows("I am a simulated model server.")
        await visit.shows("FIRST TOKEN")
        assert "decode-0" in visit.text
        assert there.screen.link.on


async def test_the_prompt_can_be_edited_and_the_answer_stopped(tmp_path: Path) -> None:
    asked: list[str] = []

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(await request.text())
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b'data: {"choices": [{"delta": {"content": "word "}}]}\n\n')
            await asyncio.sleep(0.02)

    async with done(tmp_path, answering=endless) as there:
        visit = there.visit
        await visit.press("enter", "home", *"tec ", "enter")
        await visit.shows("word word")
        assert any("tec What does a prefill pod do?" in body for body in asked), "letters are letters in a field"
        assert there.screen.verdict_line.verdict.key == "esc stop"
        await visit.press("escape")
        await visit.shows("stopped by you")
        assert not there.try_it.busy
        assert isinstance(visit.app.screen, DoneScreen)


async def test_an_error_is_told_in_words(tmp_path: Path) -> None:
    async def refuses(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=503, text="no healthy upstream")

    async with done(tmp_path, answering=refuses) as there:
        await there.visit.press("t")
        await there.visit.says("HTTP 503: the endpoint picker does not answer")
        assert there.screen.verdict_line.verdict.key == "t try again"
        assert "Look at the endpoint picker's pod" in there.visit.text


async def test_without_a_connection_and_without_a_price() -> None:
    run = live(town())
    async with hall(run, "done", (200, 50)) as visit:
        await run.start()
        await visit.says("llm-d answers.")
        await visit.press("t")
        await visit.says("There is no connection to the cluster.")
        assert "what runs is not seen" in visit.text
        assert "Nothing was bought: the nodes were there already." in visit.text
        assert not re.search(r"\$\d", visit.text)


async def test_hostile_answers_are_text(tmp_path: Path, ascii_only: bool = True) -> None:
    async def hostile(request: web.BaseRequest) -> web.StreamResponse:
        said = {"delta": {"content": "[red]x[/red] \x1b[31m\u202e <b>"}, "finish_reason": "stop"}
        return web.Response(text=f"data: {json.dumps({'choices': [said]})}\n\ndata: [DONE]\n\n")

    async with done(tmp_path, answering=hostile, ascii_only=ascii_only) as there:
        await there.visit.press("t")
        await there.visit.shows("[red]x[/red]")
        assert "\x1b" not in there.visit.text
        assert "\u202e" not in there.visit.text
        assert not ascii_only or there.visit.text.isascii()


async def test_the_port_forward_is_a_real_one(tmp_path: Path) -> None:
    async with done(tmp_path) as there:
        visit = there.visit
        await visit.shows("u port-forward off")
        await visit.press("u")
        await visit.shows("✓ port-forward on")
        async with ClientSession() as session, session.get(f"{there.screen.link.url}/v1/models") as response:
            assert (await response.json())["data"][0]["id"] == "openai/gpt-oss-120b"
        assert f"{there.screen.link.url}/v1" in visit.text
        await visit.press("u")
        await visit.shows("u port-forward off")


async def test_what_it_costs_and_how_to_stop_that(tmp_path: Path) -> None:
    async with done(tmp_path, size=(200, 50), answers=AZURE) as there:
        for words in ("$197.51/h until deleted", "a day at this rate", "$4,740", "az aks nodepool delete"):
            assert words in there.visit.text, words


async def test_what_is_lacking_now_comes_first(tmp_path: Path) -> None:
    async with done(tmp_path, size=(200, 50)) as there:
        there.run.freshness = lambda _: Freshness("live", there.run.clock.time())
        there.screen.show()
        await there.visit.says("prefill is not as planned: 0 of 8, 1 GPU each.")
        assert there.screen.verdict_line.has_class("-failed")


async def test_exports_are_written_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with done(tmp_path, size=(200, 50)) as there:
        visit = there.visit
        assert "Nothing yet." in visit.text
        await visit.press("e", "enter")
        await visit.shows("written to llmd-h100.yaml")
        await visit.press("escape")
        await visit.shows("✓ answers file")
        assert "no secret in any of them" in visit.text


async def test_everything_can_be_reached_at_80x24(tmp_path: Path) -> None:
    async with done(tmp_path, size=(80, 24)) as there:
        visit = there.visit
        seen: list[str] = []
        for _ in range(6):
            seen.append(visit.text)
            await visit.press("ctrl+d")
        for words in ("Endpoint", "Try it", "Where the time went", "Exports", "Cost", "Runs now", "To stop it", "Next"):
            assert any(words in text for text in seen), words
