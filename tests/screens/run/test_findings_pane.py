"""The Findings pane: what it shows in how many rows, and what its keys ask for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot

from llmd_tui.diagnose.finding import Evidence, Finding, Remedy, Step, Subject
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.findings import FindingsPane

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 21, 9, 33, 40, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=33, seconds=40)
POD = Subject("Pod", "gpu-operator", "nvidia-driver-daemonset-9wq7c", "nvidia-peermem-ctr")
COMMAND = "kubectl -n gpu-operator delete pod nvidia-driver-daemonset-9wq7c"
PEERMEM = Finding(
    id="F-64",
    state="failed",
    title="nvidia_peermem does not load on vmss000001",
    effect="GPU memory cannot go over InfiniBand here; prefill and decode would fail.",
    evidence=(
        Evidence("driver pod -9wq7c is 1/2, nvidia-peermem-ctr restarted 3 times"),
        Evidence("modprobe: could not insert 'nvidia_peermem': Invalid argument", decisive=True),
        Evidence("mofed-…-p4rtz restarted 3m02s after the driver began to build"),
        Evidence("vmss000000, same image and kernel: module loaded", healthy=True),
    ),
    cause="The driver was built against OFED modules that were replaced.",
    confidence="sure",
    why="this message and this order of restarts mean nothing else.",
    remedy=Remedy("Delete the driver pod. It is built once more.", COMMAND, 300, True, steps=(Step("delete", POD),)),
    subjects=(POD,),
    since=NOW - timedelta(minutes=3, seconds=12),
    phase="gpu-operator",
)
SLOW = replace(PEERMEM, id="", state="slow", title="gateway takes longer than usual", subjects=(), phase="gateway")
NOTE = replace(PEERMEM, id="F-48", state="note", title="a note", remedy=Remedy("Nothing to do."))
WHOLE = """\
Findings  1 failed ──────────────────────────────────────────────────────── F-64
✗ nvidia_peermem does not load on vmss000001              since 30:28, 3m12s ago
  GPU memory cannot go over InfiniBand here; prefill and decode would fail.

  Evidence   driver pod -9wq7c is 1/2, nvidia-peermem-ctr restarted 3 times
             modprobe: could not insert 'nvidia_peermem': Invalid argument
             mofed-…-p4rtz restarted 3m02s after the driver began to build
             vmss000000, same image and kernel: module loaded

  Cause      The driver was built against OFED modules that were replaced.
             Sure: this message and this order of restarts mean nothing else.

  Remedy     Delete the driver pod. It is built once more.
             kubectl -n gpu-operator delete pod nvidia-driver-daemonset-9wq7c

   x  do the remedy    l log   c copy   e export evidence   w waive"""
SHORT = """\
Findings  1 failed ──────────────────────────────────────────────────────── F-64
✗ nvidia_peermem does not load on vmss000001                           3m12s ago
  Evidence   driver pod -9wq7c is 1/2, nvidia-peermem-ctr restarted 3 times
             modprobe: could not insert 'nvidia_peermem': Invalid argument
             mofed-…-p4rtz restarted 3m02s after the driver began to build
  Cause      The driver was built against OFED modules that were replaced.
  Remedy     Delete the driver pod. It is built once more.
             kubectl -n gpu-operator delete pod nvidia-driver-daemonset-9wq7c

   x  do the remedy    l log   c copy   e export evidence"""


class Host(App[None]):
    CSS_PATH = ROOT / "screens" / "app.tcss"
    HORIZONTAL_BREAKPOINTS = LlmdApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = LlmdApp.VERTICAL_BREAKPOINTS

    def __init__(self, room: int = 30, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.pane = FindingsPane(Symbols(ascii_only=ascii_only))
        self.pane.room = room
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield Vertical(self.pane)

    def on_findings_pane_asked(self, message: FindingsPane.Asked) -> None:
        self.asked.append(f"{type(message).__name__} {message.finding.id or message.finding.phase}")

    on_findings_pane_remedy = on_findings_pane_asked
    on_findings_pane_show_log = on_findings_pane_asked
    on_findings_pane_copy = on_findings_pane_asked
    on_findings_pane_export = on_findings_pane_asked
    on_findings_pane_waive = on_findings_pane_asked

    @property
    def text(self) -> str:
        """The pane's rows, without the margin of one cell."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text[1:].rstrip() for strip in strips[: self.pane.size.height])


async def shown(pilot: Pilot[None], host: Host, *findings: Finding) -> str:
    host.pane.show(findings, NOW, BEGAN)
    host.pane.take_focus()
    await pilot.pause()
    await pilot.pause()
    return host.text


async def test_nothing_found_is_one_row() -> None:
    host = Host()
    async with host.run_test(size=(82, 30)) as pilot:
        assert await shown(pilot, host) == "Findings  none " + "─" * 65
        assert host.pane.wanted(80) == 1
        await pilot.press("x", "c", "e", "w", "l")
        assert host.asked == []


