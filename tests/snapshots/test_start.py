"""The start screen: on a machine with everything, and on one with nothing."""

from pathlib import Path

import pytest

from llmd_tui.start.tools import TOOLS
from screens.app import LlmdApp
from screens.start.start import StartScreen
from tests.pilots import until
from tests.snapshots.around import bare, furnished
from tests.snapshots.compare import Album, settled
from tests.snapshots.frozen import Frozen
from tests.snapshots.looks import DARK, LARGE, Look, each_look, each_size


async def shown(album: Album, name: str, size: tuple[int, int], look: Look = DARK) -> None:
    app = LlmdApp(None, look.symbols)
    async with app.run_test(size=size) as pilot:
        look.put_on(app)
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and all_read(app.screen))
        await settled(pilot)
        album.take(app, name)


def all_read(screen: StartScreen) -> bool:
    """Whether nothing is asked any more."""
    around = screen.around
    readings = (around.account, around.contexts, around.files, around.left, *around.clusters.values())
    ended = all(reading.state in ("ready", "failed") for reading in readings)
    return ended and len(around.tools) == len(TOOLS)


@each_size
async def test_with_everything(
    monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with furnished(monkeypatch, frozen, tmp_path):
        await shown(album, "start", size)


@pytest.mark.slow
@each_look
async def test_looks(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, tmp_path: Path, look: Look) -> None:
    look.prepare(monkeypatch)
    async with furnished(monkeypatch, frozen, tmp_path):
        await shown(album, look.name("start"), LARGE, look)


async def test_with_nothing(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, tmp_path: Path) -> None:
    bare(monkeypatch, tmp_path)
    await shown(album, "start-bare", LARGE)
