"""Filters above a table: `1 RDMA any   2 fits quota any   / name`."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Input

from screens.glyphs import Symbols
from screens.widgets.fields import FieldInput
from screens.widgets.frame import STYLES, Line


@dataclass(frozen=True)
class Chip:
    """`key` turns it to its next value."""

    key: str
    name: str
    values: tuple[str, ...]
    at: int = 0

    @property
    def value(self) -> str:
        return self.values[self.at]

    @property
    def active(self) -> bool:
        return self.at > 0


class ChipLine(Line):
    """The chips as text; a click is the key."""

    DEFAULT_CSS = "ChipLine { width: auto; }"

    def show(self, chips: tuple[Chip, ...]) -> None:
        parts: list[Content] = []
        for chip in chips:
            value = "bold $text-primary" if chip.active else STYLES["quiet"]
            text = Content.assemble((chip.key, "bold"), f" {chip.name} ", (self.symbols.text(chip.value), value))
            parts.append(text.stylize(Style.from_meta({"@click": f"app.simulate_key('{chip.key}')"})))
        self.update(Content("   ").join([*parts, Content.assemble(("/", "bold"), " name ")]))


class Chips(Horizontal):
    """Posts Changed whenever a filter or the name does. Has the class -used while it narrows anything."""

    DEFAULT_CSS = """
    Chips { height: 1; margin-bottom: 1; }
    Chips FieldInput { width: 1fr; }
    Chips FieldInput:focus { background: $primary-muted; }
    """

    class Changed(Message):
        """What is shown may be less, or more."""

    def __init__(self, symbols: Symbols, *chips: Chip) -> None:
        super().__init__(id="chips")
        self._chips = {chip.key: chip for chip in chips}
        self._line = ChipLine(symbols=symbols)
        self.input = FieldInput(select_on_focus=False, id="name-filter")

    def compose(self) -> ComposeResult:
        yield self._line
        yield self.input

    def on_mount(self) -> None:
        self._line.show(tuple(self._chips.values()))

    def value(self, key: str) -> str | None:
        """None where the chip lets everything through."""
        chip = self._chips[key]
        return chip.value if chip.active else None

    @property
    def name_filter(self) -> str:
        return self.input.value.strip()

    @property
    def active(self) -> tuple[Chip, ...]:
        return tuple(chip for chip in self._chips.values() if chip.active)

    def turn(self, key: str) -> None:
        """To the chip's next value."""
        chip = self._chips[key]
        self._chips[key] = Chip(chip.key, chip.name, chip.values, (chip.at + 1) % len(chip.values))
        self._line.show(tuple(self._chips.values()))
        self._changed()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._changed()

    def on_descendant_focus(self) -> None:
        self.add_class("-used")

    def on_descendant_blur(self) -> None:
        self._mark()

    def _changed(self) -> None:
        self._mark()
        self.post_message(self.Changed())

    def _mark(self) -> None:
        self.set_class(bool(self.active or self.name_filter or self.input.has_focus), "-used")
