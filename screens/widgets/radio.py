"""A few options below each other; the one under the cursor is the chosen one."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from screens.glyphs import Symbols
from screens.widgets.frame import STYLES, cut
from screens.widgets.picker import Option


class Radio(Static, can_focus=True):
    """`(●) label   note`. An option with a reason can be looked at; whether it can be taken is the screen's to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "turn(-1)", "previous", show=False),
        Binding("down,j", "turn(1)", "next", show=False),
    ]
    DEFAULT_CSS = "Radio { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    options: reactive[tuple[Option, ...]] = reactive((), layout=True)
    chosen: reactive[str] = reactive("")

    class Changed(Message):
        """Another option was chosen."""

        def __init__(self, radio: "Radio", key: str) -> None:
            super().__init__()
            self.radio, self.key = radio, key

        @property
        def control(self) -> "Radio":
            return self.radio

    def __init__(self, symbols: Symbols, options: Sequence[Option] = (), *, wide: bool = False, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(markup=False, id=id)
        self.symbols = symbols
        self.set_reactive(Radio.options, tuple(options))
        self._wide = wide

    def render(self) -> Content:
        return Content("\n").join(self._line(option) for option in self.options)

    def _line(self, option: Option) -> Content:
        chosen = option.key == self.chosen
        mark = self.symbols.of("running") if chosen else " "
        label = "bold $text-primary" if chosen and self.has_focus else STYLES["faint"] if option.reason else ""
        parts = [
            ("(", STYLES["quiet"]), (mark, STYLES["running"]), (") ", STYLES["quiet"]),
            (self.symbols.text(option.label), label),
        ]  # fmt: skip
        left = Content.assemble(*parts)
        reason = f"✗ {option.reason}" if option.reason else option.note
        right = Content.styled(self.symbols.text(reason), STYLES["quiet"])
        width = self.content_size.width
        column = 4 + max(len(option.label) for option in self.options) + 2
        gap = column - left.cell_length if self._wide else max(1, width - left.cell_length - right.cell_length)
        return cut(Content.assemble(left, " " * gap, right), max(1, width), self.symbols)

    def action_turn(self, by: int) -> None:
        keys = [option.key for option in self.options]
        at = keys.index(self.chosen) if self.chosen in keys else 0
        self._choose(keys[min(max(at + by, 0), len(keys) - 1)])

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self.options):
            self._choose(self.options[event.y].key)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _choose(self, key: str) -> None:
        if key != self.chosen:
            self.chosen = key
            self.post_message(self.Changed(self, key))
