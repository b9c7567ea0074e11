"""An object in full over the screen: described, or as YAML."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.modal import Modal
from screens.widgets.table import Cell, Column, LazyRows, Row, Table


class Lines(Table):
    """Text of any length, line by line."""

    HEAD = False

    def __init__(self, symbols: Symbols) -> None:
        super().__init__((Column("line", "", width=20, stretch=True),), symbols=symbols, id="lines")

    def fill(self, text: str) -> None:
        lines = [one_line(line) for line in text.splitlines()]
        heads = {at for at, line in enumerate(lines) if at and line and not lines[at - 1] and not line.startswith(" ")}

        def row(at: int) -> Row:
            return Row(str(at), {"line": Cell(lines[at], "bold" if at in heads else "text")})

        self.set_rows(LazyRows([str(at) for at in range(len(lines))], row))
        self.move_to("0")


class DescribeScreen(Modal[None]):
    """`y` turns between the description and the YAML, where there is one; `c` copies what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d", "dismiss", "close", id="describe.close"),
        Binding("y", "turn", "YAML", id="describe.yaml"),
        Binding("c", "copy", "copy", id="describe.copy"),
    ]
    DEFAULT_CSS = """
    DescribeScreen Box { width: 90%; height: 90%; padding: 1; }
    """

    def __init__(self, title: str, text: str, symbols: Symbols, yaml: str = "") -> None:
        super().__init__(symbols)
        self._title = title
        self._texts = (text, yaml)
        self._turned = False
        self._keys = Keys(symbols, ("escape", "close", True))
        self.lines = Lines(symbols)

    @property
    def shown(self) -> str:
        return self._texts[self._turned]

    def compose(self) -> ComposeResult:
        with self.box(self._title):
            yield self.lines
            yield self._keys

    def on_mount(self) -> None:
        self.lines.focus()
        self._show()

    def _show(self) -> None:
        self.lines.fill(self.shown)
        other = [("y", "described" if self._turned else "YAML", True)] if self._texts[1] else []
        self._keys.show(("escape", "close", True), *other, ("c", "copy", True))

    def action_turn(self) -> None:
        if self._texts[1]:
            self._turned = not self._turned
            self._show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.shown)
        self.notify("copied", timeout=4)
