"""The keys of the screen at hand, by where they belong."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.footer import key_words
from screens.widgets.frame import STYLES
from screens.widgets.modal import Modal

GROUPS = ("This screen", "This pane", "Move", "Everywhere")
CAPITALS = "Lower case looks, or goes on with what was agreed. A capital buys, skips, stops or removes."
MOVES = ("up", "down", "first", "last", "page up", "page down", "next pane", "previous pane", "next field")
KEYS = 18


class HelpScreen(Modal[None]):
    """Any of esc, q, ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "close", id="help.close")
    ]
    DEFAULT_CSS = """
    HelpScreen VerticalScroll { height: auto; max-height: 70vh; }
    HelpScreen VerticalScroll Static { height: auto; }
    """

    def __init__(self, screen: Screen[object], symbols: Symbols) -> None:
        super().__init__(symbols)
        self._groups = grouped(screen)

    def compose(self) -> ComposeResult:
        lines: list[Content] = []
        for name, rows in self._groups.items():
            lines += [Content.styled(self._symbols.text(name), "bold")]
            lines += [Content.assemble((f"{keys:<{KEYS}}", "bold"), self._symbols.text(words)) for keys, words in rows]
            lines += [Content("")]
        lines += [Content.styled(self._symbols.text(CAPITALS), STYLES["quiet"])]
        with self.box("Keys that work now"):
            with VerticalScroll():
                yield Static(Content("\n").join(lines), markup=False)
            yield Keys(self._symbols, ("escape", "close", True))


def grouped(screen: Screen[object]) -> dict[str, list[tuple[str, str]]]:
    """Keys and what they do, of what has a use now; several keys that do the same are one row."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {name: {} for name in GROUPS}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        # Ours have an id; Textual's own are about text in a field, and nothing that needs to be told.
        if not (binding.id and binding.description and active.enabled):
            continue
        rows = groups[_group(screen, active)]
        keys, _ = rows.setdefault(f"{binding.action} {binding.description}", ([], binding.description))
        keys.append(key_words(binding) if binding.key == key else key)
    return {name: list(_rows(rows.values())) for name, rows in groups.items() if rows}


def _rows(rows: Iterable[tuple[list[str], str]]) -> Iterable[tuple[str, str]]:
    return ((", ".join(dict.fromkeys(keys)), words) for keys, words in rows)


def _group(screen: Screen[object], active: ActiveBinding) -> str:
    if active.binding.description in MOVES:
        return "Move"
    if active.node is screen:
        return "This screen"
    return "Everywhere" if active.node is screen.app else "This pane"
