"""A question before something that cannot simply be taken back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.modal import Modal


class Choice(Static, can_focus=True):
    """A key and what it does; a click and `enter` do it too."""

    DEFAULT_CSS = """
    Choice { width: auto; height: 1; padding: 0 1; }
    Choice:focus { background: $primary-muted; }
    Choice:ansi:focus, Choice:nocolor:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "take", "take it", show=False, id="dialog.take")]

    class Taken(Message):
        """`acts`: it is the one that does something; `action` says which, where there are several."""

        def __init__(self, acts: bool, action: str) -> None:
            super().__init__()
            self.acts = acts
            self.action = action

    def __init__(self, key: str, words: str, *, acts: bool, action: str = "") -> None:
        super().__init__(Content.assemble((key, "bold"), " ", words), markup=False)
        self._acts = acts
        self._action = action

    def action_take(self) -> None:
        self.post_message(self.Taken(self._acts, self._action))

    def on_click(self) -> None:
        self.action_take()


class Choices(Horizontal):
    """The safe one at the left, those that act at the right."""

    DEFAULT_CSS = """
    Choices { height: 1; }
    Choices > .between { width: 1fr; height: 1; }
    """

    def __init__(self, safe: Choice, *acting: Choice) -> None:
        super().__init__(safe, Static(classes="between"), *acting)


class Dialog(Modal[bool]):
    """Ends with True when the acting key was pressed. The focus starts on the safe one, which is `esc`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "keep it", show=False, id="dialog.keep"),
        Binding("tab,right", "app.focus_next", "next", show=False, id="dialog.next"),
        Binding("shift+tab,left", "app.focus_previous", "previous", show=False, id="dialog.previous"),
    ]
    DEFAULT_CSS = """
    Dialog .words { margin-bottom: 1; }
    """

    def __init__(
        self, title: str, words: str, *, safe: str, act: tuple[str, str], symbols: Symbols, danger: bool = False
    ) -> None:
        """`act` is the acting key and what it does; `danger`: it cannot be taken back."""
        super().__init__(symbols, danger=danger)
        self._key, acts = act
        self._title = title
        self._words = Content(symbols.text(words))
        self._choices = (Choice("esc", symbols.text(safe), acts=False), Choice(self._key, acts, acts=True))

    def compose(self) -> ComposeResult:
        with self.box(self._title):
            yield Static(self._words, markup=False, classes="words")
            yield Choices(*self._choices)

    def on_mount(self) -> None:
        self._bindings.bind(self._key, "dismiss(True)", show=False)
        self._choices[0].focus()

    def on_choice_taken(self, message: Choice.Taken) -> None:
        self.dismiss(message.acts)
