"""A box over the screen at hand."""

from typing import TypeVar

from textual.screen import ModalScreen

from screens.glyphs import Symbols

Result = TypeVar("Result")


class Modal(ModalScreen[Result]):
    """As wide as a sentence; `danger`: what it asks for cannot be taken back."""

    DEFAULT_CSS = """
    Modal { align: center middle; background: $background 60%; }
    Modal > Vertical, Modal > VerticalScroll {
        width: 64; max-width: 100%; height: auto; padding: 1 2; background: $surface; border: round $primary;
    }
    Modal.-danger > Vertical { border: round $error; }
    Modal.-ascii > Vertical, Modal.-ascii > VerticalScroll { border: ascii $primary; }
    Modal.-ascii.-danger > Vertical { border: ascii $error; }
    """

    def __init__(self, symbols: Symbols, *, danger: bool = False) -> None:
        super().__init__()
        self.set_class(symbols.ascii_only, "-ascii")
        self.set_class(danger, "-danger")
        self._symbols = symbols
