"""Which answers file to open."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.entry import Entry
from screens.widgets.modal import Modal


class OpenDialog(Modal[Path | None]):
    """Ends with a path that is a file, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close", show=False, id="open.close"),
        Binding("f1", "app.help", "help", show=False, id="open.help"),
    ]
    DEFAULT_CSS = """
    OpenDialog #wrong { color: $text-error; min-height: 1; }
    """

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._wrong = Static(markup=False, id="wrong")

    def compose(self) -> ComposeResult:
        with self.box("Open an answers file"):
            yield Entry(placeholder="path of a file, ~ is your home", select_on_focus=False)
            yield self._wrong
            yield Keys(self._symbols, ("escape", "close", True), ("enter", "open", True))

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        self._wrong.update("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        if not text:
            return
        try:
            path = Path(text).expanduser()
            found = path.is_file()
        except (OSError, RuntimeError, ValueError):
            path, found = Path(text), False
        if found:
            self.dismiss(path)
        else:
            mark = self._symbols.of("failed")
            self._wrong.update(Content(self._symbols.text(f"{mark} There is no file {text}.")))
