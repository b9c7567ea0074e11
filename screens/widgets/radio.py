"""A few options below each other; the one under the cursor is the chosen one."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from screens.glyphs import Role, Symbols
from screens.widgets.frame import STYLES, cut
from screens.widgets.picker import Option


class Radio(Static, can_focus=True):
    """`(●) label   note`; those of a `wide` one stand below each other.

    An option with a reason can be looked at; whether it can be taken is the screen's to say.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "turn(-1)", "previous", show=False, id="radio.previous"),
        Binding("down,j", "turn(1)", "next", show=False, id="radio.next"),
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
        return Content("\n").join(line for _, line in self.lines())

    def lines(self) -> list[tuple[str, Content]]:
        """Each with the key of the option that a click on it chooses."""
        return [(option.key, line) for option in self.options for line in self._option(option)]

    def head(self, option: Option, styles: Mapping[Role, str] = STYLES) -> Content:
        """`(●) label`."""
        chosen = option.key == self.chosen
        mark = self.symbols.of("running") if chosen else " "
        label = styles["faint"] if option.reason else ""
        if chosen and self.has_focus:
            label = f"bold {styles['running']}".strip()
        return Content.assemble(
            ("(", styles["quiet"]), (mark, styles["running"]), (") ", styles["quiet"]),
            (self.symbols.text(option.label), label),
        )  # fmt: skip

    def _option(self, option: Option) -> list[Content]:
        left, width = self.head(option), max(1, self.content_size.width)
        note = self.symbols.text(f"✗ {option.reason}" if option.reason else option.note)
        if not self._wide:
            gap = max(1, width - left.cell_length - cell_len(note))
            return [cut(Content.assemble(left, " " * gap, (note, STYLES["quiet"])), width, self.symbols)]
        column = 4 + max(len(each.label) for each in self.options) + 2
        parts = wrap(note, width - column) if width > column + 20 else [note]
        rest = [Content.assemble(" " * column, (part, STYLES["quiet"])) for part in parts[1:]]
        first = Content.assemble(left, " " * (column - left.cell_length), (parts[0] if parts else "", STYLES["quiet"]))
        return [cut(line, width, self.symbols) for line in (first, *rest)]

    def action_turn(self, by: int) -> None:
        keys = [option.key for option in self.options]
        at = keys.index(self.chosen) if self.chosen in keys else 0
        self._choose(keys[min(max(at + by, 0), len(keys) - 1)])

    def on_click(self, event: events.Click) -> None:
        lines = self.lines()
        if 0 <= event.y < len(lines):
            self._choose(lines[event.y][0])

    def on_resize(self) -> None:
        self.refresh(layout=True)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _choose(self, key: str) -> None:
        if key != self.chosen:
            self.chosen = key
            self.post_message(self.Changed(self, key))
