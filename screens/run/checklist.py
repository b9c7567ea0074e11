"""The validation checklist as it fills in: result, evidence; for the selected line remedy and command."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.events import CheckDone
from screens.base import FrameScreen
from screens.glyphs import GLYPHS, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.table import Cell, Column, Row, Table

STATES: dict[str, State] = {"pass": "done", "warn": "slow", "fail": "failed", "skipped": "skipped"}
WORST_FIRST = ("fail", "warn", "pass", "skipped")
COLUMNS = (
    Column("result", "RESULT", width=9),
    Column("check", "CHECK"),
    Column("evidence", "EVIDENCE", stretch=True),
)


class ChecklistScreen(FrameScreen):
    """All checks of the run: those before and those after."""

    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back to the run", id="checklist.back"),
        Binding("enter", "done", "what now", show=True, id="checklist.done"),
        Binding("c", "copy", "copy command", id="checklist.copy"),
        Binding("e", "app.export", "export", id="checklist.export"),
    ]

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.table = Table(COLUMNS, symbols=symbols, empty="No check has run yet.", id="checks")
        self.detail = Static(markup=False, id="check-detail")
        self.title_line = PaneTitle("Checks", symbols=symbols)
        self.detail_title = PaneTitle("Evidence", symbols=symbols)

    def body(self) -> Iterable[Widget]:
        yield Vertical(Pane(self.title_line, self.table, classes="fill"), classes="column left", id="checks-column")
        yield Vertical(Pane(self.detail_title, self.detail), classes="column right", id="check-column")

    def on_mount(self) -> None:
        self.header.crumbs = (self.live.name, "checklist")
        self.set_interval(0.25, self.show)
        self.table.focus()
        self.show()

    def show(self) -> None:
        checks = list(self.live.progress.checks.values())
        counts = {result: sum(check.result == result for check in checks) for result in WORST_FIRST}
        self.title_line.note = str(len(checks))
        self.table.set_rows([self._row(check) for check in checks])
        self._show_detail()
        state: State = "failed" if counts["fail"] else "done" if self._finished() else "running"
        warnings = f", {counts['warn']} warned" if counts["warn"] else ""
        failed = f"{counts['fail']} failed" if counts["fail"] else "none failed"
        sentence = f"{counts['pass']} of {len(checks)} checks passed{warnings}, {failed}."
        self.say(Verdict(state, sentence, "", "enter what now" if self._finished() else ""))

    def _finished(self) -> bool:
        ended = self.live.progress.ended
        return ended is not None and ended.outcome == "done"

    def _row(self, check: CheckDone) -> Row:
        state = STATES[check.result]
        cells = {
            "result": Cell(f"{self.symbols.of(state)} {check.result}", GLYPHS[state].role),
            "check": Cell(check.id),
            "evidence": Cell(check.evidence, "quiet"),
        }
        return Row(check.id, cells)

    def _selected(self) -> CheckDone | None:
        return self.live.progress.checks.get(self.table.cursor_key or "")

    def on_table_highlighted(self) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        check = self._selected()
        if check is None:
            return
        self.detail_title.note = f"{check.id}  {check.result}"
        parts: list[str | tuple[str, str]] = [check.title, "\n\n", check.evidence]
        if check.remedy:
            parts += ["\n\n", ("Remedy  ", "dim"), check.remedy]
        if check.command:
            parts += ["\n\n", ("Command\n", "dim"), check.command]
        self.detail.update(Content.assemble(*((self.symbols.text(p), "") if isinstance(p, str) else p for p in parts)))

    def action_copy(self) -> None:
        if (check := self._selected()) and check.command:
            self.app.copy_to_clipboard(check.command)
            self.notify("copied", timeout=4)

    def action_done(self) -> None:
        if self._finished():
            self.app.push_screen("done")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "done":
            return self._finished()
        return True
