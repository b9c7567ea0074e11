"""A question that is answered in writing before something that cannot be taken back."""

from textual.content import Content
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.modal import Modal


class Question(Modal[str]):
    """Ends with what was written, or empty when it was left. `acts` says what `enter` does once that will do."""

    DEFAULT_CSS = """
    Question Static { height: auto; }
    Question .said { margin-bottom: 1; }
    """

    def __init__(self, field: Entry, acts: str, symbols: Symbols) -> None:
        super().__init__(symbols, danger=True)
        self.field = field
        self._acts = acts
        self._keys = Static(markup=False)

    @property
    def written(self) -> str:
        return self.field.value.strip()

    @property
    def ready(self) -> bool:
        return bool(self.written)

    @property
    def acts(self) -> str:
        return self._acts

    def on_mount(self) -> None:
        if self.field.is_attached:
            self.field.focus()
        self._show()

    def _show(self) -> None:
        style, act = ("bold", "") if self.ready else ("dim", "dim")
        words = Content.assemble(("esc", "bold"), " keep it", " " * 12, ("enter", style), (f" {self.acts}", act))
        self._keys.update(words)

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        if self.ready:
            self.dismiss(self.written)

    def action_leave(self) -> None:
        self.dismiss("")
