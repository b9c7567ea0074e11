"""One glyph, one word, one colour role for each state; an ASCII twin for terminals without Unicode."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmd_tui.text import block

State: TypeAlias = Literal["pending", "waiting", "running", "done", "slow", "failed", "blocked", "skipped", "stale"]
Role: TypeAlias = Literal["text", "quiet", "faint", "running", "done", "slow", "failed", "bold"]


@dataclass(frozen=True)
class Glyph:
    unicode: str
    ascii: str
    role: Role


GLYPHS: dict[State, Glyph] = {
    "pending": Glyph("·", ".", "faint"),
    "waiting": Glyph("○", "o", "quiet"),
    "running": Glyph("●", ">", "running"),
    "done": Glyph("✓", "v", "done"),
    "slow": Glyph("▲", "!", "slow"),
    "failed": Glyph("✗", "X", "failed"),
    "blocked": Glyph("■", "#", "faint"),
    "skipped": Glyph("–", "-", "faint"),
    "stale": Glyph("◇", "?", "slow"),
}

_ASCII = str.maketrans(
    {
        **{glyph.unicode: glyph.ascii for glyph in GLYPHS.values()},
        "…": "*",
        "›": ">",
        "×": "x",
        "↓": "v",
        "↑": "^",
        "─": "-",
        "│": "|",
        "—": "-",
        "━": "=",
        "╍": "+",
        "┄": ".",
        "╌": ".",
        "╭": "+",
        "╮": "+",
        "╰": "+",
        "╯": "+",
    }
)


def to_ascii(text: str) -> str:
    """The same text for a terminal that has no more than ASCII."""
    return text.translate(_ASCII).encode("ascii", "replace").decode()


class Symbols:
    """The glyphs of one terminal."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        self.ascii_only = ascii_only

    def of(self, state: State) -> str:
        glyph = GLYPHS[state]
        return glyph.ascii if self.ascii_only else glyph.unicode

    def text(self, text: str) -> str:
        """Fit for this terminal, wherever it comes from."""
        text = block(text)
        return to_ascii(text) if self.ascii_only else text
