"""A document for people, built once and written as Markdown or as HTML. Its texts may come from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Mood: TypeAlias = Literal["done", "slow", "failed", "skipped"]
GLYPHS: dict[Mood, str] = {"done": "✓", "slow": "▲", "failed": "✗", "skipped": "–"}


@dataclass(frozen=True)
class Mark:
    """A state: its glyph goes before the word."""

    mood: Mood
    word: str

    @property
    def text(self) -> str:
        return f"{GLYPHS[self.mood]} {self.word}"


Cell: TypeAlias = str | Mark


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """`between backticks` is code."""

    text: str


@dataclass(frozen=True)
class Code:
    """Something to copy, line by line as it is."""

    text: str


@dataclass(frozen=True)
class Table:
    """`right` are the columns, by place, that hold numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: Sequence[int] = ()


@dataclass(frozen=True)
class Bar:
    """`share` of the longest one's length, 0 to 1; `stuck` is what of the whole length was spent stuck."""

    name: str
    length: str
    share: float
    stuck: float = 0.0
    note: str = ""


@dataclass(frozen=True)
class Bars:
    """Lengths of time side by side. `heads` are three: name, length, note."""

    heads: tuple[str, str, str]
    bars: Sequence[Bar]


Block: TypeAlias = Heading | Paragraph | Code | Table | Bars


@dataclass(frozen=True)
class Document:
    title: str
    blocks: Sequence[Block] = field(default=())
