"""What stands over a screen: help, the palette, dialogs."""

from pathlib import Path

import pytest

from screens.app import LlmdApp
from tests.snapshots.around import bare
from tests.snapshots.compare import Album, settled
from tests.snapshots.frozen import Frozen
from tests.snapshots.looks import DARK, each_size
from tests.snapshots.theatre import REDRAWN, rerun
from tests.snapshots.wizard import wizard


@each_size
async def test_wizard(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, size: tuple[int, int]) -> None:
    async with wizard(monkeypatch, frozen, size) as scene:
        await scene.open("size")
        await scene.press("question_mark")
        album.take(scene.shown.app, "help-size")


@each_size
async def test_run(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    async with rerun(monkeypatch, "smooth", "building", size) as pilot:
        for key, name in (("f1", "help-run"), ("ctrl+p", "palette-run")):
            await pilot.press(key)
            await settled(pilot, REDRAWN)
            album.take(pilot.app, name)
            await pilot.press("escape")


@each_size
async def test_reasons(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    """What is asked before a finding is accepted, and before a phase is skipped."""
    async with rerun(monkeypatch, "stuck", "stuck", size) as pilot:
        for key, name in (("w", "dialog-waive"), ("S", "dialog-skip")):
            await pilot.press(key)
            await settled(pilot, REDRAWN)
            album.take(pilot.app, name)
            await pilot.press("escape")
            await settled(pilot)


@each_size
async def test_open_a_file(
    monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, tmp_path: Path, size: tuple[int, int]
) -> None:
    bare(monkeypatch, tmp_path)
    app = LlmdApp(None, DARK.symbols)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("o")
        await settled(pilot)
        album.take(app, "open-file")
