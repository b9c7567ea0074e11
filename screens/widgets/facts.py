"""Labels with texts beside them that fold under themselves, for panes that are read and not filled in."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from textual.content import Content

from llmd_tui.text import block
from screens.glyphs import Role, Symbols
from screens.widgets.frame import STYLES

Fact = tuple[str, str, Role]
"""Label, text and the text's role. A text may have several lines."""
_MARKS = "/.-_=:,"


def facts(rows: Sequence[Fact], width: int, symbols: Symbols, *, label: int = 10) -> Content:
    """Each label once, its text at its right, folded at words."""
    lines: list[Content] = []
    for name, text, role in rows:
        room = max(8, width - label)
        for place, line in enumerate(folded(block(symbols.text(text)), room)):
            head = name if place == 0 else ""
            lines.append(Content.assemble((f"{head:<{label}}", STYLES["quiet"]), (line, STYLES[role])))
    return Content("\n").join(lines)


def folded(text: str, width: int) -> Iterator[str]:
    """The lines of a text, none wider than `width` cells; what begins with spaces keeps them."""
    for line in text.split("\n"):
        yield from _fold(line, max(1, width))


def _fold(line: str, width: int) -> Iterator[str]:
    if cell_len(line) <= width:
        yield line
        return
    indent = line[: len(line) - len(line.lstrip())][: width // 2]
    shown = indent
    for word in line.split():
        candidate = f"{shown} {word}" if shown.strip() else shown + word
        if cell_len(candidate) <= width:
            shown = candidate
            continue
        if shown.strip():
            yield shown
        *full, shown = [indent + part for part in _chop(word, width - len(indent))]
        yield from full
    yield shown


def _chop(word: str, width: int) -> Iterator[str]:
    """A word that is wider, as addresses and names are: after a mark where one is not too far to the left."""
    while cell_len(word) > width:
        head = chop_cells(word, width)[0]
        mark = max(head.rfind(mark) for mark in _MARKS) + 1
        cut = mark if mark > len(head) // 2 else len(head)
        yield word[:cut]
        word = word[cut:]
    yield word
