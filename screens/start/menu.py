"""What next: a key, what it does, and what that means."""

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.glyphs import Symbols
from screens.widgets.frame import STYLES, cut

KEY, TITLE = 4, 21
WORDS = 1 + KEY + TITLE + 2
"""Where the words begin."""


@dataclass(frozen=True)
class Entry:
    """`action` is the screen's action that the key stands for."""

    action: str
    key: str
    title: str
    words: str


class Item(Widget):
    """One entry, in one or two lines; a click puts the cursor on it, a second one takes it."""

    DEFAULT_CSS = "Item { height: 2; margin-bottom: 1; background: transparent; }"

    class Clicked(Message):
        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, entry: Entry, symbols: Symbols) -> None:
        super().__init__()
        self.entry = entry
        self._symbols = symbols

    def put(self, entry: Entry) -> None:
        self.entry = entry
        self.refresh()

    def render(self) -> Content:
        entry, symbols = self.entry, self._symbols
        width, height = self.content_size
        room = max(10, width - WORDS - 1)
        lines = wrap(symbols.text(entry.words), room)
        if len(lines) > height:
            last = " ".join(lines[height - 1 :])
            lines[height - 1 :] = [cut(Content(last), room, symbols, words=True).plain]
        title = cut(Content(symbols.text(entry.title)), TITLE, symbols)
        head = Content.assemble((f" {symbols.text(entry.key):<{KEY}}", "bold"), title)
        first, *rest = [Content.styled(line, STYLES["quiet"]) for line in lines] or [Content("")]
        head = Content.assemble(head.truncate(WORDS, pad=True), first)
        whole = [head, *(Content.assemble(" " * WORDS, line) for line in rest)]
        # To its end: where there is no colour the cursor's row is reversed, and that is what is written.
        return Content("\n").join(line.truncate(width, pad=True) for line in [*whole, Content("")][:height])

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self.entry.action))


class Menu(Vertical, can_focus=True):
    """Entries that come and go; the cursor stays on its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="menu.up"),
        Binding("down,j", "move(1)", "down", show=False, id="menu.down"),
        Binding("home,g", "edge(0)", "first", show=False, id="menu.first"),
        Binding("end,G", "edge(-1)", "last", show=False, id="menu.last"),
    ]
    DEFAULT_CSS = """
    Menu { height: auto; }
    Menu Item.-cursor { background: $surface; }
    Menu:focus Item.-cursor { background: $primary-muted; }
    Menu:focus Item.-cursor:ansi, Menu:focus Item.-cursor:nocolor { background: transparent; text-style: reverse; }
    """

    class Picked(Message):
        """An entry was clicked for the second time; means what `enter` means."""

    def __init__(self, entries: Iterable[Entry], symbols: Symbols) -> None:
        super().__init__(id="menu")
        self.items = {entry.action: Item(entry, symbols) for entry in entries}
        self.action = next(iter(self.items))

    def compose(self) -> ComposeResult:
        yield from self.items.values()

    def on_mount(self) -> None:
        self._point(self.action)

    def show_entry(self, action: str, entry: Entry | None) -> None:
        """What one of the entries says now; None when there is nothing to do with it."""
        item = self.items[action]
        item.display = entry is not None
        if entry and entry != item.entry:
            item.put(entry)
        if entry is None and self.action == action:
            self._point(self._shown()[0])

    def action_move(self, by: int) -> None:
        shown = self._shown()
        self._point(shown[min(max(shown.index(self.action) + by, 0), len(shown) - 1)])

    def action_edge(self, position: int) -> None:
        self._point(self._shown()[position])

    def on_item_clicked(self, message: Item.Clicked) -> None:
        if message.action == self.action and self.has_focus:
            self.post_message(self.Picked())
        self.focus()
        self._point(message.action)

    def _shown(self) -> list[str]:
        return [action for action, item in self.items.items() if item.display]

    def _point(self, action: str) -> None:
        self.action = action
        for name, item in self.items.items():
            item.set_class(name == action, "-cursor")
        self.items[action].scroll_visible(animate=False)
