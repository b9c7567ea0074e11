"""A cluster whose names, events and logs hold whatever they can: it stays text, at every size."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from llmd_tui.clock import Clock
from llmd_tui.kube.store import Store
from screens.glyphs import Symbols
from tests.pilots import until
from tests.run.town import Town
from tests.screens.run.stage import STANDING, Host, event, live, pod
from tests.screens.test_bad_input import NAMES, SWEEP

LINES = (*NAMES, "\x1b]52;c;aGk=\x07\x1b[2J" * 50, "0%\r50%\r\x1b[K100%", "\u202e" * 100, "\x00" * 100)
KEYS = ("tab", "l", "d", "escape", "y", "escape", "v", "p", "p", "slash", "[", "/", "]", "escape", "j", "G", "g", "f")


async def log(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
    for line in LINES:
        yield line
    await asyncio.Event().wait()


def crowded() -> Host:
    store = Store()
    for at, name in enumerate((*NAMES, "escape", "Y", "ctrl+c")):
        one = pod(name, ready=at % 2 == 0, labels={"app": name}, ownerReferences=[{"kind": "Job", "name": name}])
        one["spec"]["nodeName"] = name
        one["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": name, "message": name}}
        store.apply("Pod", "ADDED", one)
        store.apply("Event", "ADDED", event(f"e{at}", name, name, one))
        labels = {"sku": "gpu", "app": name}
        store.apply("Node", "ADDED", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
    return Host(live(Town(STANDING), store, namespaces={"gpu-operator": ["ns"]}, follow=log, clock=Clock()))


def readable(host: Host) -> None:
    for line in host.screen._compositor.render_strips():
        assert line.text.isprintable(), repr(line.text)
        assert cell_len(line.text) <= host.size.width


async def standing(pilot: Pilot[None], host: Host) -> None:
    host.run_screen.choose("gpu-operator")
    await until(pilot, lambda: host.run_screen.pods.selected)


async def test_nothing_of_it_is_more_than_text() -> None:
    host = crowded()
    async with host.run_test(size=(120, 40)) as pilot:
        await standing(pilot, host)
        for key in KEYS:
            await pilot.press(key)
            readable(host)
        for _ in NAMES:
            await pilot.press("j")
            readable(host)
        assert not host._exit


async def test_the_run_takes_every_size() -> None:
    host = crowded()
    async with host.run_test(size=(120, 40)) as pilot:
        await standing(pilot, host)
        for pane in (host.run_screen.pods, host.run_screen.nodes, host.run_screen.phases):
            pane.focus()
            for size in (*SWEEP, (120, 40)):
                await pilot.resize_terminal(*size)
                readable(host)
                verdict = host.run_screen.verdict_line.verdict
                assert verdict.sentence
                if size[0] >= 80 and size[1] >= 24:
                    assert host.focused is not None
                    assert verdict.sentence.split()[0] in host.text
                else:
                    assert f"has {size[0]}×{size[1]}" in " ".join(host.text.split())


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_without_unicode_all_is_ascii(size: tuple[int, int]) -> None:
    host = crowded()
    host.run_screen = type(host.run_screen)(host.run_screen.live, Symbols(ascii_only=True))
    async with host.run_test(size=size) as pilot:
        await standing(pilot, host)
        await host.run_screen._refresh()
        await pilot.pause()
        assert host.text.replace("▁", "").isascii(), sorted({c for c in host.text if not c.isascii()})
