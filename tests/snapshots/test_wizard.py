"""The wizard's screens."""

import pytest

from llmd_tui.draft.steps import STEPS
from tests.snapshots.compare import Album
from tests.snapshots.frozen import Frozen
from tests.snapshots.looks import LARGE, Look, each_look, each_size
from tests.snapshots.wizard import MANY_REGIONS, wizard


@each_size
async def test_steps(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, size: tuple[int, int]) -> None:
    async with wizard(monkeypatch, frozen, size) as scene:
        for step in STEPS:
            await scene.open(step)
            album.take(scene.shown.app, step)


@each_size
async def test_targets(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, size: tuple[int, int]) -> None:
    """Clusters that are there already: none of AKS in this subscription, and what the kubeconfig has."""
    async with wizard(monkeypatch, frozen, size) as scene:
        await scene.open("target")
        scene.shown.app.screen.query_one("#where").focus()
        for name in ("target-existing", "target-kubeconfig"):
            await scene.press("down")
            album.take(scene.shown.app, name)


@each_size
async def test_regions(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, size: tuple[int, int]) -> None:
    async with wizard(monkeypatch, frozen, size, regions=MANY_REGIONS) as scene:
        await scene.open("size")
        await scene.press("a")
        album.take(scene.shown.app, "regions")
        await scene.press("slash", *"japan", "enter")
        album.take(scene.shown.app, "regions-lacking")


@pytest.mark.slow
@each_look
async def test_looks(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, album: Album, look: Look) -> None:
    look.prepare(monkeypatch)
    async with wizard(monkeypatch, frozen, LARGE, look.symbols) as scene:
        look.put_on(scene.shown.app)
        for step in ("target", "size", "path", "review"):
            await scene.open(step)
            album.take(scene.shown.app, look.name(step))
        await scene.open("size")
        await scene.press("a", "G")
        album.take(scene.shown.app, look.name("regions"))
