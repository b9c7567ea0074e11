"""A dialog with all that can be written of a run."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from llmd_tui.commands.takeaway import Takeaway, Thing
from llmd_tui.errors import UserError
from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.box import Keys
from screens.widgets.frame import STYLES
from screens.widgets.modal import Modal
from screens.widgets.table import Cell, Column, Row, Table

COLUMNS = (
    Column("written", "", width=1),
    Column("label", "WHAT"),
    Column("file", "FILE", stretch=True, width=16),
    Column("note", "", keep=1),
)


def takeaway(run: LiveRun) -> Takeaway:
    """Of the run as it stands now."""
    return Takeaway(run.name, run.choice, run.plan, run.progress.checklist, run.directory, run.clock.time())


class TakeawayDialog(Modal[None]):
    """`first` is where the cursor begins: the first thing whose key begins with it. What was written has a tick."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close", id="takeaway.close"),
        Binding("enter", "write", "write it", id="takeaway.write"),
        Binding("a", "write_all", "write all", id="takeaway.all"),
    ]
    DEFAULT_CSS = """
    TakeawayDialog Box { width: 76; }
    TakeawayDialog Table { height: auto; margin: 1 0; }
    """

    def __init__(self, run: LiveRun, symbols: Symbols, *, first: str = "") -> None:
        super().__init__(symbols)
        self._run = run
        self._first = first
        self._table = Table(COLUMNS, symbols=symbols)
        self._said = Static(markup=False)

    def compose(self) -> ComposeResult:
        keys = (("escape", "close", True), ("enter", "write it", True), ("a", "write all", True))
        with self.box("Take along"):
            yield Static(Content.styled("no secret is in any of them", STYLES["quiet"]), markup=False)
            yield self._table
            yield self._said
            yield Keys(self._symbols, *keys)

    def on_mount(self) -> None:
        self._table.focus()
        self._show()
        first = (row.key for row in self._table.rows if row.key.startswith(self._first))
        self._table.move_to(next(first, ""))
        self._tell(f"into {Path.cwd()}")

    def _show(self) -> None:
        things = takeaway(self._run).things
        self._table.set_rows([self._row(thing) for thing in things])
        self._table.styles.height = len(things) + 1

    def _row(self, thing: Thing) -> Row:
        written = self._run.written.get(thing.key)
        cells = {
            "written": Cell(self._symbols.of("done") if written else "", "done"),
            "label": Cell(thing.label),
            "file": Cell(written.name if written else thing.file, "text" if written else "quiet"),
            "note": Cell(thing.what, "quiet"),
        }
        return Row(thing.key, cells)

    def on_table_picked(self) -> None:
        self.action_write()

    def action_write(self) -> None:
        if key := self._table.cursor_key:
            self._write([key])

    def action_write_all(self) -> None:
        self._write([row.key for row in self._table.rows])

    def _write(self, keys: list[str]) -> None:
        things = takeaway(self._run)
        try:
            for key in keys:
                self._run.written[key] = things.write(key, Path.cwd())
        except UserError as error:
            self._tell(f"{error.message} {error.remedy}", failed=True)
        else:
            names = [things.told(self._run.written[key]) for key in keys]
            self._tell(f"written to {names[0]}" if len(names) == 1 else f"{len(names)} written into {Path.cwd()}")
        self._show()

    def _tell(self, text: str, *, failed: bool = False) -> None:
        glyph = f"{self._symbols.of('failed')} " if failed else ""
        style = STYLES["failed" if failed else "quiet"]
        self._said.update(Content.styled(glyph + self._symbols.text(one_line(text)), style))
