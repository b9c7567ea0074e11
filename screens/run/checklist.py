"""The checklist as it fills in: all checks from the start, each with its evidence; repeated, waived, exported."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from llmd_tui.checks.checklist import CHECKS
from llmd_tui.checks.expected import expected
from llmd_tui.presets.checks import check_texts
from llmd_tui.run.checked import checklist_verdict, to_look
from llmd_tui.run.checklist import Line
from screens.glyphs import Symbols
from screens.run.check_asking import CheckAsking
from screens.run.check_detail import CheckDetail
from screens.run.check_rows import COLUMNS, LEFT_OUT, CheckRows
from screens.run.check_text import as_text
from screens.run.heading import standing
from screens.run.live import LiveRun
from screens.run.status import crumbs
from screens.run.takeaway import TakeawayDialog
from screens.widgets.entry import Entry
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer

REDRAW_SECONDS = 0.25
CHANGING = ("done", "describe", "copy", "log", "repeat", "waive")


class ChecklistScreen(CheckAsking):
    """Checks of the run: those before and those after."""

    CSS_PATH = "checklist.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "open", id="checklist.enter"),
        Binding("t", "done", "what now", id="checklist.done"),
        Binding("d", "describe", "describe", id="checklist.describe"),
        Binding("l", "log", "log", id="checklist.log"),
        Binding("r", "repeat", "repeat", id="checklist.repeat"),
        Binding("w", "waive", "waive", id="checklist.waive"),
        Binding("c", "copy", "copy", id="checklist.copy"),
        Binding("e", "export", "export", id="checklist.export"),
        Binding("slash", "filter", "filter", id="checklist.filter"),
        Binding("escape", "back", "run", id="checklist.back"),
    ]

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.expected = expected(run.choice, run.plan)
        self.table = Table(COLUMNS, symbols=symbols, empty="This plan has no checks.", id="checks")
        self.detail = CheckDetail(symbols)
        self.title_line = PaneTitle("Checks", symbols=symbols)
        self.filter = Entry(placeholder="part of a name, a result or the evidence", id="check-filter")
        self._works: tuple[bool | None, ...] = ()

    def body(self) -> Iterable[Widget]:
        pane = Pane(self.title_line, self.filter, self.table, classes="fill")
        yield Vertical(pane, classes="column left", id="checks-column")
        yield Vertical(self.detail, classes="column right", id="check-column")

    def on_mount(self) -> None:
        self.header.crumbs = crumbs(self.live)
        self.set_interval(REDRAW_SECONDS, self._redraw)
        self.table.focus()
        self.show()

    def on_screen_resume(self) -> None:
        self.show()

    def _redraw(self) -> None:
        if self.is_current:
            self.show()

    # What is shown

    def show(self) -> None:
        checklist = self.live.progress.checklist
        rows = CheckRows(checklist, self.live.clock, self.symbols, self.filter.value.strip()).rows()
        self.table.set_empty(
            f'No check fits "{self.filter.value}". esc clears it.' if self.filter.value else "This plan has no checks."
        )
        self.table.set_rows(rows)
        whole = len(checklist.lines)
        shown = sum(not row.heading and not row.key.startswith(LEFT_OUT) for row in rows)
        self.title_line.note = f"{shown} of {whole}" if self.filter.value else str(whole)
        to_go = len(to_look(self.live.progress))
        self.title_line.right = f"{self.symbols.of('running')} {to_go} to go" if to_go else ""
        self.header.state, self.header.facts = standing(self.live)
        self.say(self.told or self._verdict())
        self._show_detail()
        self._show_keys()

    def _show_keys(self) -> None:
        """Only when others work than before."""
        works = tuple(self.check_action(action, ()) for action in CHANGING)
        if works != self._works:
            self._works = works
            self.refresh_bindings()

    def _verdict(self) -> Verdict:
        clock = self.live.clock
        said = checklist_verdict(self.live.progress, clock.time(), clock.speed)
        key = said.key if self.live.here or said.state != "failed" else "esc run"
        return Verdict(said.state, said.text, said.usual, key, said.short)

    def _show_detail(self) -> None:
        line, checklist = self.selected, self.live.progress.checklist
        reason = ""
        if line is not None:
            reason = checklist.skipped.get(line.phase, "") or (
                checklist.left_out.get(line.id, "") if not line.phase else ""
            )
        command = CHECKS[line.id].command(self.expected) if line and line.id in CHECKS and line.phase else ""
        self.detail.show(line, command=command, reason=reason, compact=self.has_class("-narrow"))

    @property
    def selected(self) -> Line | None:
        """The check under the cursor. One that is no part of the plan has no phase."""
        key = self.table.cursor_key or ""
        if key.startswith(LEFT_OUT):
            return Line(key.removeprefix(LEFT_OUT), "")
        return self.live.progress.checklist.lines.get(key)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.moved:
            self.told = None
        self._show_detail()
        self._show_keys()

    @property
    def finished(self) -> bool:
        ended = self.live.progress.ended
        return ended is not None and ended.outcome == "done"

    # What can be asked

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "done":
            return self.finished
        if action not in CHANGING:
            return True
        line = self.selected
        if line is None or not line.phase:
            return line is not None and action == "describe"
        here, done = self.live.here, line.done
        works = {
            "log": lambda: self.log_subject() is not None,
            "repeat": lambda: here and done is not None and line.started is None,
            "waive": lambda: here and done is not None and done.result == "fail",
        }.get(action)
        return works() if works else True

    def action_enter(self) -> None:
        if self.filter.has_focus:
            self.table.focus()
        elif self.finished:
            self.action_done()
        else:
            self.action_describe()

    def action_done(self) -> None:
        self.app.push_screen("done")

    def action_back(self) -> None:
        if self.has_class("-filter"):
            self.filter.value = ""
            self.remove_class("-filter")
            self.table.focus()
            self.show()
        else:
            self.app.pop_screen()

    def action_filter(self) -> None:
        self.add_class("-filter")
        self.filter.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show()

    def action_describe(self) -> None:
        if line := self.selected:
            checklist = self.live.progress.checklist
            reason = checklist.left_out.get(line.id, "") if not line.phase else checklist.skipped.get(line.phase, "")
            command = CHECKS[line.id].command(self.expected) if line.phase else ""
            self.app.push_screen(Viewer(line.id, as_text(line, reason, command), self.symbols))

    def action_copy(self) -> None:
        if line := self.selected:
            self.app.copy_to_clipboard(CHECKS[line.id].command(self.expected) or check_texts()[line.id].title)
            self.notify("copied", timeout=4)

    def action_export(self) -> None:
        self.app.push_screen(TakeawayDialog(self.live, self.symbols, first="checks"))
