"""The panes of the Run screen: pods, log, events, descriptions, and the keys between them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from llmd_tui.events import RunStarted
from llmd_tui.kube.store import Freshness, Store
from llmd_tui.objects import Object
from screens.glyphs import Symbols
from screens.run.describe import DescribeScreen
from screens.run.dialogs import ReasonDialog
from screens.run.log_lines import LogLine
from screens.run.run import RunScreen
from screens.run.side import latest_text
from tests.pilots import until
from tests.run.town import Town
from tests.screens.run.stage import STANDING, Host, event, live, pod, said

SIZE = (120, 40)


def waiting(name: str) -> Object:
    """A pod that the scheduler finds no GPU for."""
    made = pod(name, ready=False)
    made["spec"].pop("nodeName")
    made["status"] = {
        "phase": "Pending",
        "conditions": [
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": "0/2 nodes are available: 2 Insufficient nvidia.com/gpu.",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }
        ],
    }
    return made


@asynccontextmanager
async def standing(
    store: Store, size: tuple[int, int] = SIZE, **more: Any
) -> AsyncGenerator[tuple[RunScreen, Pilot[None], Host]]:
    """The Run screen at a phase that goes on, with what is in the store."""
    host = Host(live(Town(STANDING), store, namespaces={"gpu-operator": ["ns", "other"]}, **more))
    async with host.run_test(size=size) as pilot:
        screen = host.run_screen
        await until(pilot, lambda: screen.phase == "gpu-operator")
        await until(pilot, lambda: len(screen.pods.rows) >= 1 or not store.all("Pod"))
        yield screen, pilot, host
        screen.workers.cancel_all()


def town_of(*pods: Object) -> Store:
    store = Store()
    for one in pods:
        store.apply("Pod", "ADDED", one)
    return store


def titles(screen: RunScreen) -> list[str]:
    return [row.title for row in screen.pods.all_shown]


async def test_pods_that_wait_for_the_same_are_one_row_that_opens() -> None:
    store = town_of(waiting("a-1"), waiting("a-2"), waiting("a-3"), pod("well"))
    async with standing(store) as (screen, pilot, host):
        assert titles(screen) == ["3 pods", "well"]
        assert screen.pods.selected and screen.pods.selected.grouped
        await pilot.press("enter")
        assert titles(screen) == ["3 pods", "a-1", "a-2", "a-3", "well"]
        await pilot.resize_terminal(200, 50)
        await until(pilot, lambda: "wait for nvidia.com/gpu" in host.text)
        await pilot.press("enter")
        assert titles(screen) == ["3 pods", "well"]


async def test_the_filter_keeps_what_has_the_word_and_esc_clears_it() -> None:
    store = town_of(pod("one"), pod("two", "other"), pod("three", "other"))
    async with standing(store) as (screen, pilot, host):
        await pilot.press("slash", *"two", "enter")
        assert titles(screen) == ["two"]
        await until(pilot, lambda: '1 of 3 with "two"' in host.text)
        await pilot.press("slash", *"xyz", "enter")
        await until(pilot, lambda: 'No pod has "xyz". esc clears it.' in host.text)
        await pilot.press("escape")
        assert len(titles(screen)) == 3


async def test_the_order_is_the_users_choice() -> None:
    store = town_of(pod("b"), pod("a", ready=False), pod("c"))
    async with standing(store) as (screen, pilot, host):
        assert titles(screen) == ["a", "b", "c"]
        await pilot.press("s", "s")
        assert screen.pods.order == "age"
        await until(pilot, lambda: "AGE ↓" in host.text)


async def test_rows_stay_where_they_are_after_a_key_and_while_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.widgets.table.STILL_SECONDS", 3600)
    store = town_of(pod("b"), pod("c"), pod("d"))
    async with standing(store) as (screen, pilot, _):
        await pilot.press("down")
        store.apply("Pod", "ADDED", pod("a", ready=False))
        store.apply("Pod", "DELETED", pod("b"))
        await until(pilot, lambda: len(screen.pods.rows) == 4)
        assert [row.key for row in screen.pods.rows] == ["ns/b", "ns/c", "ns/d", "ns/a"]
        screen.pods.to_top()
        await until(pilot, lambda: [row.key for row in screen.pods.rows] == ["ns/a", "ns/c", "ns/d"])
        await pilot.press("p")
        store.apply("Pod", "ADDED", pod("e"))
        await said(pilot, screen, "The view is held still for")
        await screen._refresh()
        assert len(screen.pods.rows) == 3
        await pilot.press("p")
        await until(pilot, lambda: len(screen.pods.rows) == 4)


async def test_the_log_follows_until_one_scrolls_back_and_is_searched() -> None:
    more = asyncio.Event()

    async def lines(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
        for number in range(100):
            yield f"2026-01-01T00:00:{number % 60:02}.123456789Z line {number}"
        await more.wait()
        yield "the last error"
        await asyncio.Event().wait()

    async with standing(town_of(pod("one")), follow=lines) as (screen, pilot, host):
        log = screen.log_pane.table
        await until(pilot, lambda: len(log.lines) == 100)
        await pilot.press("l")
        assert log.following and log.lines[0].text == "line 0"
        await pilot.press("up", "up")
        assert not log.following
        more.set()
        await until(pilot, lambda: len(log.lines) == 101)
        assert log.position == 97
        await until(pilot, lambda: "3 more below, end follows" in host.text)
        await pilot.press("end")
        assert log.following and log.position == 100
        await pilot.press("slash", *"ERROR", "enter")
        await until(pilot, lambda: '1 of 1 "ERROR"' in host.text)
        await pilot.press("escape", "slash", *"line 9", "enter", "N", "N")
        assert log.hits() == [9, *range(90, 100)]
        assert log.position == 97
        await pilot.press("n")
        assert log.position == 98


async def test_a_log_is_saved_and_other_containers_are_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    two = pod("one")
    two["spec"]["containers"].append({"name": "sidecar", "image": "i"})
    two["status"]["containerStatuses"][0]["restartCount"] = 1
    async with standing(town_of(two)) as (screen, pilot, host):
        await until(pilot, lambda: len(screen.log_pane.table.lines) == 3)
        await pilot.press("l", "e")
        assert "[bold]no markup" in (tmp_path / "one-c.log").read_text()
        await pilot.press("right")
        assert screen.log_pane.subject.container == "sidecar"
        await pilot.press("b")
        await until(pilot, lambda: len(screen.log_pane.table.lines) == 1)
        assert "before its restart" in host.text


async def test_describe_tells_all_and_yaml_hides_secrets() -> None:
    store = town_of(one := pod("one"))
    store.apply("Event", "ADDED", event("e1", "Unhealthy", "[red]probe[/red] failed", one))
    async with standing(store) as (_, pilot, host):
        await pilot.press("d")
        shown = host.screen
        assert isinstance(shown, DescribeScreen)
        assert "Unhealthy" in shown.shown and "[red]probe[/red] failed" in shown.shown
        await pilot.press("y")
        assert shown.shown.startswith(("apiVersion", "kind")) and "containerStatuses" in shown.shown
        await pilot.press("c", "escape")
        assert host.clipboard == shown.shown


async def test_copy_takes_the_name_and_events_come_with_v() -> None:
    store = town_of(one := pod("one"))
    store.apply("Event", "ADDED", event("e1", "FailedMount", "no such secret", one))
    async with standing(store) as (_, pilot, host):
        await pilot.press("c")
        assert host.clipboard == "one"
        await pilot.press("v")
        await until(pilot, lambda: "FailedMount" in host.text)
        await pilot.press("c")
        assert host.clipboard == "no such secret"


async def test_a_lost_connection_dims_and_says_since_when() -> None:
    now: dict[str, Freshness] = {}
    async with standing(town_of(pod("one")), freshness=now.get) as (screen, pilot, host):
        at = screen.live.clock.time()
        now |= {kind: Freshness("stale", at - 41, "refused", again=at + 60) for kind in ("Node", "Pod")}
        await said(pilot, screen, "mine does not answer since 4")
        await until(pilot, lambda: "◇ stale 4" in host.text)
        assert screen.verdict_line.has_class("-slow")
        now.clear()
        await said(pilot, screen, "Installing the GPU operator")


async def test_skipping_says_what_it_means_and_asks_why() -> None:
    async with standing(Store()) as (screen, pilot, host):
        await pilot.press("S")
        await until(pilot, lambda: isinstance(host.screen, ReasonDialog))
        assert "Skip gpu-operator" in host.text and "broken off" in host.text
        await pilot.press("enter")
        assert isinstance(host.screen, ReasonDialog)
        await pilot.press(*"by hand", "enter")
        await said(pilot, screen, "1 phases are done")
        assert screen.live.progress.phases["gpu-operator"].message == "by hand"


async def test_pausing_the_run_says_so() -> None:
    async with standing(Store()) as (screen, pilot, host):
        await pilot.press("P")
        await said(pilot, screen, "The run is paused.")
        await until(pilot, lambda: "paused" in host.text)
        await pilot.press("P")
        await said(pilot, screen, "Installing the GPU operator")


async def test_a_key_without_use_says_so() -> None:
    async with standing(town_of(pod("one"))) as (screen, pilot, _):
        await pilot.press("r")
        assert screen.verdict_line.verdict.sentence == "Nothing has failed, so there is nothing to try again."
        await pilot.press("z")
        assert "z has no use here" in screen.verdict_line.verdict.sentence


async def test_the_chosen_phase_stays_until_esc() -> None:
    async with standing(Store()) as (screen, pilot, _):
        await until(pilot, lambda: screen.phases.cursor_key == "gpu-operator")
        screen.phases.focus()
        await pilot.press("up")
        assert screen.phase == "access"
        await until(pilot, lambda: screen.right.titles["Pods"].note == "access")
        await pilot.press("escape")
        assert screen.phase == "gpu-operator"


async def test_the_focus_survives_folding() -> None:
    async with standing(town_of(pod("one"))) as (screen, pilot, host):
        await pilot.press("l")
        for size in ((80, 24), (200, 50), (100, 30), (120, 24), (80, 24)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "Findings  none" in host.text and screen.log_pane.table.size.height >= 3)
            assert host.focused is screen.log_pane.table


async def test_the_clock_of_the_log_has_room_for_hours() -> None:
    async with standing(town_of(pod("one"))) as (screen, pilot, host):
        table = screen.log_pane.table
        # What the pod's log says itself comes first: it begins with an empty table.
        await until(pilot, lambda: screen.log_pane.subject.pod == "one" and len(table.lines) >= 3)
        begun = screen.live.progress.started
        assert begun
        table.add([LogLine(datetime.fromtimestamp(begun + 62.5, UTC), "early")])
        assert table.width_of("at") == len("01:02")
        table.add([LogLine(datetime.fromtimestamp(begun + 5177.5, UTC), "late")])
        await until(pilot, lambda: "  01:02  early" in host.text and "1:26:17  late" in host.text)


def test_the_latest_keeps_whole_words() -> None:
    progress = live(Town(STANDING)).progress
    progress.apply(RunStarted(0, "r", (), False))
    progress.tell(125, "GPUs ready")
    progress.tell(5177, "model servers ready on both nodes")
    text = latest_text(progress, 30, 5, Symbols()).plain
    assert text == "1:26:17  model servers ready…\n  02:05  GPUs ready"
