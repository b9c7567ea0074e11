"""From the review to a run on the simulators, and out again; nothing is created while something is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import Draft
from llmd_tui.run.directory import directories
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.run import RunScreen
from screens.wizard.messages import Go
from screens.wizard.review import ReviewScreen
from tests.pilots import until
from tests.screens.stage import stage

PRESET = "h100-pd-disaggregation"


async def test_nothing_is_created_without_helm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    async with stage(monkeypatch, preset=PRESET, ready=False) as shown:
        monkeypatch.delenv("LLMD_TUI_HELM", raising=False)
        await shown.open("review")
        await shown.press("Y")
        await shown.until(lambda: shown.screen.verdict_line.verdict.state == "failed")
        assert "helm" in shown.verdict
        assert shown.screen.STEP == "review"
        await shown.press("escape")
        await shown.on("options")
        await shown.walk("review")
        assert "helm" in shown.verdict
        assert shown.arm.cloud.groups == {}
    assert list(directories()) == []


async def test_an_open_question_goes_to_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET, ready=False) as shown:
        await shown.open("review")
        assert shown.verdict == "1 thing is to be settled: The environment variable HF_TOKEN is not set."
        await shown.press("Y")
        assert isinstance(shown.screen, ReviewScreen)
        await shown.press("ctrl+n")
        await shown.on("options")
        await shown.press("ctrl+n")
        field = shown.screen.field
        assert field
        assert field.path == "huggingFaceToken"


@pytest.fixture
def simulators(pinned: None) -> Iterator[None]:
    with simulation("smooth", 120):
        yield


@pytest.mark.usefixtures("simulators")
async def test_y_creates_and_q_leaves_a_run_to_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    app = LlmdApp(Draft.begin(preset=PRESET), Symbols(), "smooth")
    async with app.run_test(size=(120, 40)) as pilot:
        app.post_message(Go("review"))
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.live.progress.finished >= 2)
        assert app.live_run
        await pilot.press("q", "Q")
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value == 130
    (directory,) = directories()
    # Taken up again it must meet simulators, never a real subscription.
    assert directory.terms.simulate == "smooth"
    assert not directory.locked()
    assert "path:\n  name: pd-disaggregation" in directory.answers.read_text()
