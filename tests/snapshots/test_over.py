"""What stands over a screen: help, the palette, dialogs."""

from dataclasses import replace
from pathlib import Path

import pytest

from llmd_tui.azure.removal import Removal, What
from llmd_tui.run.teardown import Teardown, place_of
from screens.app import LlmdApp
from screens.destroy.dialog import DestroyDialog
from screens.run.live import LiveRun
from screens.run.run import RunScreen
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


@each_size
async def test_abort(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    async with rerun(monkeypatch, "smooth", "creating", size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, RunScreen)
        screen.live.abortable, screen.live.abort = lambda _: "cluster llm-d", given_up
        await pilot.press("A")
        await settled(pilot, REDRAWN)
        album.take(pilot.app, "dialog-abort")
        await pilot.press("escape")
        await settled(pilot)


@each_size
async def test_quit(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    """While this process carries a run out."""
    monkeypatch.setattr(LlmdApp, "running", True)
    async with rerun(monkeypatch, "smooth", "building", size) as pilot:
        await pilot.press("q")
        await settled(pilot, REDRAWN)
        album.take(pilot.app, "dialog-quit")


@each_size
async def test_destroy(monkeypatch: pytest.MonkeyPatch, album: Album, size: tuple[int, int]) -> None:
    """All of it, and before that the GPU pool alone, which is picked in the dialog."""
    async with rerun(monkeypatch, "smooth", "done", size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, RunScreen)
        whole, pool = teardowns(screen.live)

        async def look(_: object) -> Teardown:
            return pool

        pilot.app.push_screen(DestroyDialog(whole, "$197.51/h", DARK.symbols, look))
        await settled(pilot, REDRAWN)
        album.take(pilot.app, "dialog-destroy")
        await pilot.press("shift+tab", "down", "down")
        await settled(pilot, REDRAWN)
        album.take(pilot.app, "dialog-destroy-pool")


async def given_up(phase: str) -> str:
    return phase


def teardowns(live: LiveRun) -> tuple[Teardown, Teardown]:
    """Of a run whose group, cluster and pool are its own: the group, and the pool with what is in the cluster."""
    assert live.choice.azure
    place = place_of(live.choice, live.choice.azure.subscription)
    whats: tuple[What, ...] = ("group", "cluster", "pool")
    group = Removal("group", place.group, (), place.group_path, "", whats=whats)
    pool = Removal("pool", place.pool, (), place.pool_path, "", whats=whats)
    quota = ("answers file, exports and journal, kept here", "quota: 192 vCPU come free for others")
    whole = Teardown(
        "resource group",
        place.group,
        (f"resource group {place.group}: nothing else is in it", "  cluster llm-d with pools system and gpu"),
        quota,
        live.choice,
        live.plan,
        place,
        group,
    )
    goes = ("node pool gpu: 2 × Standard_ND96isr_H100_v5", "6 releases: gpu-operator, network-operator and 4 more")
    stays = ("cluster llm-d with its other pools: $0.87/h; the kinds that were added to it", *quota)
    return whole, replace(whole, noun="node pool", name=place.pool, goes=goes, stays=stays, removal=pool)
