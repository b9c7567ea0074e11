"""The phases with their time and what is usual."""

from textual.content import Content
from textual.reactive import reactive

from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.progress import PhaseProgress
from screens.glyphs import GLYPHS, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import Line
from screens.widgets.table import Cell, Column, Row, Table

RAIL_ORDER: tuple[State, ...] = (
    "done",
    "skipped",
    "failed",
    "slow",
    "running",
    "waiting",
    "blocked",
    "pending",
    "stale",
)
COLUMNS = (
    Column("state", "", width=1),
    Column("phase", "PHASE", stretch=True),
    Column("time", "TIME", "right", width=7),
    Column("usual", "USUAL", "right", width=6),
)


class PhaseRail(Line):
    """The phases in one row: what is done counted, the rest by name."""

    phases: reactive[tuple[tuple[str, State], ...]] = reactive(())

    def render(self) -> Content:
        done = sum(state == "done" for _, state in self.phases)
        parts: list[Content] = [Content.assemble(self.glyph("done"), f" {done} done")] if done else []
        for name, state in sorted(self.phases, key=lambda phase: RAIL_ORDER.index(phase[1])):
            if state not in ("done", "skipped"):
                parts.append(Content.assemble(self.glyph(state), " ", (name, "dim" if state == "pending" else "")))
        return Content("   ").join(parts).truncate(max(8, self.content_size.width), ellipsis=True)


class PhasesTable(Table):
    """One row a phase, in the plan's order: the eye finds a phase where it was."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(COLUMNS, symbols=symbols, id="phases")

    def show(self, run: LiveRun) -> None:
        now = run.clock.time()
        self.set_rows([self._row(phase, now) for phase in run.progress.phases.values()])

    def _row(self, phase: PhaseProgress, now: float) -> Row:
        state: State = phase.shown_state(now)
        elapsed = phase.elapsed(now)
        time = "blocked" if state == "blocked" else "waits" if state == "waiting" else ""
        time = time if elapsed is None or time else duration(elapsed)
        usual = estimate(phase.normal)
        return Row(
            phase.name,
            {
                "state": Cell(self._symbols.of(state), GLYPHS[state].role),
                "phase": Cell(phase.name, "faint" if state in ("pending", "skipped", "blocked") else "text"),
                "time": Cell(time, "faint" if state in ("blocked", "waiting") else "text"),
                "usual": Cell(f"~{usual}" if state in ("pending", "blocked") else usual, "faint"),
            },
        )
