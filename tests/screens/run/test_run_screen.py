"""The Run screen from its start to its end, and through a failure."""

import pytest

from llmd_tui.kube.store import Store
from tests.pilots import until
from tests.run.town import Town
from tests.screens.run.stage import SKETCHES, Host, live, pod, said


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_run_is_followed_to_its_end(size: tuple[int, int]) -> None:
    host = Host(live(Town(SKETCHES)))
    async with host.run_test(size=size) as pilot:
        await said(pilot, host.run_screen, "All 4 phases are done")
        rows = [row.key for row in host.run_screen.phases.rows]
        assert rows == ["access", "gpu-operator", "workspace", "model-server"]
        assert host.run_screen.verdict_line.verdict.state == "done"


async def test_a_failure_says_what_and_retry_goes_on() -> None:
    host = Host(live(Town(SKETCHES, refuses={"gpu-operator-0": 1})))
    async with host.run_test(size=(120, 40)) as pilot:
        await said(pilot, host.run_screen, "Stuck: gpu-operator failed: gpu-operator-0 was refused")
        assert host.run_screen.verdict_line.has_class("-failed")
        assert host.run_screen.live.progress.phases["model-server"].state == "blocked"
        await pilot.press("r")
        await said(pilot, host.run_screen, "All 4 phases are done")


async def test_text_from_outside_is_text() -> None:
    store = Store()
    store.apply("Pod", "ADDED", pod("enter"))
    host = Host(live(Town(SKETCHES), store, namespaces={"gpu-operator": ["ns"]}))
    async with host.run_test(size=(120, 40)) as pilot:
        screen = host.run_screen
        screen.choose("gpu-operator")
        await until(pilot, lambda: screen.pods.selected)
        row = screen.pods.selected
        assert row and row.title == "enter"
        lines = screen.log_pane.table.lines
        await until(pilot, lambda: len(lines) == 3)
        assert "[bold]no markup[/bold]" in lines[0].text and "\x1b" not in lines[0].text
        assert len(lines[1].text) == 2_000
        assert lines[2].text == "100%"


async def test_a_terminal_that_is_too_small_says_so() -> None:
    host = Host(live(Town(SKETCHES)))
    async with host.run_test(size=(20, 5)) as pilot:
        await until(pilot, lambda: host.run_screen.verdict_line.verdict.sentence == "needs 80×24, has 20×5")
        await pilot.resize_terminal(120, 40)
        await said(pilot, host.run_screen, "All 4 phases are done")
