"""A document as Markdown that reads well as text, too. Nothing from outside becomes markup, but `code`."""

import re
from collections.abc import Iterator, Sequence

from llmd_tui.render.document import Bars, Block, Cell, Code, Document, Heading, Mark, Paragraph, Table
from llmd_tui.text import block, one_line

_CODE = re.compile(r"(`[^`\n]+`)")
_SPECIAL = re.compile(r"([\\*\[\]|~])|(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s)")


def to_markdown(document: Document) -> str:
    lines = [f"# {inline(document.title)}"]
    for part in document.blocks:
        lines += ["", *_block(part)]
    return "\n".join(lines) + "\n"


def _block(part: Block) -> Iterator[str]:
    match part:
        case Heading():
            yield f"{'#' * part.level} {inline(part.text)}"
        case Paragraph():
            yield from (inline(line) for line in block(part.text).splitlines())
        case Code():
            yield from _code(part.text)
        case Table():
            yield from _table(part)
        case Bars():
            rows = [(bar.name, bar.length, bar.note) for bar in part.bars]
            yield from _table(Table(part.heads, rows, right=(1,)))


def _table(table: Table) -> Iterator[str]:
    yield _row(table.heads)
    yield "|" + "|".join("--:" if place in table.right else "---" for place in range(len(table.heads))) + "|"
    yield from (_row(row) for row in table.rows)


def _row(cells: Sequence[Cell]) -> str:
    texts = (inline(cell.text if isinstance(cell, Mark) else cell) for cell in cells)
    return "| " + " | ".join(texts) + " |"


def _code(text: str) -> Iterator[str]:
    shown = block(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}sh", shown, fence)


def inline(text: str) -> str:
    """One line; only what is between backticks is markup."""
    parts = _CODE.split(one_line(text))
    shown = "".join(part.replace("|", "\\|") if position % 2 else _escape(part) for position, part in enumerate(parts))
    return _LINE_START.sub(r"\1\\\2", shown)


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "\\`")
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
