"""Questions before something is skipped, accepted, or taken down: what it means, and why."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.entry import Entry


class ReasonDialog(ModalScreen[str]):
    """Asks for a reason; empty when it was left. `acts` says what `enter` does then.

    `asks` False: there is nothing to write, and `enter` alone confirms; the answer is then `yes`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "keep it", priority=True, id="reason.keep"),
        Binding("enter", "accept", "do it", id="reason.accept"),
    ]
    DEFAULT_CSS = """
    ReasonDialog { align: center middle; background: $background 60%; }
    ReasonDialog > Vertical {
        width: 64; max-width: 100%; height: auto; padding: 1 2; background: $surface; border: round $error;
    }
    ReasonDialog.-ascii > Vertical { border: ascii $error; }
    ReasonDialog Static { height: auto; }
    ReasonDialog .said { margin-bottom: 1; }
    ReasonDialog Entry { margin-bottom: 1; }
    """

    def __init__(self, title: str, meaning: str, acts: str, symbols: Symbols, *, asks: bool = True) -> None:
        super().__init__(classes="-ascii" if symbols.ascii_only else "")
        self._symbols = symbols
        self._title = title
        self._meaning = meaning
        self._acts = acts
        self._asks = asks
        self._keys = Static(markup=False)
        self.field = Entry(placeholder="why", max_length=200, id="reason")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._symbols.text(self._title), "bold"), markup=False, classes="said")
            yield Static(Content(self._symbols.text(self._meaning)), markup=False, classes="said")
            if self._asks:
                yield self.field
            yield self._keys

    def on_mount(self) -> None:
        if self._asks:
            self.field.focus()
        self._show()

    @property
    def ready(self) -> bool:
        return not self._asks or bool(self.field.value.strip())

    def _show(self) -> None:
        style = "bold" if self.ready else "dim"
        act = (f" {self._acts}", "" if self.ready else "dim")
        self._keys.update(Content.assemble(("esc", "bold"), " keep it", " " * 12, ("enter", style), act))

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        if self.ready:
            self.dismiss(self.field.value.strip() if self._asks else "yes")

    def action_leave(self) -> None:
        self.dismiss("")
