"""A dialog to pick one of several things: type to narrow, enter to take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.entry import Entry
from screens.widgets.modal import Modal
from screens.widgets.table import Cell, Column, Row, Table


@dataclass(frozen=True)
class Option:
    """`note` is quiet and at the right; `reason` says why it cannot be chosen, or is empty."""

    key: str
    label: str
    note: str = ""
    reason: str = ""


class Picker(Modal[str | None]):
    """Returns the key, or None when nothing was picked. `head` is the column's, by default the title."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", id="picker.close"),
        Binding("enter", "take", "take", priority=True, id="picker.take"),
        Binding("down", "move(1)", "down", show=False, priority=True, id="picker.down"),
        Binding("up", "move(-1)", "up", show=False, priority=True, id="picker.up"),
    ]
    DEFAULT_CSS = """
    Picker Box { padding: 1; }
    Picker Entry, Picker Entry:focus { background: transparent; }
    Picker Table { height: auto; max-height: 14; }
    """

    def __init__(self, title: str, options: Sequence[Option], current: str, symbols: Symbols, head: str = "") -> None:
        super().__init__(symbols)
        self._title = title
        self._options = options
        self._current = current
        self._filter = Entry(placeholder="type to narrow")
        columns = (Column("label", (head or title).upper(), stretch=True), Column("note", "", keep=1))
        self._table = Table(columns, symbols=symbols, empty="Nothing here is called that.", lit=True)

    def compose(self) -> ComposeResult:
        with self.box(self._title):
            yield self._filter
            yield self._table
            yield Keys(self._symbols, ("escape", "close", True), ("enter", "take it", True))

    def on_mount(self) -> None:
        self._show("")
        self._table.move_to(self._current)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        self._table.action_move(by)

    def action_take(self) -> None:
        row = self._table.current
        if row and not row.disabled:
            self.dismiss(row.key)

    def on_table_picked(self) -> None:
        self.action_take()

    def _show(self, text: str) -> None:
        kept = [option for option in self._options if text.lower() in option.label.lower()]
        self._table.set_rows([_row(option) for option in kept])
        self._table.styles.height = min(14, len(kept) + 1)


def _row(option: Option) -> Row:
    note = Cell(option.reason or option.note, "quiet")
    return Row(option.key, {"label": Cell(option.label), "note": note}, disabled=bool(option.reason))
