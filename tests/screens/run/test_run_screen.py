"""The Run screen over the real scheduler and a small world."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.plan.choose import choose
from llmd_tui.run.scheduler import Scheduler
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.run.run import RunScreen
from tests.run.town import Sketch, Step, Town, plan_of

ROOT = Path(__file__).parents[3]
ANSWERS = """\
apiVersion: llmd-tui/v1
target:
  kubeconfig: {context: c1}
pool: {size: Standard_ND96isr_H100_v5, nodes: 2}
drivers: gpu-operator
path: {name: pd-disaggregation}
"""
SKETCHES = (
    Sketch("access", (Step(0.1),), lag=0.1),
    Sketch("gpu-operator", (Step(0.3),), lag=0.1, needs=("access",)),
    Sketch("workspace", (Step(0.1),), lag=0.1, needs=("access",)),
    Sketch("model-server", (Step(0.2),), lag=0.1, needs=("gpu-operator", "workspace")),
)


class Host(App[None]):
    CSS_PATH = ROOT / "screens" / "app.tcss"
    HORIZONTAL_BREAKPOINTS = LlmdApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = LlmdApp.VERTICAL_BREAKPOINTS

    def __init__(self, live: LiveRun) -> None:
        super().__init__()
        self.run_screen = RunScreen(live, Symbols())

    def on_mount(self) -> None:
        self.push_screen(self.run_screen)


def pod(name: str) -> Object:
    container = {"name": "c", "ready": True, "started": True, "restartCount": 0, "state": {"running": {}}, "image": "i"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "ns", "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": [{"name": "c", "image": "i"}], "nodeName": "n"},
        "status": {
            "phase": "Running",
            "containerStatuses": [container],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


async def log(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
    for line in ("\x1b[31mred\x1b[0m [bold]no markup[/bold]", "x" * 10_000, "10%\r20%\r100%"):
        yield line
    await asyncio.Event().wait()


def live(town: Town, store: Store | None = None) -> LiveRun:
    choice = choose(Answers.parse(ANSWERS, "answers.yaml").config())
    clock = Clock()
    plan = plan_of(SKETCHES)
    scheduler = Scheduler(plan, town, clock, name="llmd-h100")

    async def start() -> None:
        await scheduler.start()

    return LiveRun(
        plan=plan,
        choice=choice,
        control=scheduler,
        view=lambda: store or town.view,
        follow=log,
        start=start,
        clock=clock,
        name="llmd-h100",
    )


async def until(pilot: Pilot[None], screen: RunScreen, words: str) -> None:
    for _ in range(400):
        if words in screen.verdict_line.verdict.sentence:
            return
        await pilot.pause(0.05)
    raise AssertionError(f"{words!r} was not said; the verdict is {screen.verdict_line.verdict}")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_run_is_followed_to_its_end(size: tuple[int, int]) -> None:
    host = Host(live(Town(SKETCHES)))
    async with host.run_test(size=size) as pilot:
        await until(pilot, host.run_screen, "All 4 phases are done")
        rows = [row.key for row in host.run_screen.phases.rows]
        assert rows == ["access", "gpu-operator", "workspace", "model-server"]
        assert host.run_screen.verdict_line.verdict.state == "done"


async def test_a_failure_says_what_and_retry_goes_on() -> None:
    host = Host(live(Town(SKETCHES, refuses={"gpu-operator-0": 1})))
    async with host.run_test(size=(120, 40)) as pilot:
        await until(pilot, host.run_screen, "Stuck: gpu-operator failed: gpu-operator-0 was refused")
        assert host.run_screen.verdict_line.has_class("-failed")
        assert host.run_screen.live.progress.phases["model-server"].state == "blocked"
        await pilot.press("r")
        await until(pilot, host.run_screen, "All 4 phases are done")


async def test_text_from_outside_is_text() -> None:
    store = Store()
    store.apply("Pod", "ADDED", pod("enter"))
    host = Host(live(Town(SKETCHES), store))
    host.run_screen.live.plan.by_name["gpu-operator"].__dict__["namespaces"] = ("ns",)
    async with host.run_test(size=(120, 40)) as pilot:
        screen = host.run_screen
        screen.choose("gpu-operator")
        while screen.pods.selected is None:
            await pilot.pause(0.05)
        row = screen.pods.selected
        assert row.title == "enter"
        lines = screen.log_pane.table.lines
        while len(lines) < 3:
            await pilot.pause(0.05)
        assert "[bold]no markup[/bold]" in lines[0].text and "\x1b" not in lines[0].text
        assert len(lines[1].text) == 2_000
        assert lines[2].text == "100%"


async def test_a_terminal_that_is_too_small_says_so() -> None:
    host = Host(live(Town(SKETCHES)))
    async with host.run_test(size=(20, 5)) as pilot:
        await pilot.pause(0.2)
        assert host.run_screen.verdict_line.verdict.sentence == "needs 80×24, has 20×5"
        await pilot.resize_terminal(120, 40)
        await until(pilot, host.run_screen, "All 4 phases are done")
