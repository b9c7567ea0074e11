"""The driver strategies side by side: each a column to choose, a row for each consequence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from screens.glyphs import Symbols
from screens.palette import cursor_style, lit_styles
from screens.widgets.frame import STYLES, cut
from screens.widgets.picker import Option
from screens.widgets.radio import Radio

LABEL = 20
INDENT = 5
"""Of a cell's text: it stands under the option's label."""
SIDE_BY_SIDE = 96
"""Cells from which on all of them have room; below, the chosen one alone has its column."""


@dataclass(frozen=True)
class Column:
    """`mark` stands beside the label; `reason` is why the strategy is not offered, or empty."""

    option: Option
    mark: str
    consequences: Mapping[str, str]
    reason: str


class StrategyTable(Radio):
    """The arrows choose in both directions; a click on a column chooses it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "previous", show=False, id="strategies.previous"),
        Binding("right", "turn(1)", "next", show=False, id="strategies.next"),
    ]
    columns: reactive[tuple[Column, ...]] = reactive((), layout=True)

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols, id="strategies")

    def show(self, columns: Sequence[Column]) -> None:
        self.options = tuple(column.option for column in columns)
        self.columns = tuple(columns)

    def watch_chosen(self) -> None:
        self.refresh(layout=True)

    @property
    def _wide_enough(self) -> bool:
        return self.content_size.width >= SIDE_BY_SIDE

    def lines(self) -> list[tuple[str, Content]]:
        if self._wide_enough:
            return [("", line) for line in self._grid(self.columns)]
        chosen = [column for column in self.columns if column.option.key == self.chosen]
        return [*super().lines(), ("", Content("")), *(("", line) for line in self._rows(chosen))]

    def on_click(self, event: events.Click) -> None:
        at = (event.x - LABEL) // self._room(len(self.columns)) if self._wide_enough and event.x >= LABEL else -1
        if 0 <= at < len(self.columns):
            self._choose(self.columns[at].option.key)
        elif not self._wide_enough and event.y < len(self.options):
            self._choose(self.options[event.y].key)

    def _room(self, columns: int) -> int:
        return max(INDENT + 10, (self.content_size.width - LABEL) // max(1, columns))

    def _grid(self, columns: Sequence[Column]) -> list[Content]:
        room = self._room(len(columns))
        heads = Content("").join(self._head(column, room) for column in columns)
        return [
            Content.assemble(" " * LABEL, heads),
            self._line("", columns, [""] * len(columns)),
            *self._rows(columns),
        ]

    def _rows(self, columns: Sequence[Column]) -> list[Content]:
        lines: list[Content] = []
        for label in dict.fromkeys(label for column in self.columns for label in column.consequences):
            lines += self._row(label, columns, [column.consequences.get(label, "") for column in columns])
        offered = [f"✗ {column.reason}" if column.reason else "✓ yes" for column in columns]
        return [*lines, self._line("", columns, [""] * len(columns)), *self._row("Offered here", columns, offered)]

    def _row(self, label: str, columns: Sequence[Column], texts: Sequence[str]) -> list[Content]:
        room = self._room(len(columns)) - INDENT
        parts = [wrap(text, room, subsequent_indent="  " if text[:1] in "✓✗" else "") or [""] for text in texts]
        height = max((len(part) for part in parts), default=0)
        cells = [part + [""] * (height - len(part)) for part in parts]
        return [
            self._line(label if line == 0 else "", columns, [cell[line] for cell in cells]) for line in range(height)
        ]

    def _line(self, label: str, columns: Sequence[Column], texts: Sequence[str]) -> Content:
        room = self._room(len(columns))
        cells = [self._cell(column, text, room) for column, text in zip(columns, texts, strict=True)]
        return Content.assemble((label.ljust(LABEL), STYLES["quiet"]), *cells)

    def _head(self, column: Column, room: int) -> Content:
        chosen = column.option.key == self.chosen
        lit = chosen and self.has_focus
        styles = lit_styles(self.app) if lit else STYLES
        mark = (f"  {column.mark}", styles["done" if column.mark == "recommended" else "quiet"])
        head = cut(Content.assemble(" ", self.head(column.option, styles), mark), room, self.symbols)
        content = Content.assemble(head, " " * (room - head.cell_length))
        return content.stylize(cursor_style(self.app) if lit else "on $surface") if chosen else content

    def _cell(self, column: Column, text: str, room: int) -> Content:
        style = STYLES["faint"] if column.reason else ""
        glyph = text[:1] if text[:1] in "✓✗" else ""
        tone = STYLES["done"] if glyph == "✓" else STYLES["quiet"]
        cell = Content.assemble(
            " " * INDENT, (self.symbols.text(glyph), tone), (self.symbols.text(text[len(glyph) :]), style)
        )
        cell = cut(cell, room, self.symbols)
        padded = Content.assemble(cell, " " * (room - cell.cell_length))
        return padded.stylize("on $surface") if column.option.key == self.chosen and len(self.columns) > 1 else padded
