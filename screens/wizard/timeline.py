"""The plan's phases in time."""

from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.rollout.words import estimate
from screens.glyphs import Symbols
from screens.widgets.table import Cell, Column, Row, Table

TICKS = (1, 2, 5, 10, 15, 20, 30, 60, 120)
"""Minutes between two marks of the axis."""
TICK_CELLS = 8


class Timeline(Table):
    """A row a phase; the bar shows when it runs, in blue on the critical path."""

    def __init__(self, symbols: Symbols) -> None:
        columns = (
            Column("phase", "PHASE"),
            Column("usual", "USUAL", "right", width=6),
            Column("bar", "", least=20, width=20, stretch=True),
        )
        super().__init__(columns, symbols=symbols, id="timeline")
        self._plan: Plan | None = None

    def on_resize(self) -> None:
        super().on_resize()
        if self._plan:
            self.show(self._plan)

    def show(self, plan: Plan) -> None:
        self._plan = plan
        critical = set(plan.critical_path)
        self.set_rows([self._row(plan, phase, phase.name in critical) for phase in plan.phases])
        self.mark("bar", axis(plan.critical_seconds, self.width_of("bar")))

    def _row(self, plan: Plan, phase: Phase, critical: bool) -> Row:
        end, whole = plan.finish[phase.name], plan.critical_seconds or 1
        width = self.width_of("bar")
        first = round((end - phase.seconds.normal) / whole * width)
        last = max(first + 1, round(end / whole * width))
        bar = " " * min(first, max(0, width - 1)) + "━" * (last - first)
        cells = {
            "phase": Cell(phase.name, "text" if critical else "quiet"),
            "usual": Cell(estimate(phase.seconds.normal), "quiet"),
            "bar": Cell(bar[:width], "running" if critical else "quiet"),
        }
        return Row(phase.name, cells)


def axis(seconds: float, width: int) -> str:
    """`0m      10m     20m`: marks where their minute is."""
    minutes = seconds / 60 or 1
    step = next((tick for tick in TICKS if tick / minutes * width >= TICK_CELLS), TICKS[-1])
    line = ""
    for at in range(0, int(minutes) + 1, step):
        line = line.ljust(round(at / minutes * width)) + f"{at}m"
    return line[:width]
