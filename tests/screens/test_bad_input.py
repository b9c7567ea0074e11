"""What nobody would type and no cluster should say: everything stays readable, nothing hangs, nothing is lost."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from rich.cells import cell_len
from textual import events

from llmd_tui.config.answers import Answers
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import CONTEXT
from llmd_tui.draft.steps import Step
from screens.app import LlmdApp
from screens.base import SMALLEST, FrameScreen
from screens.glyphs import Symbols
from tests.screens.stage import Stage, stage

SWEEP = [(72, 20), (20, 5), (200, 50), (80, 24)]
WIDE_SWEEP = [*SWEEP, (1, 1), (120, 40), (80, 200), (300, 24), (79, 24), (80, 23), (120, 40)]
CLIPBOARD = "\x1b]52;c;aGFja2Vk\x07"
NAMES = (
    "[red]bold[/red] [/] [@click=app.quit]q[/]",
    f"{CLIPBOARD}clip",
    "\x1b[2J\x1b[Hhome",
    "\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\",
    "right\u202eto\u2066left",
    "שלום مرحبا",
    "日本語" * 40,
    "e" + "\u0301" * 40,
    "\N{GRINNING FACE}\ufe0f\u200d\N{ROCKET}",
    "a/b c:d'e\"f",
    "two\nlines\tand\ra tab",
    "enter",
    "q",
    "x" * 10_000,
)
RUBBISH = "\x1b[31m[red]\x00\x07\x7f\u202e日本\u200b\N{GRINNING FACE}\n; rm -rf /\r\n" + "y" * 5_000


def readable(shown: Stage) -> None:
    """Every row is printable and as wide as the terminal."""
    for strip in shown.app.screen._compositor.render_strips():
        assert strip.text.isprintable(), repr(strip.text)
        assert cell_len(strip.text) <= shown.app.size.width


def focused(shown: Stage) -> Any:
    assert shown.app.focused is not None, f"nothing has the focus on {shown.app.screen}"
    return shown.app.focused


async def through_all_sizes(shown: Stage, sizes: Sequence[tuple[int, int]] = SWEEP) -> None:
    """Whatever the size, it is readable; where there is room the focus is where it was."""
    before, screen = focused(shown), shown.app.screen
    for columns, rows in sizes:
        await shown.pilot.resize_terminal(columns, rows)
        await shown.pilot.pause()
        small = columns < SMALLEST[0] or rows < SMALLEST[1]
        assert shown.app.screen is screen
        if not small:
            assert focused(shown) is before
        readable(shown)
        if isinstance(screen, FrameScreen):
            verdict = screen.verdict_line.verdict
            assert verdict.sentence
            if columns >= 40:
                assert verdict.sentence.split()[0] in shown.text
            if small and columns >= 20 and rows >= 5:
                assert f"has {columns}×{rows}" in " ".join(shown.text.split())


@pytest.mark.parametrize("sizes", [SWEEP, pytest.param(WIDE_SWEEP, marks=pytest.mark.slow)])
async def test_every_step_takes_every_size(monkeypatch: pytest.MonkeyPatch, sizes: list[tuple[int, int]]) -> None:
    async with stage(monkeypatch) as shown:
        await through_all_sizes(shown, sizes)
        for step in ("size", "drivers", "path", "options", "review"):
            await shown.walk(step)
            await through_all_sizes(shown, sizes)


async def test_a_dialog_takes_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help, the command palette, a list to pick from; leaving one leads back to where one was."""
    async with stage(monkeypatch) as shown:
        for keys in (("f1",), ("ctrl+p",)):
            before = focused(shown)
            await shown.press(*keys)
            await shown.until(lambda: len(shown.app.screen_stack) == 3)
            await through_all_sizes(shown)
            await shown.press("escape")
            await shown.until(lambda: len(shown.app.screen_stack) == 2)
            assert focused(shown) is before
        await shown.walk("size", "drivers", "path", "options")
        for _ in range(40):
            if "space" in shown.app.screen.active_bindings:
                break
            await shown.press("tab")
        before = focused(shown)
        await shown.press("space")
        await through_all_sizes(shown)
        await shown.press("escape")
        assert focused(shown) is before


