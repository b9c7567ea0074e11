"""A text over the screen, to read and copy."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.modal import Modal


class Viewer(Modal[None]):
    """Scrolls; `c` copies all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "close", id="viewer.close"),
        Binding("c", "copy", "copy", id="viewer.copy"),
    ]
    DEFAULT_CSS = """
    Viewer Box { width: 90%; height: 80%; }
    Viewer VerticalScroll { height: 1fr; }
    Viewer VerticalScroll Static { height: auto; }
    """

    def __init__(self, title: str, text: str, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with self.box(self._title):
            with VerticalScroll():
                yield Static(Content(self._symbols.text(self._text)), markup=False)
            yield Keys(self._symbols, ("escape", "close", True), ("c", "copy", True))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._text)
        self.notify("copied", timeout=4)
