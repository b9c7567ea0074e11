"""The rows of the checklist: what matters now first, then what is over, then what is no part of the plan."""

from collections.abc import Iterator

from llmd_tui.clock import Clock
from llmd_tui.events import CheckDone
from llmd_tui.rollout.words import duration
from llmd_tui.run.checklist import ChecklistProgress, Line
from screens.glyphs import GLYPHS, Role, State, Symbols
from screens.widgets.table import Cell, Column, Row

STATES: dict[str, State] = {"pass": "done", "warn": "slow", "fail": "failed", "skipped": "skipped"}
COLUMNS = (
    Column("result", "RESULT"),
    Column("check", "CHECK"),
    Column("evidence", "EVIDENCE", width=16, stretch=True),
    Column("time", "TIME", "right", width=6, keep=1),
)
LEFT_OUT = "left-out/"


def state_of(line: Line, skipped: bool) -> tuple[State, str]:
    """Glyph's state and word."""
    if line.started is not None:
        return "running", "runs"
    if line.done is None:
        return ("skipped", "skip") if skipped else ("pending", "next")
    word = "waived" if line.done.waived else "skip" if line.done.result == "skipped" else line.done.result
    return STATES[line.done.result], word


class CheckRows:
    """Made anew at each look. `narrow` keeps only what has all of these letters."""

    def __init__(self, checklist: ChecklistProgress, clock: Clock, symbols: Symbols, narrow: str = "") -> None:
        self._checklist = checklist
        self._clock = clock
        self._symbols = symbols
        self._narrow = narrow.lower()

    def rows(self) -> list[Row]:
        rows: list[Row] = []
        for place, phase in enumerate(in_order(self._checklist)):
            lines = [row for line in self._checklist.of(phase) if self._fits(row := self._row(line))]
            if lines and place:
                rows.append(_heading(f"{phase}  {_counted(self._checklist, phase)}"))
            rows += lines
        left_out = [row for row in self._left_out() if self._fits(row)]
        if left_out:
            rows += [_heading(f"Not part of this path  {len(left_out)} skipped"), *left_out]
        return rows

    def _row(self, line: Line) -> Row:
        reason = self._checklist.skipped.get(line.phase, "")
        state, word = state_of(line, bool(reason))
        evidence, role = (line.done.evidence, "quiet") if line.done else (reason, "faint")
        if line.done and line.done.waived:
            evidence = f"waived: {line.done.waived}; {evidence}"
        elapsed = line.done.seconds if line.done else None
        if line.started is not None:
            elapsed = self._clock.wall(self._clock.time() - line.started)
        cells = {
            "result": self._result(state, word),
            "check": Cell(line.id, "faint" if state in ("pending", "skipped") else "text", self._narrow),
            "evidence": Cell(
                evidence, "text" if state == "failed" else "faint" if line.started is not None else role, self._narrow
            ),
            "time": Cell(duration(elapsed) if elapsed is not None else "", "quiet"),
        }
        return Row(line.key, cells)

    def _result(self, state: State, word: str) -> Cell:
        """The glyph has the colour, the word none."""
        role: Role = (
            "faint" if state in ("pending", "skipped") else "text" if state in ("failed", "running") else "quiet"
        )
        return Cell(word, role, sign=self._symbols.of(state), sign_role=GLYPHS[state].role)

    def _left_out(self) -> Iterator[Row]:
        for name, reason in self._checklist.left_out.items():
            result = self._result("skipped", "skip")
            yield Row(
                LEFT_OUT + name, {"result": result, "check": Cell(name, "faint"), "evidence": Cell(reason, "faint")}
            )

    def _fits(self, row: Row) -> bool:
        return self._narrow in " ".join(cell.text for cell in row.cells.values()).lower()


def in_order(checklist: ChecklistProgress) -> tuple[str, ...]:
    """The last phase whose checks have begun, then the others."""
    begun = [phase for phase in checklist.phases if any(line.started or line.done for line in checklist.of(phase))]
    first = begun[-1:]
    return (*first, *(phase for phase in checklist.phases if phase not in first))


def _heading(title: str) -> Row:
    return Row(f"heading/{title.partition(' ')[0]}", {"result": Cell(title)}, heading=True)


def _counted(checklist: ChecklistProgress, phase: str) -> str:
    lines = checklist.of(phase)
    done: list[CheckDone] = [line.done for line in lines if line.done]
    passed = sum(line.result == "pass" for line in done)
    return f"{passed} of {len(lines)} passed" if done else f"{len(lines)} next"
