"""What a table holds and how a line of it is laid out: columns, cells, rows, widths. No widget."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from llmd_tui.rollout.names import shorten
from screens.glyphs import Role, Symbols

GAP = 2
INSET = 1
"""The cursor's row is wider than what it says, by a cell at both sides."""
HIT = Style(reverse=True)


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
    """Text from outside is text: never markup. `hit` is searched for in it, whatever its case, and stands out.

    `sign` is a glyph before the text, in a colour of its own; `rest` follows the text, faint.
    """

    text: str
    role: Role = "text"
    hit: str = ""
    sign: str = ""
    sign_role: Role = "text"
    rest: str = ""


@dataclass(frozen=True)
class Row:
    """`heading` rows divide and are skipped by the cursor; `disabled` ones are faint but can be looked at."""

    key: str
    cells: Mapping[str, Cell]
    disabled: bool = False
    heading: bool = False


class LazyRows(Sequence[Row]):
    """Rows of which only the keys are there; one is made when it is looked at. None of them is a heading."""

    def __init__(self, keys: Sequence[str], make: Callable[[int], Row]) -> None:
        self.keys = keys
        self._make = make

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self._make(position) for position in range(*index.indices(len(self.keys)))]
        return self._make(index)


def length(cell: Cell) -> int:
    """In cells."""
    return cell_len(cell.text) + (2 if cell.sign else 0)


def keys_of(rows: Sequence[Row]) -> Sequence[str]:
    return rows.keys if isinstance(rows, LazyRows) else [row.key for row in rows]


def held_still(before: Sequence[Row], after: Sequence[Row]) -> Sequence[Row]:
    """The rows of `after` in the order of `before`: what is gone stays as it was, what is new comes last."""
    old, new = keys_of(before), keys_of(after)
    if old == new:
        return after
    where = {key: position for position, key in enumerate(new)}
    known = set(old)
    added = [key for key in new if key not in known]
    keys = [*old, *added]

    def make(position: int) -> Row:
        found = where.get(keys[position])
        return before[position] if found is None else after[found]

    return LazyRows(keys, make)


def widths(columns: Sequence[Column], needed: Mapping[str, int], room: int, gap: int) -> list[tuple[Column, int]]:
    """Which columns fit in that many cells, and how wide each is."""
    fitting = list(columns)
    size = {column.key: min(needed[column.key], column.least or needed[column.key]) for column in fitting}

    def total() -> int:
        return sum(size[column.key] for column in fitting) + gap * max(0, len(fitting) - 1)

    while fitting:
        leaving = max(fitting, key=lambda column: column.keep)
        if total() <= room or leaving.keep == 0:
            break
        fitting.remove(leaving)
    left = room - total()
    # First what would be cut, then what stretches.
    for column in sorted(fitting, key=lambda column: column.stretch):
        more = left if column.stretch else min(left, needed[column.key] - size[column.key])
        size[column.key] += max(0, more)
        left -= max(0, more)
    return [(column, size[column.key]) for column in fitting]


def fit_cell(cell: Cell, column: Column, size: int, styles: Callable[[Role], Style], symbols: Symbols) -> list[Segment]:
    """The cell, its glyph in front, in exactly `size` cells."""
    if cell.rest and len(cell.text) < size:
        own = Segment(symbols.text(cell.text), styles(cell.role))
        return [own, *fit(Cell(cell.rest), column, size - len(cell.text), styles("faint"), symbols)]
    if not cell.sign or size < 2:
        return fit(cell, column, size, styles(cell.role), symbols)
    sign = Segment(f"{cell.sign} ", styles(cell.sign_role))
    return [sign, *fit(cell, column, size - 2, styles(cell.role), symbols)]


def fit(cell: Cell, column: Column, size: int, style: Style, symbols: Symbols) -> list[Segment]:
    """The cell's text in exactly `size` cells."""
    # What is far too long is not measured to its end.
    text = symbols.text(cell.text[: 4 * size + 80].replace("\n", " ").replace("\t", " "))
    if column.names and cell_len(text) > size:
        text = symbols.text(shorten(cell.text, size, column.names))
    length = cell_len(text)
    if length > size:
        text = set_cell_size(text, max(0, size - 1)) + symbols.text("…")
    elif column.align == "right":
        text = " " * (size - length) + text
    else:
        text += " " * (size - length)
    return list(_marked(text, cell.hit, style)) if cell.hit else [Segment(text, style)]


def _marked(text: str, hit: str, style: Style) -> Iterator[Segment]:
    at, lower = 0, text.lower()
    while (found := lower.find(hit.lower(), at)) >= 0:
        yield Segment(text[at:found], style)
        yield Segment(text[found : found + len(hit)], style + HIT)
        at = found + len(hit)
    yield Segment(text[at:], style)