def kubeconfig(names: Sequence[str], *, escaped: bool = False) -> str:
    cluster = {"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}
    contexts = [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in names]
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": names[0],
        "contexts": contexts,
        "clusters": [cluster],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    return json.dumps(whole, ensure_ascii=escaped)


async def test_contexts_may_be_called_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig(NAMES))
    monkeypatch.setenv("KUBECONFIG", str(file))
    async with stage(monkeypatch) as shown:
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        await shown.until(lambda: shown.app.session.draft.target == "kubeconfig")
        await shown.until(lambda: bool(shown.app.session.kube.contexts.value))
        shown.screen.query_one("#contexts").focus()
        for name in NAMES[1:]:
            await shown.press("down")
            await shown.until(lambda name=name: shown.app.session.draft.value(CONTEXT).text == name)
            readable(shown)
        assert "[red]bold[/red] [/]" in shown.text
        assert not shown.app._exit
        # What was chosen reaches the answers as it is.
        text = shown.app.session.draft.answers.text
    assert Answers.parse(text, "draft").get(CONTEXT) == NAMES[-1]


async def test_a_context_that_no_file_can_keep_is_refused_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig(["one", "half \ud83d"], escaped=True))
    monkeypatch.setenv("KUBECONFIG", str(file))
    async with stage(monkeypatch) as shown:
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        await shown.until(lambda: bool(shown.app.session.kube.contexts.value))
        shown.screen.query_one("#contexts").focus()
        await shown.press("down")
        await shown.says("The context's name holds half a character")
        await shown.press("enter")
        assert shown.screen.STEP == "target"
        await shown.says("The context's name holds half a character")
        await shown.press("up")
        await shown.until(lambda: shown.app.session.draft.value(CONTEXT).text == "one")
        await shown.until(lambda: "half a character" not in shown.verdict)


@pytest.mark.parametrize("step", ["target", "size", "drivers", "path", "options"])
async def test_rubbish_in_every_field(monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    async with stage(monkeypatch) as shown:
        await shown.open(step)
        for field in shown.screen.fields:
            control = field.control()
            if not control.display or not field.display:
                continue
            control.focus()
            await shown.pilot.pause()
            control.post_message(events.Paste(RUBBISH))
            await shown.press("tab")
            readable(shown)
            if shown.app.session.draft.error(field.path):
                assert field.has_class("-error")
            control.focus()
            await shown.press("ctrl+r")
            readable(shown)
        assert shown.screen.verdict_line.verdict.sentence
        assert "rm -rf" not in shown.app.session.draft.answers.text


async def test_the_name_filter_takes_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.walk("size")
        await shown.press("slash")
        focused(shown).post_message(events.Paste("[/]\\ $(x) .* ( \x1b[31m" + "z" * 200))
        await shown.press("x")
        assert "No size fits" in shown.text
        readable(shown)
        await shown.press("escape")
        await shown.until(lambda: "No size fits" not in shown.text)


async def test_a_region_list_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else works meanwhile, and leaving does not wait for it."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    app = LlmdApp(Draft.begin(), Symbols())
    async with app.run_test(size=(120, 40)) as pilot:
        shown = Stage(app, pilot, cast(Any, None))
        await shown.on("target")
        await asked.wait()
        assert shown.verdict == "Signing in to Azure and reading the account."
        assert "Nothing read yet." in shown.text
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        assert app.session.draft.target == "kubeconfig"
        await shown.press("up", "up")
        assert app.session.draft.target == "new"
        await through_all_sizes(shown)
        await shown.press("f1", "escape")
        assert shown.verdict
    server.close()
    await server.wait_closed()
