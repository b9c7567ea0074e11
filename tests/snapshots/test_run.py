"""The screens of a run, at moments of recorded ones."""

import pytest

from tests.snapshots.compare import Album, settled
from tests.snapshots.looks import LARGE, Look, each_look, each_size
from tests.snapshots.theatre import REDRAWN, rerun

MOMENTS = {
    "creating": "smooth",
    "building": "smooth",
    "loading": "smooth",
    "done": "smooth",
    "stuck": "stuck",
}
"""In which recording a moment is."""
MAIN = ("building", "stuck")


@each_size
@pytest.mark.parametrize("moment", MOMENTS)
async def test_run(monkeypatch: pytest.MonkeyPatch, album: Album, moment: str, size: tuple[int, int]) -> None:
    async with rerun(monkeypatch, MOMENTS[moment], moment, size) as pilot:
        album.take(pilot.app, f"run-{moment}")


@each_size
async def test_after_a_run(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    async with rerun(monkeypatch, "smooth", "done", size) as pilot:
        for screen in ("checklist", "done"):
            await pilot.press("enter")
            await settled(pilot, REDRAWN)
            album.take(pilot.app, screen)


@pytest.mark.slow
@each_look
@pytest.mark.parametrize("moment", MAIN)
async def test_looks(monkeypatch: pytest.MonkeyPatch, album: Album, moment: str, look: Look) -> None:
    look.prepare(monkeypatch)
    async with rerun(monkeypatch, MOMENTS[moment], moment, LARGE, look) as pilot:
        album.take(pilot.app, look.name(f"run-{moment}"))
