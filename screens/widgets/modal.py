"""A box over the screen at hand."""

from typing import TypeVar

from textual.screen import ModalScreen
from textual.widget import Widget

from screens.glyphs import Symbols
from screens.widgets.box import Box

Result = TypeVar("Result")


class Modal(ModalScreen[Result]):
    """`danger`: what it asks for cannot be taken back."""

    DEFAULT_CSS = """
    Modal { align: center middle; background: $background 60%; }
    """

    def __init__(self, symbols: Symbols, *, danger: bool = False) -> None:
        super().__init__()
        self._symbols = symbols
        self._danger = danger

    def box(self, title: str, *children: Widget) -> Box:
        return Box(title, *children, symbols=self._symbols, danger=self._danger)
