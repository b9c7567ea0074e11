"""The frame at every size; widgets on their own; text from outside is text."""

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.events import Key
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from screens.app import LlmdApp
from screens.base import FrameScreen
from screens.glyphs import Symbols, to_ascii
from screens.widgets.bars import bar
from screens.widgets.fields import NumberField, Shown
from screens.widgets.footer import KeyFooter
from screens.widgets.frame import NormalBar, PaneTitle, Rail, Verdict, VerdictLine
from screens.widgets.picker import Option, Picker
from screens.widgets.table import Cell, Column, Row, Table
from screens.wizard.timeline import axis
from tests.screens.stage import stage

MARKUP = "[red]prod[/]"
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: "[red]prod[/]"
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: simulator}}]
contexts:
  - {name: "[red]prod[/]", context: {cluster: nowhere, user: nobody}}
  - {name: other, context: {cluster: nowhere, user: nobody}}
"""


@pytest.mark.parametrize("size", [(20, 5), (79, 24), (80, 23), (1, 1)])
async def test_a_terminal_that_is_too_small_is_told_so(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    async with stage(monkeypatch, size, ready=False) as shown:
        verdict = shown.screen.verdict_line.verdict
        assert f"needs 80×24, has {size[0]}×{size[1]}" in (verdict.sentence, verdict.key)
        assert not shown.screen.query_one("#body").display
        await shown.pilot.resize_terminal(80, 24)
        await shown.pilot.pause()
        assert shown.screen.query_one("#body").display
        assert "needs" not in shown.screen.verdict_line.verdict.key


async def test_names_with_markup_are_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("kube") / "config"
    file.write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(file))
    async with stage(monkeypatch) as shown:
        shown.app.session.draft.aim("kubeconfig")
        shown.screen.show()
        await shown.press("r")
        await shown.says("No connection to http://127.0.0.1:1")
        await shown.until(lambda: shown.text.count(MARKUP) >= 3)
        # The cursor's row asks too, a moment later.
        await shown.until(lambda: all(worker.is_finished for worker in shown.app.workers))
        await shown.press("enter")
        assert shown.screen.STEP == "target"


async def test_no_colour_and_no_unicode_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(monkeypatch, symbols=Symbols(ascii_only=True)) as shown:
        assert shown.app.no_color
        for step in ("size", "drivers", "path", "options", "review"):
            assert shown.text.isascii(), sorted({letter for letter in shown.text if not letter.isascii()})
            await shown.walk(step)
        assert shown.text.isascii()
        assert "> review" in shown.text
        assert "v target" in shown.text


async def test_help_shows_the_keys_that_work(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.walk("size")
        await shown.press("question_mark")
        assert "1-4" in shown.text
        assert "read again" in shown.text
        await shown.press("escape")
        assert shown.screen.STEP == "size"


async def test_quitting_before_anything_was_created(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.press("q")
        assert shown.app.return_value == 0


class Host(App[None]):
    """One widget."""

    def __init__(self, *widgets: object) -> None:
        super().__init__()
        self.widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self.widgets  # pyright: ignore[reportReturnType]

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


COLUMNS = (
    Column("name", "NAME", least=6),
    Column("extra", "EXTRA", keep=2),
    Column("count", "COUNT", "right", keep=1),
    Column("state", "STATE", least=8, stretch=True),
)


def row(key: str, *, disabled: bool = False, name: str = "") -> Row:
    texts = {"name": name or key, "extra": "extra", "count": "12", "state": "fine"}
    return Row(key, {column: Cell(text) for column, text in texts.items()}, disabled=disabled)


def heading(key: str) -> Row:
    return Row(key, {"name": Cell(key)}, heading=True)


@pytest.mark.parametrize(
    ("width", "head"), [(60, "NAME EXTRA COUNT STATE"), (24, "NAME COUNT STATE"), (18, "NAME STATE"), (6, "NAME")]
)
async def test_columns_leave_from_the_least_needed(width: int, head: str) -> None:
    table = Table(COLUMNS)
    host = Host(table)
    async with host.run_test(size=(width, 10)) as pilot:
        table.set_rows([row("alpha-beta")])
        await pilot.pause()
        assert " ".join(host.lines[0].split()).startswith(head[:width])
        assert all(len(line) <= width for line in host.lines)


async def test_the_cursor_stays_on_its_key_and_skips_headings() -> None:
    table = Table(COLUMNS)
    host = Host(table)
    async with host.run_test(size=(60, 10)) as pilot:
        table.set_rows([row("a"), heading("not possible"), row("b", disabled=True)])
        table.focus()
        await pilot.press("down")
        assert table.cursor_key == "b"
        table.set_rows([heading("first"), row("b"), row("c")])
        assert table.cursor_key == "b"
        table.set_rows([heading("first"), row("c")])
        assert table.cursor_key == "c"
        await pilot.press("up")
        assert table.cursor_key == "c"
        table.set_rows([])
        assert table.current is None


async def test_the_cursor_row_is_never_under_the_head() -> None:
    table = Table(COLUMNS)
    host = Host(table)
    async with host.run_test(size=(40, 6)) as pilot:
        table.set_rows([row(f"row-{number:02}") for number in range(30)])
        table.focus()
        for keys in (["G"], ["up"] * 12, ["g"], ["pagedown"] * 3, ["pageup"] * 2):
            await pilot.press(*keys)
            assert any(line.strip().startswith(str(table.cursor_key)) for line in host.lines[1:]), host.lines
            assert host.lines[0].strip().startswith("NAME")


async def test_a_table_shows_markup_and_wide_letters_as_they_are() -> None:
    table = Table(COLUMNS)
    host = Host(table)
    async with host.run_test(size=(60, 10)) as pilot:
        table.set_rows([row("x", name=MARKUP), row("y", name="漢字" * 3), row("z", name="a\tb\nc")])
        await pilot.pause()
        assert host.lines[1].strip().startswith(MARKUP)
        assert host.lines[2].strip().startswith("漢字" * 3)
        assert host.lines[3].strip().startswith("a b c")


async def test_the_frame_draws_at_any_width() -> None:
    symbols = Symbols()
    verdict, rail, normal = VerdictLine(symbols=symbols), Rail(symbols=symbols), NormalBar(symbols=symbols)
    title = PaneTitle("Sizes", symbols=symbols)
    host = Host(verdict, rail, normal, title, KeyFooter(symbols=symbols))
    async with host.run_test(size=(200, 8)) as pilot:
        verdict.verdict = Verdict("slow", "gpu-operator waits for OFED for 12m.", "Usual is 3 to 8m.", "f why")
        rail.steps, rail.current = (("target", "eastus2"), ("size", ""), ("review", "")), 1
        normal.elapsed, normal.low, normal.high, normal.slow = 200.0, 180.0, 480.0, 720.0
        title.note, title.right = "17 with GPUs", "read 8s ago"
        for width in (200, 80, *range(40, 0, -1)):
            await pilot.resize_terminal(width, 8)
            await pilot.pause()
            assert all(len(line) <= width for line in host.lines)
            if width >= 40:
                assert host.lines[0].endswith("f why")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (72, 20)])
async def test_what_a_screen_draws_first_stays_where_it_is(size: tuple[int, int]) -> None:
    class Probe(Static):
        def __init__(self, classes: str) -> None:
            super().__init__(classes=classes)
            self.drawn: list[tuple[Size, frozenset[str]]] = []

        def on_resize(self) -> None:
            self.drawn.append((self.outer_size, frozenset(self.screen.classes)))

    class Probed(FrameScreen):
        def body(self) -> list[Widget]:
            return [Probe("column"), Probe("right column")]

    app = LlmdApp(None, Symbols())
    async with app.run_test(size=size) as pilot:
        await app.push_screen(Probed(Symbols()))
        await pilot.pause()
        for probe in app.screen.query(Probe):
            once = (probe.outer_size, frozenset(app.screen.classes))
            assert probe.drawn == ([once] if probe.region else [])


@pytest.mark.parametrize("times", [1, 2])
async def test_a_key_that_the_verdict_names_is_clicked(times: int) -> None:
    class Pressed(Host):
        keys: ClassVar[list[str]] = []

        def on_key(self, event: Key) -> None:
            self.keys.append(event.key)

    verdict = VerdictLine(symbols=Symbols())
    host = Pressed(verdict)
    Pressed.keys = []
    async with host.run_test(size=(100, 4)) as pilot:
        verdict.verdict = Verdict(
            "slow", "The quota is short.", "", "enter continue   ? help   ctrl+n go to it   nothing"
        )
        await pilot.pause()
        for words in ("continue", "?", "ctrl+n", "nothing", "quota"):
            await pilot.click(verdict, offset=(host.lines[0].index(words), 0), times=times)
        assert Pressed.keys == [key for key in ("enter", "question_mark", "ctrl+n") for _ in range(times)]


async def test_a_number_counts() -> None:
    field = NumberField("pool.nodes", "Nodes", Symbols())
    host = Host(field)
    async with host.run_test(size=(60, 5)) as pilot:
        field.put("2")
        field.control().focus()
        await pilot.press("plus", "plus", "minus", "7")
        assert field.text == "37"
        field.show(Shown("2", "preset", error="too many"))
        await pilot.pause()
        assert field.text == "37"
        assert any("✗ too many" in line for line in host.lines)


async def test_a_picker_narrows_and_returns_what_can_be_taken() -> None:
    picked: list[str | None] = []
    host = Host()
    options = [Option("a", "eastus2"), Option("b", "westeurope"), Option("c", "westus", reason="closed")]
    async with host.run_test(size=(80, 24)) as pilot:
        host.push_screen(Picker("Region", options, "b", Symbols()), picked.append)
        await pilot.pause()
        await pilot.press("down", "enter")
        assert picked == []
        await pilot.press("up", "enter")
        assert picked == ["b"]
        host.push_screen(Picker("Region", options, "b", Symbols()), picked.append)
        await pilot.pause()
        await pilot.press(*"east", "enter")
        host.push_screen(Picker("Region", options, "b", Symbols()), picked.append)
        await pilot.pause()
        await pilot.press("escape")
        assert picked == ["b", "a", None]


def test_bars_say_what_the_numbers_say() -> None:
    assert bar([(96, "╍", "quiet"), (192, "━", "running")], 384, 40, Symbols()).plain == "╍" * 10 + "━" * 20 + "┄" * 10
    assert bar([(500, "━", "running")], 384, 10, Symbols()).plain == "━" * 10
    assert bar([], 0, 5, Symbols(ascii_only=True)).plain == "....."


@pytest.mark.parametrize(("seconds", "width"), [(2400, 48), (0, 20), (30, 20), (86_400, 30), (2400, 1)])
def test_an_axis_fits_its_bar(seconds: float, width: int) -> None:
    text = axis(seconds, width)
    assert len(text) <= width
    assert text.startswith("0"[:width])


def test_ascii_has_a_letter_for_every_glyph() -> None:
    assert to_ascii("✓ 2 × ND96 … │ ─ ━ ╍ ┄ ● ○ ▲ ✗ ■ – ◇ › ↓ ↑").isascii()
    assert "?" not in to_ascii("✓●○▲✗■–…›×↓─│━╍┄·").replace("?", "", 0)
