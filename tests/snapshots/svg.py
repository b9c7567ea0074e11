"""A terminal's screen as SVG: a row of the screen is a line of the file, so that a diff reads like the screen.

Every run of letters says where it begins and how wide it is: columns stay columns in whatever font the reader has.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI, TerminalTheme
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.color import Color as Background
from textual.strip import Strip

COLUMN, ROW = 10, 20
"""A cell, in the picture's units."""
BASELINE = 15
MARGIN = 10
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}">
<style>text{{font:16.4px "Fira Code",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-variant-ligatures:none;\
white-space:pre}}rect{{shape-rendering:crispEdges}}.b{{font-weight:bold}}.u{{text-decoration:underline}}.i{{font-style:italic}}</style>
<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="8" fill="{ground}"/>
"""


@dataclass(frozen=True)
class Look:
    """How a cell is drawn; colours as `#rrggbb`. `marks` are classes: b, i, u."""

    ink: str
    ground: str
    marks: str = ""


@dataclass(frozen=True)
class Run:
    """Letters of one look, from a column on."""

    column: int
    text: str
    look: Look


def strips(app: App[Any]) -> list[list[Strip]]:
    """What the terminal shows, row by row; equal when that is the same."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return [list(row) for row in update.strips]


def rows(app: App[Any]) -> list[list[Run]]:
    """The same as runs of letters."""
    theme = _terminal(app)
    return [list(_runs((segment for strip in row for segment in strip), theme)) for row in strips(app)]


def draw(app: App[Any]) -> str:
    """The picture of what the terminal shows."""
    shown = rows(app)
    columns, height = app.size
    page = Background.parse(app.theme_variables["background"]).rich_color
    ground = _colour(page, _terminal(app), False)
    head = HEAD.format(
        left=-MARGIN, top=-MARGIN, width=columns * COLUMN + 2 * MARGIN, height=height * ROW + 2 * MARGIN, ground=ground
    )
    return head + "".join(f"{_row(runs, y * ROW, ground)}\n" for y, runs in enumerate(shown)) + "</svg>\n"


def text(picture: str) -> str:
    """What a picture says."""
    return "\n".join(_said(line) for line in picture.splitlines() if line.startswith("<g"))


def _terminal(app: App[Any]) -> TerminalTheme:
    """What a terminal makes of its own sixteen colours."""
    return app.ansi_theme if app.native_ansi_color else DIMMED_MONOKAI


def _runs(segments: Iterable[Segment], theme: TerminalTheme) -> Iterator[Run]:
    looks = ((segment.text, _look(segment.style or Style.null(), theme)) for segment in segments if not segment.control)
    column = 0
    for look, group in groupby(looks, key=lambda pair: pair[1]):
        letters = "".join(letters for letters, _ in group)
        yield Run(column, letters, look)
        column += cell_len(letters)


def _look(style: Style, theme: TerminalTheme) -> Look:
    ink, ground = _colour(style.color, theme, True), _colour(style.bgcolor, theme, False)
    if style.reverse:
        ink, ground = ground, ink
    if style.dim:
        ink = _between(ink, ground)
    marks = zip("biu", (style.bold, style.italic, style.underline), strict=True)
    return Look(ink, ground, "".join(mark for mark, on in marks if on))


def _colour(color: Color | None, theme: TerminalTheme, foreground: bool) -> str:
    return (color or Color.default()).get_truecolor(theme, foreground).hex


def _between(ink: str, ground: str) -> str:
    """What a terminal makes of `dim`."""
    pairs = [(int(ink[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)


def _row(runs: list[Run], y: int, ground: str) -> str:
    rects = [
        f'<rect x="{column * COLUMN}" y="{y}" width="{width * COLUMN}" height="{ROW}" fill="{look}"/>'
        for column, width, look in _grounds(runs)
        if look != ground
    ]
    words = [_word(run) for run in runs if run.text.strip()]
    line = f'<text y="{y + BASELINE}">{"".join(words)}</text>' if words else ""
    return f"<g>{''.join(rects)}{line}</g>"


def _grounds(runs: list[Run]) -> Iterator[tuple[int, int, str]]:
    for ground, group in groupby(runs, key=lambda run: run.look.ground):
        found = list(group)
        yield found[0].column, sum(cell_len(run.text) for run in found), ground


def _word(run: Run) -> str:
    letters = run.text.rstrip()
    first = len(letters) - len(letters.lstrip())
    letters = letters[first:]
    marks = f' class="{" ".join(run.look.marks)}"' if run.look.marks else ""
    place = f'x="{(run.column + first) * COLUMN}" textLength="{cell_len(letters) * COLUMN}"'
    return f'<tspan {place} fill="{run.look.ink}"{marks}>{escape(letters, quote=False)}</tspan>'


def _said(line: str) -> str:
    said = ""
    for x, letters in re.findall(r'<tspan x="(\d+)"[^>]*>([^<]*)</tspan>', line):
        said += " " * (int(x) // COLUMN - cell_len(said)) + unescape(letters)
    return said
