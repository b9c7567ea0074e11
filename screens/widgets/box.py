"""What dialogs are drawn in: a border that holds the title, and the keys in the last row."""

from collections.abc import Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.spelling import spelt
from screens.widgets.frame import STYLES, press

Hint = tuple[str, str, bool]
"""A key by Textual's name, what it does, and whether it does that now."""


class Box(Vertical):
    """`danger`: what is asked here cannot be taken back."""

    DEFAULT_CSS = """
    Box {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $primary; border-title-style: bold; border-title-color: $foreground;
    }
    Box.-danger { border: round $error; border-title-color: $text-error; }
    Box.-ascii { border: ascii $primary; }
    Box.-ascii.-danger { border: ascii $error; }
    Box:ansi { border-title-color: ansi_default; }
    Box > Static { height: auto; }
    """

    def __init__(self, title: str, *children: Widget, symbols: Symbols, danger: bool = False) -> None:
        super().__init__(*children)
        self.set_class(symbols.ascii_only, "-ascii")
        self.set_class(danger, "-danger")
        self.border_title = Content(symbols.text(title))


class Keys(Static):
    """The safe key at the left, what acts at the right; a click on one presses it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Keys {
        height: 1; margin-top: 1;
        link-style: none; link-color: auto; link-background: initial; link-style-hover: none;
        link-background-hover: $primary-muted; link-color-hover: auto;
    }
    """

    def __init__(self, symbols: Symbols, *hints: Hint) -> None:
        super().__init__(markup=False)
        self._symbols = symbols
        self._hints: Sequence[Hint] = hints

    def show(self, *hints: Hint) -> None:
        self._hints = hints
        self.refresh()

    def render(self) -> Content:
        safe, *others = (self._drawn(*hint) for hint in self._hints)
        acts = Content("   ").join(others)
        return Content.assemble(safe, " " * max(3, self.content_size.width - safe.cell_length - acts.cell_length), acts)

    def _drawn(self, key: str, words: str, now: bool) -> Content:
        if not now:
            return Content.styled(self._symbols.text(f"{spelt(key)} {words}"), STYLES["quiet"])
        return Content.assemble((spelt(key), "bold"), " ", self._symbols.text(words)).stylize(press(key))
