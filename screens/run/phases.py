"""The phases with their time and what is usual; where there is room, on a scale of time."""

from collections.abc import Collection
from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive

from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.schedule import PhaseRow, phase_rows
from screens.glyphs import GLYPHS, Role, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import STYLES, Line, cut
from screens.widgets.table import Cell, Column, Row, Table

RAIL_ORDER: tuple[State, ...] = ("failed", "slow", "running", "waiting", "blocked", "pending")
COLUMNS = (
    Column("state", "", width=1),
    Column("phase", "PHASE", stretch=True),
    Column("time", "TIME", "right", width=7),
    Column("usual", "USUAL", "right", width=6),
)
GAP = Column("gap", "", width=1)
BAR = Column("bar", "", width=20, stretch=True)
FIXED = Column("phase", "PHASE", width=18)
TICKS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240)
"""Minutes between two marks of the axis."""
TICK_CELLS = 9


class PhaseRail(Line):
    """The phases in one row: what is done counted, the rest by name."""

    phases: reactive[tuple[tuple[str, State, int], ...]] = reactive(())
    """Rows: title, state, and how many phases they are."""

    def render(self) -> Content:
        width = self.content_size.width
        done = sum(count for _, state, count in self.phases if state in ("done", "skipped"))
        parts: list[Content] = [Content.assemble(self.glyph("done"), f" {done} done")] if done else []
        for state in RAIL_ORDER:
            names = [name for name, other, _ in self.phases if other == state]
            if state == "blocked" and len(names) > 1:
                parts.append(Content.assemble(self.glyph(state), f" {len(names)} blocked: {', '.join(names)}"))
                continue
            style = STYLES["quiet"] if state in ("pending", "waiting", "blocked") else ""
            word = " stuck" if state == "failed" else ""
            parts += [
                Content.assemble(self.glyph(state), " ", (self.symbols.text(name) + word, style)) for name in names
            ]
        return cut(Content("   ").join(parts), max(8, width), self.symbols)


class PhasesTable(Table):
    """One row a phase, in the plan's order: the eye finds a phase where it was."""

    LIVE: ClassVar[bool] = True
    CELLS_BETWEEN: ClassVar[int] = 1

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(COLUMNS, symbols=symbols, id="phases")
        self._run = run
        self.timeline = False

    def show(self, stuck: Collection[str] = ()) -> list[PhaseRow]:
        """`stuck` are phases of which a finding says that they cannot end."""
        now = self._run.clock.time()
        rows = phase_rows(self._run.progress, now, stuck)
        self.set_columns((COLUMNS[0], FIXED, *COLUMNS[2:], GAP, BAR) if self.timeline else COLUMNS)
        whole = max((row.end for row in rows), default=1.0) or 1.0
        if self.timeline:
            begun = self._run.progress.started
            self.mark("bar", axis(whole, now - begun if begun else 0.0, self.width_of("bar")))
        self.set_rows([self._row(row, whole, now) for row in rows])
        return rows

    def _row(self, row: PhaseRow, whole: float, now: float) -> Row:
        state: State = row.state
        ahead = state in ("pending", "skipped", "blocked")
        time = {"blocked": "blocked", "waiting": "waits", "skipped": "skip"}.get(state, "")
        time = "cut off" if row.cut_off else time or (duration(row.elapsed) if row.elapsed is not None else "")
        usual = estimate(row.normal)
        faint: Role = "faint" if ahead else "text"
        cells = {
            "state": Cell(self._symbols.of(state), GLYPHS[state].role),
            "phase": Cell(row.title, "quiet" if state == "done" else faint),
            "time": Cell(time, "faint" if ahead or state == "waiting" else "quiet" if state == "done" else "text"),
            "usual": Cell(f"~{usual}" if state in ("pending", "blocked") else usual, "faint"),
        }
        if self.timeline:
            cells["bar"] = self._bar(row, whole, now)
        return Row(row.key, cells)

    def _bar(self, row: PhaseRow, whole: float, now: float) -> Cell:
        """`━` what has been, `╌` what is estimated: green on the critical path, blue what runs."""
        if row.state == "skipped":
            return Cell("")
        width = self.width_of("bar")
        begun = self._run.progress.started
        at = int((now - begun if begun else 0.0) / whole * width)
        first = min(int(row.begin / whole * width), max(0, width - 1))
        last = min(width, max(first + 1, round(row.end / whole * width)))
        past = last if row.state in ("done", "failed") else min(max(at, first), last)
        if row.state in ("running", "slow"):
            past = max(past, first + 1)
        text = " " * first + "━" * (past - first) + "╌" * (last - past)
        if first > at:
            text = f"{text[:at]}│{text[at + 1 :]}"
        rest = "│".rjust(at + 1 - last) if last <= at < width else ""
        roles: dict[State, Role] = {"failed": "failed", "slow": "slow", "running": "running", "done": "quiet"}
        role = roles.get(row.state, "faint")
        return Cell(text, "done" if row.critical and row.state == "done" else role, rest=rest)


def axis(seconds: float, now: float, width: int) -> str:
    """`0m        10m   now  20m`: marks where their minute is, `now` where it is now."""
    minutes = seconds / 60 or 1
    step = next((tick for tick in TICKS if tick / minutes * width >= TICK_CELLS), TICKS[-1])
    line = [" "] * width
    place = min(max(0, round(now / (seconds or 1) * width) - 1), max(0, width - 3))
    for at in range(0, int(minutes) + 1, step):
        begin, mark = round(at / minutes * width), f"{at}m"
        if begin + len(mark) <= width and not (begin - 3 <= place <= begin + len(mark)):
            line[begin : begin + len(mark)] = mark
    line[place : place + 3] = "now"
    return "".join(line)[:width]
