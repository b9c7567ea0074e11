"""A table that stays quick with ten thousand live rows: drawn line by line, updated by key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from llmd_tui.rollout.names import shorten
from screens.glyphs import Role, Symbols
from screens.palette import Palette

GAP = 2
INSET = 1
"""The cursor's row is wider than what it says, by a cell at both sides."""


@dataclass(frozen=True)
class Column:
    """`keep` orders who leaves when it gets narrow: 0 never does, the highest goes first.

    `width` None takes what its content needs; `stretch` takes what is left on top, `width` being the least then.
    `over` stands above the head, for this column and those after it: a unit, what they count. `names` are cut in the
    middle, at the words that this separates.
    """

    key: str
    title: str
    align: Literal["left", "right"] = "left"
    width: int | None = None
    least: int | None = None
    stretch: bool = False
    keep: int = 0
    over: str = ""
    names: str = ""


@dataclass(frozen=True)
class Cell:
    """Text from outside is text: never markup."""

    text: str
    role: Role = "text"


@dataclass(frozen=True)
class Row:
    """`heading` rows divide and are skipped by the cursor; `disabled` ones are faint but can be looked at."""

    key: str
    cells: Mapping[str, Cell]
    disabled: bool = False
    heading: bool = False


class Table(ScrollView, can_focus=True):
    """Head line, then rows; the cursor stays on its key whatever comes and goes.

    `lit`: its cursor row shows as with the focus, which is in a field that narrows the rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False),
        Binding("home,g", "edge(-1)", "first", show=False),
        Binding("end,G", "edge(1)", "last", show=False),
    ]
    DEFAULT_CSS = """
    Table { height: 1fr; background: transparent; scrollbar-size-vertical: 1; overflow-x: hidden; }
    Table:focus { background: transparent; }
    """

    cursor_key: reactive[str | None] = reactive(None, repaint=False)

    class Highlighted(Message):
        """The cursor came to another row. `moved`: by the user, not because rows came or went."""

        def __init__(self, table: "Table", key: str, moved: bool) -> None:
            super().__init__()
            self.table, self.key, self.moved = table, key, moved

        @property
        def control(self) -> "Table":
            return self.table

    class Picked(Highlighted):
        """A second click on the row; means what `enter` means."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        symbols: Symbols | None = None,
        empty: str = "",
        cursor: bool = True,
        lit: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._all_columns = tuple(columns)
        self._heads = 2 if any(column.over for column in columns) else 1
        self._symbols = symbols or Symbols()
        self._empty = empty
        self._cursor = cursor
        self._lit = lit
        self._rows: list[Row] = []
        self._index: dict[str, int] = {}
        self._widths: list[tuple[Column, int]] = []
        self._palette: Palette | None = None
        self._marks: dict[str, str] = {}
        self._moving = False

    # What the table holds

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        index = self._index.get(self.cursor_key or "")
        return None if index is None else self._rows[index]

    def set_rows(self, rows: Iterable[Row]) -> None:
        """The rows as they are now, in order. Only lines that look different are drawn again."""
        new = list(rows)
        old, self._rows = self._rows, new
        cursor_at = self._index.get(self.cursor_key or "")
        self._index = {row.key: position for position, row in enumerate(new)}
        if self.cursor_key not in self._index:
            self.cursor_key = self._nearest(cursor_at or 0)
        widths_before = self._widths
        self._lay_out()
        if len(old) != len(new) or widths_before != self._widths:
            self.virtual_size = Size(self.size.width, len(new) + self._heads)
            self.refresh()
            return
        for position, (before, after) in enumerate(zip(old, new, strict=True)):
            if before is not after and before != after:
                self._refresh_row(position)

    def width_of(self, key: str) -> int:
        """How many cells a column has now; 0 when it has left."""
        return next((width for column, width in self._widths if column.key == key), 0)

    def set_empty(self, text: str) -> None:
        """What stands there when there is no row: why, and what is usual."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def mark(self, column: str, mark: str) -> None:
        """A sign after a column's head: `↓` where the order comes from."""
        if self._marks.get(column, "") != mark:
            self._marks[column] = mark
            self._lay_out()
            self.refresh()

    def _title(self, column: Column) -> str:
        mark = self._marks.get(column.key)
        return self._symbols.text(f"{column.title} {mark or ''}".strip() if column.title else mark or "")

    def move_to(self, key: str) -> None:
        if key in self._index:
            self.cursor_key = key

    # The cursor

    def watch_cursor_key(self, before: str | None, after: str | None) -> None:
        for key in (before, after):
            if key is not None and key in self._index:
                self._refresh_row(self._index[key])
        if after is not None and after in self._index:
            # With the rows above: the head covers the first lines.
            self.scroll_to_region(Region(0, self._index[after], 1, self._heads + 1), animate=False, force=True)
            self.post_message(self.Highlighted(self, after, self._moving))

    def action_move(self, by: int) -> None:
        self._go(self._index.get(self.cursor_key or "", 0) + by, by)

    def action_page(self, by: int) -> None:
        step = max(1, self.size.height - self._heads - 1)
        self._go(self._index.get(self.cursor_key or "", 0) + by * step, by)

    def action_edge(self, direction: int) -> None:
        self._go(0 if direction < 0 else len(self._rows) - 1, -direction)

    def _go(self, position: int, direction: int) -> None:
        if not self._rows:
            return
        position = min(max(position, 0), len(self._rows) - 1)
        while 0 <= position < len(self._rows):
            if not self._rows[position].heading:
                self._point(self._rows[position].key)
                return
            position += direction or 1

    def _point(self, key: str) -> None:
        self._moving = True
        self.cursor_key = key
        self._moving = False

    def _nearest(self, position: int) -> str | None:
        after = (row.key for row in self._rows[position:] if not row.heading)
        before = (row.key for row in reversed(self._rows[:position]) if not row.heading)
        return next(after, None) or next(before, None)

    def on_click(self, event: events.Click) -> None:
        position = int(event.y + self.scroll_offset.y) - self._heads
        if event.y < self._heads or not 0 <= position < len(self._rows) or self._rows[position].heading:
            return
        key = self._rows[position].key
        if key == self.cursor_key:
            self.post_message(self.Picked(self, key, True))
        else:
            self._point(key)

    # Drawing

    def on_resize(self) -> None:
        self._lay_out()
        self.virtual_size = Size(self.size.width, len(self._rows) + self._heads)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _: object) -> None:
        self._palette = None
        self.refresh()

    def _refresh_row(self, position: int) -> None:
        line = position + self._heads - int(self.scroll_offset.y)
        if self._heads <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def _lay_out(self) -> None:
        """Which columns fit, and how wide each is."""
        room = self.scrollable_content_region.width - INSET - (0 if self.show_vertical_scrollbar else INSET)
        columns = list(self._all_columns)
        needed = {column.key: self._needs(column) for column in columns}
        least = {column.key: min(needed[column.key], column.least or needed[column.key]) for column in columns}
        while columns:
            leaving = max(columns, key=lambda column: column.keep)
            if _total(least, columns) <= room or leaving.keep == 0:
                break
            columns.remove(leaving)
        left = room - _total(least, columns)
        # First what would be cut, then what stretches.
        for column in sorted(columns, key=lambda column: column.stretch):
            more = left if column.stretch else min(left, needed[column.key] - least[column.key])
            least[column.key] += max(0, more)
            left -= max(0, more)
        self._widths = [(column, least[column.key]) for column in columns]

    def _needs(self, column: Column) -> int:
        if column.width is not None:
            return column.width
        cells = (row.cells.get(column.key) for row in self._rows if not row.heading)
        return max([cell_len(self._title(column)), *(cell_len(cell.text) for cell in cells if cell)])

    def render_line(self, y: int) -> Strip:
        return self._draw(y).apply_style(self.rich_style)

    def _draw(self, y: int) -> Strip:
        width = self.size.width
        palette = self._palette = self._palette or Palette(self.app)
        if y < self._heads:
            head = self._head(palette) if y == self._heads - 1 else self._over(palette)
            return head.adjust_cell_length(width)
        position = y + int(self.scroll_offset.y) - self._heads
        if not self._rows and position == 0:
            text = " " * INSET + self._symbols.text(self._empty)
            return Strip([Segment(text, palette.style("quiet"))]).adjust_cell_length(width)
        if position >= len(self._rows):
            return Strip.blank(width)
        return self._line(self._rows[position], palette, width)

    def _head(self, palette: Palette) -> Strip:
        style = palette.style("quiet")
        return Strip(self._join([self._fit(self._title(column), column, size, style) for column, size in self._widths]))

    def _over(self, palette: Palette) -> Strip:
        line, at = "", INSET
        for column, size in self._widths:
            if column.over:
                start = at + (max(0, size - cell_len(column.over)) if column.align == "right" and size else 0)
                line = f"{line} " if len(line) > start else line.ljust(start)
                line += column.over
            at += size + GAP
        return Strip([Segment(self._symbols.text(line), palette.style("faint"))])

    def _line(self, row: Row, palette: Palette, width: int) -> Strip:
        if row.heading:
            return self._rule(row, palette, width)
        segments: list[Segment] = []
        for column, size in self._widths:
            cell = row.cells.get(column.key, Cell(""))
            role = cell.role if not row.disabled or cell.role != "text" else "faint"
            segments.append(self._fit(self._symbols.text(cell.text), column, size, palette.style(role)))
        strip = Strip(self._join(segments)).adjust_cell_length(width)
        if self._cursor and row.key == self.cursor_key:
            lit = self.has_focus or self._lit
            strip = strip.apply_style(palette.cursor if lit else palette.cursor_unfocused)
            if self.app.native_ansi_color or self.app.no_color:
                strip = strip.apply_style(Style(reverse=lit))
        return strip

    def _rule(self, row: Row, palette: Palette, width: int) -> Strip:
        """`Not possible now  8 ─────`: what comes before two spaces is the title, after them its note."""
        title, gap, note = next(iter(row.cells.values())).text.partition("  ")
        rule = "─" * max(0, width - cell_len(title + gap + note) - 1 - 2 * INSET)
        parts = ((title, "text"), (gap + note, "quiet"), (f" {rule}", "faint"))
        segments = [Segment(self._symbols.text(text), palette.style(role)) for text, role in parts]
        return Strip([Segment(" " * INSET), *segments]).adjust_cell_length(width)

    def _fit(self, text: str, column: Column, size: int, style: Style) -> Segment:
        text = text.replace("\n", " ").replace("\t", " ")
        if column.names and cell_len(text) > size:
            text = self._symbols.text(shorten(text, size, column.names))
        length = cell_len(text)
        if length > size:
            text = set_cell_size(text, max(0, size - 1)) + self._symbols.text("…")
        elif column.align == "right":
            text = " " * (size - length) + text
        else:
            text += " " * (size - length)
        return Segment(text, style)

    @staticmethod
    def _join(segments: list[Segment]) -> list[Segment]:
        gap = Segment(" " * GAP)
        joined = [part for segment in segments for part in (segment, gap)]
        return [Segment(" " * INSET), *joined[:-1]]


def _total(widths: Mapping[str, int], columns: Sequence[Column]) -> int:
    return sum(widths[column.key] for column in columns) + GAP * max(0, len(columns) - 1)
