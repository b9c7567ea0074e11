"""Bars of what is counted, and of time; the numbers beside them say the same."""

from collections.abc import Sequence

from textual.content import Content

from screens.glyphs import Role, Symbols
from screens.widgets.frame import STYLES

Part = tuple[float, str, Role]


def bar(parts: Sequence[Part], whole: float, width: int, symbols: Symbols) -> Content:
    """Each part is (amount, glyph, role), drawn one after the other; what is left of `whole` as `┄`."""
    drawn: list[tuple[str, str]] = []
    at, used = 0.0, 0
    for amount, glyph, role in parts:
        at += max(0.0, amount)
        until = min(width, round(at / whole * width)) if whole > 0 else 0
        drawn.append((symbols.text(glyph * (until - used)), STYLES[role]))
        used = until
    return Content.assemble(*drawn, (symbols.text("┄" * (width - used)), STYLES["faint"]))
