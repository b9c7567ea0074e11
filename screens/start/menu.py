"""What next: a key, what it does, and what that means."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.glyphs import Symbols


@dataclass(frozen=True)
class Entry:
    """`action` is the screen's action that the key stands for."""

    action: str
    key: str
    title: str
    words: str


class Item(Horizontal):
    """One entry; a click puts the cursor on it, a second one takes it."""

    class Clicked(Message):
        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, entry: Entry, symbols: Symbols) -> None:
        super().__init__()
        self.entry = entry
        self._symbols = symbols
        self._key = Static(markup=False, classes="key")
        self._title = Static(markup=False, classes="title")
        self._words = Static(markup=False, classes="words")

    def compose(self) -> ComposeResult:
        self.put(self.entry)
        yield self._key
        yield self._title
        yield self._words

    def put(self, entry: Entry) -> None:
        self.entry = entry
        self._key.update(Content.styled(self._symbols.text(entry.key), "bold"))
        self._title.update(Content(self._symbols.text(entry.title)))
        self._words.update(Content(self._symbols.text(entry.words)))

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
    Menu Item { height: auto; margin-bottom: 1; padding: 0 1; }
    Menu Item Static { background: transparent; }
    Menu .key { width: 4; }
    Menu .title { width: 22; padding-right: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Menu .words { width: 1fr; max-height: 2; color: $text-muted; }
    Menu .words:ansi { text-style: dim; }
    Menu Item.-cursor { background: $surface; }
    Menu:focus Item.-cursor { background: $primary-muted; }
    Menu:focus Item.-cursor:ansi, Menu:focus Item.-cursor:nocolor { text-style: reverse; }
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
