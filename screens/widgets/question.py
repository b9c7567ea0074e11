"""A question that is answered in writing before something that cannot be taken back."""

from screens.glyphs import Symbols
from screens.widgets.box import Hint, Keys
from screens.widgets.entry import Entry
from screens.widgets.modal import Modal, Result


class Question(Modal[Result]):
    """Something is written, and `acts` says what `enter` does once that will do; `after` names what is lacking."""

    DEFAULT_CSS = "Question .said { margin-bottom: 1; }"

    def __init__(self, field: Entry, acts: str, after: str, symbols: Symbols) -> None:
        super().__init__(symbols, danger=True)
        self.field = field
        self._acts = acts
        self._after = after
        self._keys = Keys(symbols, ("escape", "keep it", True))

    @property
    def written(self) -> str:
        return self.field.value.strip()

    @property
    def ready(self) -> bool:
        return bool(self.written)

    @property
    def answer(self) -> Result | None:
        """What it ends with once it is ready."""
        raise TypeError("a question says what its answer is")

    def on_mount(self) -> None:
        if self.field.is_attached:
            self.field.focus()
        self._show()

    def _show(self) -> None:
        acts = self._acts if self.ready else f"{self._acts}, after the {self._after}"
        self._keys.show(("escape", "keep it", True), *self.others(), ("enter", acts, self.ready))

    def others(self) -> tuple[Hint, ...]:
        """Keys between the two."""
        return ()

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        if self.ready:
            self.dismiss(self.answer)

    def action_leave(self) -> None:
        self.dismiss(None)
