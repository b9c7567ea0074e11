"""The phases with their time and what is usual."""

from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.progress import PhaseProgress
from screens.glyphs import GLYPHS, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, Row, Table

COLUMNS = (
    Column("state", "", width=1),
    Column("phase", "PHASE", stretch=True),
    Column("time", "TIME", "right", width=7),
    Column("usual", "USUAL", "right", width=6),
)


class PhasesTable(Table):
    """One row a phase, in the plan's order: the eye finds a phase where it was."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(COLUMNS, symbols=symbols, id="phases")
        self._marks = symbols

    def show(self, run: LiveRun) -> None:
        now = run.clock.time()
        self.set_rows([self._row(phase, now) for phase in run.progress.phases.values()])

    def _row(self, phase: PhaseProgress, now: float) -> Row:
        state: State = phase.shown_state(now)
        elapsed = phase.elapsed(now)
        time = "blocked" if state == "blocked" else "" if elapsed is None else duration(elapsed)
        usual = estimate(phase.normal)
        return Row(
            phase.name,
            {
                "state": Cell(self._marks.of(state), GLYPHS[state].role),
                "phase": Cell(phase.name, "faint" if state in ("pending", "skipped", "blocked") else "text"),
                "time": Cell(time, "faint" if state == "blocked" else "text"),
                "usual": Cell(f"~{usual}" if state in ("pending", "blocked") else usual, "faint"),
            },
        )
