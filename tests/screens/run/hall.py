"""The run's later screens over the real scheduler and a small world with checks."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App

from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Plan
from llmd_tui.run.scheduler import Scheduler
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.messages import EngineEvent
from screens.run.checklist import ChecklistScreen
from screens.run.done import DoneScreen
from screens.run.live import LiveRun
from tests.answers import KUBECONFIG
from tests.run.checked import CheckedTown, checked_plan
from tests.screens.shown import Shown

ROOT = Path(__file__).parents[3]


async def log(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
    yield f"{namespace}/{pod}/{container} [red]says[/red] \x1b[31mhello"


def live(world: CheckedTown, plan: Plan | None = None, answers: str = KUBECONFIG) -> LiveRun:
    plan, clock = plan or checked_plan(), Clock()
    scheduler = Scheduler(plan, world, clock, name="llmd-h100")

    async def start() -> None:
        await scheduler.start()

    return LiveRun(
        plan=plan,
        choice=choose(Answers.parse(answers, "answers.yaml").config()),
        control=scheduler,
        view=lambda: world.view,
        follow=log,
        start=start,
        clock=clock,
        name="llmd-h100",
    )


class Hall(App[None]):
    """Hears the run as the Run screen does. `begins` is what is shown first."""

    CSS_PATH = ROOT / "screens" / "app.tcss"
    HORIZONTAL_BREAKPOINTS = LlmdApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = LlmdApp.VERTICAL_BREAKPOINTS

    def __init__(self, run: LiveRun, begins: str, symbols: Symbols) -> None:
        super().__init__()
        self.live = run
        self._begins = begins
        self.symbols = symbols

    def on_mount(self) -> None:
        self.install_screen(ChecklistScreen(self.live, self.symbols), "checklist")
        self.install_screen(DoneScreen(self.live, self.symbols), "done")
        self.push_screen(self._begins)
        self.run_worker(self._hear(), exit_on_error=False)

    async def _hear(self) -> None:
        async for event in self.live.control.events(forever=True):
            self.post_message(EngineEvent(event))

    def on_engine_event(self, message: EngineEvent) -> None:
        self.live.progress.apply(message.event)


class Visit(Shown):
    """What a test sees of the screen at hand."""

    @property
    def checklist(self) -> ChecklistScreen:
        assert isinstance(self.app.screen, ChecklistScreen), self.app.screen
        return self.app.screen

    def row(self, key: str) -> dict[str, str]:
        row = next(row for row in self.checklist.table.rows if row.key == key)
        return {name: f"{cell.sign} {cell.text}".strip() for name, cell in row.cells.items()}

    async def shows(self, words: str) -> None:
        await self.until(lambda: words in self.text)


@asynccontextmanager
async def hall(
    run: LiveRun, begins: str = "checklist", size: tuple[int, int] = (120, 40), *, ascii_only: bool = False
) -> AsyncGenerator[Visit]:
    app = Hall(run, begins, Symbols(ascii_only=ascii_only))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Visit(app, pilot)
