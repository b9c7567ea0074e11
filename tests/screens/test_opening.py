"""The program started with an answers file."""

import asyncio
from pathlib import Path

import pytest

from llmd_tui.commands.exits import Exit
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.opening import OpeningScreen
from screens.wizard.target import TargetScreen
from screens.wizards import Rehearsal
from tests.screens.run.stage import until


def opening(file: Path) -> LlmdApp:
    return LlmdApp(None, Symbols(), answers=file)


async def test_the_first_frame_names_the_file_and_the_wizard_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", "http://127.0.0.1:9")
    file = tmp_path / "mine.yaml"
    file.write_text("apiVersion: llmd-tui/v1\ntarget: {azure: {region: eastus2}}\n")
    app = opening(file)
    async with app.run_test(size=(120, 40)) as pilot:
        assert isinstance(app.screen, OpeningScreen | TargetScreen)
        if isinstance(app.screen, OpeningScreen):
            assert "mine.yaml" in app.screen.verdict_line.verdict.sentence
        await until(pilot, lambda: isinstance(app.screen, TargetScreen))
        assert app.session.draft.value("target.azure.region").source == "file"


@pytest.mark.parametrize("demo", [False, True])
async def test_a_file_that_cannot_be_used_ends_the_program(tmp_path: Path, demo: bool) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("apiVersion: llmd-tui/v1\nnodes: 2\n")
    app = LlmdApp(None, Symbols(), rehearse=Rehearsal(answers=file)) if demo else opening(file)
    async with asyncio.timeout(60):
        await app.run_async(headless=True, size=(120, 40))
    assert app.return_value == Exit.MISUSE
    assert app.refused and "'nodes' is not a key here" in str(app.refused)


async def test_a_new_deployment_asked_for_while_the_simulators_start_is_left() -> None:
    app = LlmdApp(None, Symbols(), rehearse=Rehearsal())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", "t", "n")
        await until(pilot, lambda: isinstance(app.screen, TargetScreen))
        assert app.scenario == "smooth" and app.journey
