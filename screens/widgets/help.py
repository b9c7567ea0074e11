"""The keys of the screen at hand."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.footer import key_words
from screens.widgets.frame import STYLES

MOVES = (
    ("tab, shift+tab", "next, previous pane or field"),
    ("arrows, j k, g G", "move"),
    ("ctrl+d ctrl+u", "a page down, up"),
    ("q, ctrl+c", "quit; while a run goes: stop it after what is in flight"),
)


class HelpScreen(ModalScreen[None]):
    """Any of esc, q, ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", "close")]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 64; height: auto; max-height: 90%; padding: 0 1; background: $surface; border: round $primary;
    }
    HelpScreen Static { height: auto; }
    """

    def __init__(self, screen: Screen[object], symbols: Symbols) -> None:
        super().__init__(classes="-ascii" if symbols.ascii_only else "")
        self._symbols = symbols
        self._keys: dict[str, tuple[str, str]] = {}
        for active in screen.active_bindings.values():
            if active.binding.show and active.binding.description:
                self._keys.setdefault(active.binding.action, (key_words(active.binding), active.binding.description))

    def compose(self) -> ComposeResult:
        rows = [*self._keys.values(), *MOVES]
        lines = [Content.assemble((f"{key:<18}", "bold"), self._symbols.text(text)) for key, text in rows]
        title = Content.styled("Keys", "bold")
        close = Content.styled("esc closes", STYLES["quiet"])
        with VerticalScroll():
            yield Static(Content("\n").join([title, *lines, Content(""), close]), markup=False)
