"""Start: what next, and from there into the wizard, to a run and back; what every screen does with keys."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from llmd_tui.clock import Clock
from llmd_tui.presets.loading import folder
from llmd_tui.presets.scenarios import scenario
from llmd_tui.run.directory import directories
from llmd_tui.simulator.arm import Cloud, serve
from llmd_tui.start.kept import kept
from llmd_tui.start.settings import Settings, settings
from screens.app import LlmdApp
from screens.commands import commands
from screens.glyphs import Symbols
from screens.keymap import catalog
from screens.run.run import RunScreen
from screens.start.start import StartScreen
from screens.widgets.help import HelpScreen, grouped
from screens.wizard.base import WizardScreen
from screens.wizard.target import TargetScreen
from tests.pilots import text, until
from tests.screens.stage import SIZES
from tests.start.test_left import begun, left

PRESET = folder("configs", "h100-pd-disaggregation.yaml").read_text(encoding="utf-8")


class Started:
    """The program as it comes up without arguments."""

    def __init__(self, app: LlmdApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def start(self) -> StartScreen:
        assert isinstance(self.app.screen, StartScreen)
        return self.app.screen

    @property
    def verdict(self) -> str:
        line = self.app.screen.query_one("#verdict")
        return str(vars(line)["_reactive_verdict"].sentence)

    @property
    def text(self) -> str:
        return text(self.app)

    async def until(self, holds: Callable[[], bool]) -> None:
        await until(self.pilot, holds)

    async def on(self, screen: type[object]) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)

    async def read(self) -> None:
        """Until all that is read has answered or failed."""
        around = self.start.around
        readings = lambda: (around.left, around.files, around.account, around.contexts)  # noqa: E731
        await self.until(lambda: all(each.state in ("ready", "failed") for each in readings()))
        await self.until(lambda: len(around.tools) == 4)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)


@asynccontextmanager
async def started(
    monkeypatch: pytest.MonkeyPatch,
    folder_: Path,
    size: tuple[int, int] = (120, 40),
    set_: Settings | None = None,
    *,
    ascii_only: bool = False,
) -> AsyncGenerator[Started]:
    monkeypatch.chdir(folder_)
    clock = Clock(speed=600)
    arm = await serve(clock, Cloud(scenario().azure, clock))
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    monkeypatch.setenv("LLMD_TUI_HELM", "echo v4.0.0")
    app = LlmdApp(None, Symbols(ascii_only=ascii_only), settings=set_)
    try:
        async with app.run_test(size=size) as pilot:
            shown = Started(app, pilot)
            await shown.on(StartScreen)
            await shown.read()
            yield shown
    finally:
        await arm.close()


@pytest.mark.parametrize("size", SIZES)
async def test_everything_has_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "mine.yaml").write_text(PRESET)
    left(*begun("preflight", "gpu-pool"))
    async with started(monkeypatch, tmp_path, size) as shown:
        await shown.until(lambda: "still costs $197.51/h" in shown.verdict)
        assert shown.verdict.startswith("llm-d was left half-way ")
        for words in ("New deployment", "Resume llm-d", "Open a file", "Try it", "mine.yaml", "cut off"):
            assert words in shown.text, words
        assert "There is no kubeconfig" in shown.text


async def test_new_and_back_and_the_draft_is_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path) as shown:
        assert "Continue the draft" not in shown.text
        await shown.press("n")
        await shown.on(TargetScreen)
        await shown.press("escape")
        await shown.on(StartScreen)
        await shown.read()
        assert kept() is None
        await shown.press("n")
        await shown.on(TargetScreen)
        shown.app.session.draft.set("pool.size", "Standard_ND96isr_H200_v5")
        await shown.press("escape")
        await shown.on(StartScreen)
        await shown.until(lambda: "A draft of " in shown.verdict)
        assert "ND96isr_H200_v5; left" in shown.text
        await shown.press("c")
        await shown.on(TargetScreen)
        assert shown.app.session.draft.answers.get("pool.size") == "Standard_ND96isr_H200_v5"


async def test_a_file_is_opened_from_the_list_or_by_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PRESET)
    async with started(monkeypatch, tmp_path) as shown:
        await shown.press("tab", "enter")
        await shown.on(TargetScreen)
        assert shown.app.session.draft.answers.text == PRESET
        await shown.press("escape")
        await shown.on(StartScreen)
        await shown.press("o", *"gone.yaml", "enter")
        assert "There is no file gone.yaml." in shown.text
        await shown.press(*["backspace"] * 9, *"mine.yaml", "enter")
        await shown.on(TargetScreen)


async def test_a_file_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("apiVersion: llmd-tui/v1\nnonsense: 1\n")
    async with started(monkeypatch, tmp_path) as shown:
        await shown.press("tab", "enter")
        await shown.until(lambda: "nonsense" in shown.verdict)
        await shown.press("n")
        await shown.on(TargetScreen)


async def test_a_run_is_looked_at_and_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left(*begun("preflight"))
    async with started(monkeypatch, tmp_path) as shown:
        await shown.press("tab", "tab", "enter")
        await shown.on(RunScreen)
        assert isinstance(shown.app.screen, RunScreen)
        progress = shown.app.screen.live.progress
        assert progress.ended
        assert progress.ended.outcome == "interrupted"
        assert next(iter(directories())).locked() is False
        await shown.until(lambda: "▲ preflight" in shown.text and "cut off" in shown.text)
        assert "● preflight" not in shown.text
        assert shown.text.count("No connection: this run is only looked at. r takes it up again.") == 2
        await shown.press("escape")
        await shown.on(StartScreen)


async def test_what_cannot_be_taken_up_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    directory = left(*begun("preflight"))
    directory.answers.write_text("nonsense: 1")
    async with started(monkeypatch, tmp_path) as shown:
        await shown.press("r")
        await shown.until(lambda: "nonsense" in shown.verdict or "apiVersion" in shown.verdict)
        assert not directory.locked()


async def test_a_key_without_use_says_so_for_a_moment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("screens.base.NOTE_SECONDS", 1e6)
    async with started(monkeypatch, tmp_path) as shown:
        before = shown.verdict
        await shown.press("Z")
        assert shown.verdict == "Z has no use here."
        await shown.press("c")
        assert shown.verdict == "c (continue) has no use now."
        monkeypatch.setattr("screens.base.NOTE_SECONDS", 0.2)
        await shown.press("Z")
        await shown.until(lambda: shown.verdict == before)


async def test_keys_of_the_users_own_are_shown_and_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left(*begun("preflight", "gpu-pool"))
    keys = {"start.resume": "R", "start.new": "f2", "app.help": "f5"}
    async with started(monkeypatch, tmp_path, set_=Settings(keys=keys)) as shown:
        await shown.until(lambda: "R resume" in shown.text.splitlines()[2])
        footer = shown.text.splitlines()[-1]
        assert "f2 new" in footer
        assert "R resume" in footer
        await shown.press("f5")
        await shown.on(HelpScreen)
        assert "f2" in shown.text
        await shown.press("escape", "n")
        assert shown.verdict == "n has no use here."
        await shown.press("f2")
        await shown.on(TargetScreen)


async def test_help_lists_every_key_by_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path) as shown:
        groups = grouped(shown.app.screen)
        assert ("n", "new") in groups["This screen"]
        assert ("up, k", "up") in groups["Move"]
        assert ("?, F1", "help") in groups["Everywhere"]
        await shown.press("o")
        await shown.press("f1")
        await shown.on(HelpScreen)


async def test_the_palette_has_what_the_footer_hides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path, (80, 24)) as shown:
        listed = {command.title: command for command in commands(shown.app, shown.app.screen)}
        assert {"New", "Open a file", "Quit", "Next pane"} <= set(listed)
        listed["New"].callback()
        await shown.on(TargetScreen)


async def test_a_theme_is_kept_for_the_next_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path) as shown:
        assert shown.app.theme == "textual-dark"
        shown.app.theme = "nord"
        await shown.until(lambda: settings().theme == "nord")
    async with started(monkeypatch, tmp_path, set_=settings()) as shown:
        assert shown.app.theme == "nord"
    async with started(monkeypatch, tmp_path, set_=Settings(theme="gone")) as shown:
        assert shown.app.theme == "textual-dark"


async def test_ascii_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "größe…😀.yaml").write_text(PRESET)
    async with started(monkeypatch, tmp_path, ascii_only=True) as shown:
        assert shown.text.isascii(), [line for line in shown.text.splitlines() if not line.isascii()]


async def test_text_from_outside_is_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "[red]n\x1b[31m.yaml"
    (tmp_path / name).write_text(PRESET)
    async with started(monkeypatch, tmp_path) as shown:
        assert "[red]n" in shown.text
        assert "\x1b" not in shown.text


async def test_quitting_at_once_and_small_terminals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path, (72, 20)) as shown:
        assert "needs 80×24, has 72×20" in shown.text
        await shown.press("n")
        await shown.until(lambda: isinstance(shown.app.screen, WizardScreen))
        await shown.press("q")
    assert shown.app.return_value == 0


async def test_help_has_the_words_of_ours_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with started(monkeypatch, tmp_path) as shown:
        told = {words for rows in grouped(shown.app.screen).values() for _, words in rows}
        assert told <= {key.words for key in catalog().values()}
