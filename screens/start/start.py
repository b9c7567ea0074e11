"""Where the program begins: what can be done next, what is there already, and what there is to do it with."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from llmd_tui import __version__
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.messages import Begin, Rehearse
from screens.widgets.frame import Verdict


class StartScreen(FrameScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="start.new"),
        Binding("t", "rehearse", "try it", id="start.rehearse"),
        Binding("q", "app.quit", "quit", id="start.quit"),
    ]

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols)

    def body(self) -> Iterable[Widget]:
        yield Vertical(classes="column left")

    def on_mount(self) -> None:
        self.header.crumbs = ("start",)
        self.header.facts = (__version__,)
        self.say(Verdict("pending", "Nothing runs."))

    def action_new(self) -> None:
        self.post_message(Begin())

    def action_rehearse(self) -> None:
        self.post_message(Rehearse())
