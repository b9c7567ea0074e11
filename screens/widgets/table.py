"""A table that stays quick with ten thousand live rows: drawn line by line, updated by key."""

import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.glyphs import Role, Symbols
from screens.palette import Palette
from screens.widgets.cells import (
    GAP,
    INSET,
    Cell,
    Column,
    LazyRows,
    Row,
    fit,
    fit_cell,
    held_still,
    keys_of,
    length,
    widths,
)

__all__ = ["GAP", "INSET", "Cell", "Column", "LazyRows", "Row", "Table"]

STILL_SECONDS = 2.0
"""So long after a key no row of a live table moves, on the wall."""


class Table(ScrollView, can_focus=True):
    """Head line, then rows; the cursor stays on its key whatever comes and goes.

    `lit`: its cursor row shows as with the focus, which is in a field that narrows the rows.
    """

    LIVE: ClassVar[bool] = False
    """Rows come, go and change places by themselves, so they keep still for a while after a key."""
    TOP: ClassVar[bool] = False
    """The first row matters most: the cursor stays there until the user moves it."""
    HEAD: ClassVar[bool] = True
    """Whether there is a head line."""
    CELLS_BETWEEN: ClassVar[int] = GAP
    """Between two columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "down", show=False, id="table.down"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False, id="table.page_up"),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False, id="table.page_down"),
        Binding("home,g", "edge(-1)", "first", show=False, id="table.first"),
        Binding("end,G", "edge(1)", "last", show=False, id="table.last"),
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
        self._heads = (2 if any(column.over for column in columns) else 1) if self.HEAD else 0
        self._symbols = symbols or Symbols()
        self._empty = empty
        self._cursor = cursor
        self._lit = lit
        self._rows: Sequence[Row] = ()
        self._index: dict[str, int] = {}
        self._drawn: dict[int, Row] = {}
        self._widths: list[tuple[Column, int]] = []
        self._palette: Palette | None = None
        self._marks: dict[str, str] = {}
        self._moving = self._moved = False
        self._touched = -STILL_SECONDS
        self._dim = False

    # What the table holds

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        index = self._index.get(self.cursor_key or "")
        return None if index is None else self._rows[index]

    @property
    def still(self) -> bool:
        """Whether its rows keep their places for now."""
        return self.LIVE and time.monotonic() - self._touched < STILL_SECONDS

    def set_rows(self, rows: Iterable[Row], *, at_once: bool = False) -> None:
        """The rows as they are now, in order. Only lines that look different are drawn again.

        `at_once`: also when they should keep still, because the user asked for another order.
        """
        new: Sequence[Row] = rows if isinstance(rows, LazyRows) else list(rows)
        if self.still and not at_once:
            new = held_still(self._rows, new)
        before, self._rows = len(self._rows), new
        cursor_at = self._index.get(self.cursor_key or "")
        self._index = {key: position for position, key in enumerate(keys_of(new))}
        if self.cursor_key not in self._index or (self.TOP and not self._moved):
            self.cursor_key = self._nearest(0 if self.TOP and not self._moved else cursor_at or 0)
        widths_before = self._widths
        self._lay_out()
        if before != len(new) or widths_before != self._widths:
            self._measure()
        else:
            self.refresh_changed()

    def refresh_changed(self) -> None:
        """Draws the lines anew that look different now."""
        for position in self._visible():
            if self._drawn.get(position) != self._rows[position]:
                self._refresh_row(position)

    def width_of(self, key: str) -> int:
        """How many cells a column has now; 0 when it has left."""
        return next((width for column, width in self._widths if column.key == key), 0)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns from the next `set_rows` on."""
        self._all_columns = tuple(columns)

    def set_empty(self, text: str) -> None:
        """What stands there when there is no row: why, and what is usual."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def set_dim(self, dim: bool) -> None:
        """Whether its values are old."""
        if dim != self._dim:
            self._dim = dim
            self.refresh()

    def show_over(self, shown: bool) -> None:
        """Whether there is room for what stands above the head."""
        heads = 2 if shown and any(column.over for column in self._all_columns) else int(self.HEAD)
        if heads != self._heads:
            self._heads = heads
            self._measure()

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

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        if shown:
            # Textual tells it where it stands only while it is shown.
            self.vertical_scrollbar.position = self.scroll_y

    def to_top(self) -> None:
        """As if nobody had moved the cursor."""
        self._moved = False
        self._touched = -STILL_SECONDS

    def touch(self) -> None:
        """The user does something here: rows keep still for a while."""
        self._touched = time.monotonic()

    def action_move(self, by: int) -> None:
        self._go(self._index.get(self.cursor_key or "", 0) + by, by)

    def action_page(self, by: int) -> None:
        step = max(1, self.size.height - self._heads - 1)
        self._go(self._index.get(self.cursor_key or "", 0) + by * step, by)

    def action_edge(self, direction: int) -> None:
        self._go(0 if direction < 0 else len(self._rows) - 1, -direction)

    def _go(self, position: int, direction: int) -> None:
        self.touch()
        if not self._rows:
            return
        position = min(max(position, 0), len(self._rows) - 1)
        while 0 <= position < len(self._rows):
            if not self._rows[position].heading:
                self._point(self._rows[position].key)
                return
            position += direction or 1

    def _point(self, key: str) -> None:
        self._moving = self._moved = True
        self.cursor_key = key
        self._moving = False

    def _nearest(self, position: int) -> str | None:
        after = (self._rows[at] for at in range(position, len(self._rows)))
        before = (self._rows[at] for at in range(min(position, len(self._rows)) - 1, -1, -1))
        return next((row.key for part in (after, before) for row in part if not row.heading), None)

    def on_click(self, event: events.Click) -> None:
        self.touch()
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
        self._measure()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _: object) -> None:
        self._palette = None
        self.refresh()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + self._heads)
        self.refresh()

    def _visible(self) -> range:
        """The positions of the rows that are on the screen."""
        first = int(self.scroll_offset.y)
        return range(first, min(len(self._rows), first + max(0, self.size.height - self._heads)))

    def _refresh_row(self, position: int) -> None:
        line = position + self._heads - int(self.scroll_offset.y)
        if self._heads <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def _lay_out(self) -> None:
        """Which columns fit, and how wide each is."""
        room = self.scrollable_content_region.width - INSET - (0 if self.show_vertical_scrollbar else INSET)
        needed = {column.key: self._needs(column) for column in self._all_columns}
        self._widths = widths(self._all_columns, needed, room, self.CELLS_BETWEEN)

    def _needs(self, column: Column) -> int:
        if column.width is not None:
            return max(column.width, cell_len(self._title(column))) if self._marks.get(column.key) else column.width
        # Of rows that are made one by one, those on the screen decide.
        rows = [self._rows[at] for at in self._visible()] if isinstance(self._rows, LazyRows) else self._rows
        cells = (row.cells.get(column.key) for row in rows if not row.heading)
        return max([cell_len(self._title(column)), *(length(cell) for cell in cells if cell)])

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
            self._drawn.pop(position, None)
            return Strip.blank(width)
        row = self._drawn[position] = self._rows[position]
        return self._line(row, palette, width)

    def _head(self, palette: Palette) -> Strip:
        style = palette.style("quiet")
        parts = [fit(Cell(self._title(c)), c, size, style, self._symbols) for c, size in self._widths]
        return Strip(self._join(parts))

    def _over(self, palette: Palette) -> Strip:
        line, at = "", INSET
        for column, size in self._widths:
            if column.over:
                start = at + (max(0, size - cell_len(column.over)) if column.align == "right" and size else 0)
                line = f"{line} " if len(line) > start else line.ljust(start)
                line += column.over
            at += size + self.CELLS_BETWEEN
        return Strip([Segment(self._symbols.text(line), palette.style("faint"))])

    def _line(self, row: Row, palette: Palette, width: int) -> Strip:
        if row.heading:
            return self._rule(row, palette, width)
        parts: list[list[Segment]] = []

        here = self._cursor and row.key == self.cursor_key
        lit = here and (self.has_focus or self._lit)

        def styles(role: Role) -> Style:
            role = self._role(row, role)
            return palette.lit(role) if lit else palette.style(role)

        for column, size in self._widths:
            cell = row.cells.get(column.key, Cell(""))
            parts.append(fit_cell(cell, column, size, styles, self._symbols))
        strip = Strip(self._join(parts)).adjust_cell_length(width)
        return strip.apply_style(palette.cursor if lit else palette.cursor_unfocused) if here else strip

    def _role(self, row: Row, role: Role) -> Role:
        if self._dim:
            return "quiet"
        return "faint" if row.disabled and role == "text" else role

    def _rule(self, row: Row, palette: Palette, width: int) -> Strip:
        """`Not possible now  8 ─────`: what comes before two spaces is the title, after them its note."""
        title, gap, note = next(iter(row.cells.values())).text.partition("  ")
        rule = "─" * max(0, width - cell_len(title + gap + note) - 1 - 2 * INSET)
        parts: tuple[tuple[str, Role], ...] = ((title, "text"), (gap + note, "quiet"), (f" {rule}", "faint"))
        segments = [Segment(self._symbols.text(text), palette.style(role)) for text, role in parts]
        return Strip([Segment(" " * INSET), *segments]).adjust_cell_length(width)

    def _join(self, cells: list[list[Segment]]) -> list[Segment]:
        gap = Segment(" " * self.CELLS_BETWEEN)
        joined = [Segment(" " * INSET)]
        for position, parts in enumerate(cells):
            joined += [gap, *parts] if position else parts
        return joined
