"""The question before what was made is deleted: what goes, what stays, what it takes, and the name to type."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from llmd_tui.run.teardown import Teardown
from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.facts import Fact, facts
from screens.widgets.frame import STYLES

WIDTH = 58
LABEL = 8


class DestroyDialog(ModalScreen[bool]):
    """Ends with True when the name was typed. `cost` is what it costs an hour meanwhile, empty where nothing was
    bought."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "keep it", priority=True, id="destroy.keep"),
        Binding("enter", "accept", "destroy", id="destroy.accept"),
        Binding("down", "scroll(1)", "down", show=False, priority=True, id="destroy.down"),
        Binding("up", "scroll(-1)", "up", show=False, priority=True, id="destroy.up"),
    ]
    DEFAULT_CSS = """
    DestroyDialog { align: center middle; background: $background 60%; }
    DestroyDialog > Vertical {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $error;
    }
    DestroyDialog.-ascii > Vertical { border: ascii $error; }
    DestroyDialog Static { height: auto; }
    DestroyDialog .said { margin-bottom: 1; }
    DestroyDialog VerticalScroll { height: auto; max-height: 11; scrollbar-size: 1 1; margin-bottom: 1; }
    DestroyDialog Entry, DestroyDialog Entry:focus { background: $primary-muted; }
    """

    def __init__(self, wanted: Teardown, cost: str, symbols: Symbols) -> None:
        super().__init__(classes="-ascii" if symbols.ascii_only else "")
        self._wanted = wanted
        self._cost = cost
        self._symbols = symbols
        self._keys = Static(markup=False)
        self._scroll = VerticalScroll(can_focus=False)
        self.field = Entry(max_length=200, id="destroy-name")

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

    def on_mount(self) -> None:
        self.field.focus()
        self._show()

    @property
    def ready(self) -> bool:
        return self.field.value.strip() == self._wanted.name

    def _show(self) -> None:
        style = "bold" if self.ready else "dim"
        act = (" destroy" if self.ready else " destroy, after the name", "" if self.ready else "dim")
        self._keys.update(Content.assemble(("esc", "bold"), " keep it", " " * 12, ("enter", style), act))

    def on_input_changed(self) -> None:
        self._show()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        if self.ready:
            self.dismiss(True)

    def action_scroll(self, rows: int) -> None:
        self._scroll.scroll_relative(y=rows, animate=False)
