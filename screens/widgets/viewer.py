"""A text over the screen, to read and copy."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.frame import STYLES
from screens.widgets.modal import Modal


class Viewer(Modal[None]):
    """Scrolls; `c` copies all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "close", id="viewer.close"),
        Binding("c", "copy", "copy", id="viewer.copy"),
    ]
    DEFAULT_CSS = """
    Viewer > Vertical { width: 90%; height: 80%; padding: 0 1; }
    Viewer Static { height: auto; }
    """

    def __init__(self, title: str, text: str, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._symbols.text(self._title), "bold"), markup=False)
            with VerticalScroll():
                yield Static(Content(self._symbols.text(self._text)), markup=False)
            keys = Content.assemble(("esc", "bold"), " close   ", ("c", "bold"), " copy")
            yield Static(keys.stylize(STYLES["quiet"]), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._text)
        self.notify("copied", timeout=4)
