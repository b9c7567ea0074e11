"""The question before what was made is deleted: what goes, what stays, what it takes, and the name to type."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llmd_tui.run.teardown import Teardown
from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.facts import Fact, facts
from screens.widgets.frame import STYLES
from screens.widgets.question import Question

WIDTH = 58
LABEL = 8


class DestroyDialog(Question):
    """Ends with the name when it was typed. `cost` is what it costs an hour meanwhile, empty where nothing was
    bought."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "keep it", priority=True, id="destroy.keep"),
        Binding("enter", "accept", "destroy", id="destroy.accept"),
        Binding("down", "scroll(1)", "down", show=False, priority=True, id="destroy.down"),
        Binding("up", "scroll(-1)", "up", show=False, priority=True, id="destroy.up"),
    ]
    DEFAULT_CSS = """
    DestroyDialog > Vertical { max-height: 100%; }
    DestroyDialog VerticalScroll { height: auto; max-height: 11; scrollbar-size: 1 1; margin-bottom: 1; }
    DestroyDialog Entry, DestroyDialog Entry:focus { background: $primary-muted; }
    """

    def __init__(self, wanted: Teardown, cost: str, symbols: Symbols) -> None:
        super().__init__(Entry(max_length=200, id="destroy-name"), "destroy", symbols)
        self._wanted = wanted
        self._cost = cost
        self._scroll = VerticalScroll(can_focus=False)

    def compose(self) -> ComposeResult:
        text, name = self._symbols.text, self._wanted.name
        with Vertical():
            yield Static(Content.styled(text(f"Destroy {name}"), "bold"), markup=False, classes="said")
            yield Static(Content("This cannot be undone."), markup=False, classes="said")
            with self._scroll:
                yield Static(facts(self._facts(), WIDTH, self._symbols, label=LABEL), markup=False)
            if self._cost:
                yield Static(Content(f"While you think it costs {self._cost}."), markup=False, classes="said")
            yield Static(Content.styled("Type the name to go on", STYLES["quiet"]), markup=False)
            yield self.field
            yield Static(Content.styled(text(f" {name}"), STYLES["faint"]), markup=False, classes="said")
            yield self._keys

    def _facts(self) -> list[Fact]:
        wanted = self._wanted
        parts = (("Goes", wanted.goes), ("Stays", wanted.stays), ("Takes", (wanted.takes,)))
        return [("" if at else label, line, "text") for label, lines in parts for at, line in enumerate(lines)]

    @property
    def ready(self) -> bool:
        return self.written == self._wanted.name

    @property
    def acts(self) -> str:
        return super().acts if self.ready else f"{super().acts}, after the name"

    def action_scroll(self, rows: int) -> None:
        self._scroll.scroll_relative(y=rows, animate=False)
