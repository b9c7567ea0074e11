"""A dialog that asks for a reason, which is kept, before something is let pass."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.frame import STYLES

LONGEST = 200


class ReasonDialog(ModalScreen[str | None]):
    """Ends with the reason, or with None. `enter` is dead until something is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "keep", show=False, priority=True),
        Binding("enter", "take", "take", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    ReasonDialog { align: center middle; background: $background 60%; }
    ReasonDialog > Vertical {
        width: 64; max-width: 100%; height: auto; padding: 1 2; background: $surface; border: round $primary;
    }
    ReasonDialog.-ascii > Vertical { border: ascii $primary; }
    ReasonDialog Static { height: auto; }
    ReasonDialog .words { margin: 1 0; }
    ReasonDialog Entry, ReasonDialog Entry:focus {
        border: none; height: 1; padding: 0 1; background: $primary-muted; margin-bottom: 1;
    }
    ReasonDialog:nocolor Entry, ReasonDialog:ansi Entry { text-style: reverse; }
    """

    def __init__(self, title: str, words: str, *, act: str, symbols: Symbols) -> None:
        """`act` is what enter does."""
        super().__init__(classes="-ascii" if symbols.ascii_only else "")
        self._title = Content.styled(symbols.text(one_line(title)), "bold")
        self._words = Content(symbols.text(one_line(words)))
        self._act = act
        self._entry = Entry(placeholder="why", max_length=LONGEST, select_on_focus=False)
        self._keys = Static(markup=False)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, markup=False)
            yield Static(self._words, markup=False, classes="words")
            yield self._entry
            yield self._keys

    def on_mount(self) -> None:
        self._entry.focus()
        self._show_keys()

    @property
    def reason(self) -> str:
        return one_line(self._entry.value).strip()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_keys()

    def _show_keys(self) -> None:
        alive = ("bold", "") if self.reason else (STYLES["faint"], STYLES["faint"])
        keys = Content.assemble(("esc", "bold"), " keep it   ", ("enter", alive[0]), (f" {self._act}", alive[1]))
        self._keys.update(keys)

    def action_take(self) -> None:
        if self.reason:
            self.dismiss(self.reason)