@pytest.mark.parametrize(("room", "text"), [(30, WHOLE), (16, WHOLE), (15, SHORT), (10, SHORT)])
async def test_a_finding_in_the_room_that_there_is(room: int, text: str) -> None:
    host = Host(room)
    async with host.run_test(size=(82, 40)) as pilot:
        assert await shown(pilot, host, PEERMEM) == text
        assert host.pane.wanted(80) == 16


async def test_with_too_little_room_it_scrolls() -> None:
    host = Host(5)
    async with host.run_test(size=(82, 40)) as pilot:
        assert len((await shown(pilot, host, PEERMEM)).splitlines()) == 5
        await pilot.press("j", "j", "j", "j", "j")
        await pilot.pause()
        assert "x  do the remedy" in host.text


async def test_keys_ask_for_the_open_finding() -> None:
    host = Host()
    async with host.run_test(size=(82, 40)) as pilot:
        await shown(pilot, host, PEERMEM, SLOW)
        await pilot.press("x", "l", "c", "e", "w")
        assert host.asked == ["Remedy F-64", "ShowLog F-64", "Copy F-64", "Export F-64", "Waive F-64"]
        await pilot.press("down", "c")
        assert host.asked[-1] == "Copy gateway"


async def test_several_are_a_list_with_one_open() -> None:
    host = Host(40)
    async with host.run_test(size=(82, 45)) as pilot:
        text = await shown(pilot, host, PEERMEM, SLOW, NOTE)
        assert text.splitlines()[0].startswith("Findings  1 failed, 1 slow, 1 note ─")
        heads = [line[:20] for line in text.splitlines() if line[:1] in "✗▲○" and line]
        assert heads == ["✗ nvidia_peermem doe", "▲ gateway takes long", "○ a note            "]
        await pilot.press("G")
        assert host.pane.selected == NOTE
        # Nothing can be done or copied for it.
        await pilot.press("x")
        assert host.asked == []
        await pilot.press("g")
        assert host.pane.selected == PEERMEM


async def test_a_click_opens_and_a_click_on_a_key_presses_it() -> None:
    host = Host(40)
    async with host.run_test(size=(82, 45)) as pilot:
        lines = (await shown(pilot, host, PEERMEM, SLOW)).splitlines()
        row = next(number for number, line in enumerate(lines) if line.startswith("▲"))
        await pilot.click(offset=(6, row))
        assert host.pane.selected == SLOW
        await pilot.pause()
        row = next(number for number, line in enumerate(host.text.splitlines()) if "export evidence" in line)
        await pilot.click(offset=(host.text.splitlines()[row].index("export") + 1, row))
        await pilot.pause()
        await pilot.click(offset=(host.text.splitlines()[row].index("do the") + 1, row))
        await pilot.pause()
        assert host.asked == ["Export gateway", "Remedy gateway"]


async def test_the_open_one_stays_open_and_when_it_goes_the_worst_is_next() -> None:
    host = Host(40)
    async with host.run_test(size=(82, 45)) as pilot:
        await shown(pilot, host, PEERMEM, SLOW)
        await pilot.press("down")
        later = replace(SLOW, evidence=(Evidence("waits for something else"),))
        await shown(pilot, host, PEERMEM, later)
        assert host.pane.selected == later
        await shown(pilot, host, PEERMEM)
        assert host.pane.selected == PEERMEM


async def test_ascii_and_text_from_outside() -> None:
    host = Host(ascii_only=True)
    nasty = replace(
        PEERMEM,
        title="[red]\x1b[31mevil\x1b[0m 名前 \u202eabc\nnext",
        evidence=(Evidence("[@click=app.quit]x[/] " + "y" * 10_000, decisive=True),),
        cause="a\x07b",
    )
    async with host.run_test(size=(82, 40)) as pilot:
        text = await shown(pilot, host, nasty)
        assert text.isascii()
        assert "[red]evil" in text and "[@click=app.quit]x[/]" in text
        assert "\x1b" not in text


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "ansi-dark"])
async def test_themes_and_widths(theme: str) -> None:
    host = Host()
    async with host.run_test(size=(40, 30)) as pilot:
        host.theme = theme
        for width in (40, 82, 200):
            await pilot.resize_terminal(width, 30)
            text = await shown(pilot, host, PEERMEM, SLOW)
            assert all(len(line) <= width for line in text.splitlines())
            assert "nvidia_peermem" in text


async def test_without_colour_the_key_still_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    host = Host()
    async with host.run_test(size=(82, 40)) as pilot:
        await shown(pilot, host, PEERMEM)
        assert host.text == WHOLE
        strips = host.screen._compositor.render_strips()
        key = next(segment for strip in strips for segment in strip if segment.text == " x ")
        assert key.style is not None and key.style.reverse
