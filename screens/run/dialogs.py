"""Questions before something is skipped, accepted, or taken down: what it means, and why."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.question import Question


class ReasonDialog(Question[str]):
    """Asks for a reason; None when it was left. `acts` says what `enter` does then.

    `asks` False: there is nothing to write, and `enter` alone confirms; the answer is then `yes`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "keep it", priority=True, id="reason.keep"),
        Binding("enter", "accept", "do it", id="reason.accept"),
    ]

    def __init__(self, title: str, meaning: str, acts: str, symbols: Symbols, *, asks: bool = True) -> None:
        super().__init__(Entry(placeholder="why", max_length=200, id="reason"), acts, "reason", symbols)
        self._title = title
        self._meaning = meaning
        self._asks = asks

    def compose(self) -> ComposeResult:
        with self.box(self._title):
            yield Static(Content(self._symbols.text(self._meaning)), markup=False, classes="said")
            if self._asks:
                yield self.field
            yield self._keys

    @property
    def written(self) -> str:
        return super().written if self._asks else "yes"

    @property
    def answer(self) -> str:
        return self.written
