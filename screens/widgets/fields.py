"""Fields of a form: label, value on its surface, where the value came from; under it a hint or the error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.glyphs import Symbols
from screens.widgets.entry import Entry
from screens.widgets.frame import STYLES
from screens.widgets.picker import Option, Picker
from screens.widgets.reversed import whole

LABEL = 18
LONGEST = 400
"""Characters of a value."""


@dataclass(frozen=True)
class Shown:
    """What a field shows. `good` hints carry a tick: something was found out."""

    text: str
    source: str = ""
    hint: str = ""
    error: str = ""
    good: bool = False


class Field(Widget):
    """One field of the answers file, by its dotted path. Posts Left when something else takes the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next field", show=False, id="field.next"),
        Binding("up", "app.focus_previous", "previous field", show=False, id="field.previous"),
    ]
    DEFAULT_CSS = """
    Field { height: auto; layout: vertical; margin-bottom: 1; }
    Field .row { height: 1; }
    Field .label { width: 18; color: $text-muted; }
    Field .box { width: 1fr; height: 1; background: $surface; }
    Field:focus-within .label { color: $foreground; }
    Field:focus-within .box { background: $primary-muted; }
    Field .source { width: auto; padding: 0 1; }
    Field .hint { height: 1; padding-left: 19; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
    Field.-error .hint { height: auto; text-wrap: wrap; }
    Field.-hint .hint { display: block; }
    Field:ansi .label { text-style: dim; }
    Field:ansi:focus-within .box { background: transparent; text-style: reverse; }
    Field:nocolor:focus-within .box { text-style: reverse; }
    """

    class Left(Message):
        """The field's text may be taken."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

    def __init__(self, path: str, label: str, symbols: Symbols) -> None:
        super().__init__(id="field-" + path.replace(".", "-"))
        self.path = path
        self.label = label
        self.symbols = symbols
        self._source = Source(markup=False, classes="source")
        self._hint = Static(markup=False, classes="hint")

    def control(self) -> Widget:
        """What takes the focus."""
        raise TypeError("a field is of one kind")

    @property
    def text(self) -> str:
        """As it stands in the field."""
        raise TypeError("a field is of one kind")

    def put(self, text: str) -> None:
        """Shows a text in the field."""
        raise TypeError("a field is of one kind")

    @property
    def unheard(self) -> bool:
        """Whether its text was changed and nobody has taken it yet."""
        return False

    def taken(self) -> None:
        """Its text was taken, or refused."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Static(self.label, markup=False, classes="label")
            with Horizontal(classes="box"):
                yield self.control()
                yield self._source
        yield self._hint

    def show(self, shown: Shown) -> None:
        """A text that is being typed stays, and one that was left a moment ago and is about to be taken."""
        if not self.control().has_focus and not self.unheard:
            self.put(shown.text)
        self._source.update(Content.styled(self.symbols.text(shown.source), STYLES["faint"]))
        self._hint.update(self._below(shown))
        self.set_class(bool(shown.error or shown.hint), "-hint")
        self.set_class(bool(shown.error), "-error")

    def _below(self, shown: Shown) -> Content:
        if shown.error:
            return Content.styled(self.symbols.text(f"✗ {shown.error}"), STYLES["failed"])
        tick = (self.symbols.of("done"), STYLES["done"]) if shown.good else ""
        return Content.assemble(tick, " " if shown.good else "", (self.symbols.text(shown.hint), STYLES["quiet"]))


class Source(Static):
    """Where the value came from."""

    def render_lines(self, crop: Region) -> list[Strip]:
        return whole(self, super().render_lines(crop))


class Fact(Widget):
    """A row like a field's, for what is so and cannot be changed here."""

    DEFAULT_CSS = """
    Fact { height: 1; layout: horizontal; margin-bottom: 1; }
    Fact .label { width: 18; color: $text-muted; }
    Fact .value { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Fact .source { width: auto; padding: 0 1; }
    Fact:ansi .label { text-style: dim; }
    """

    def __init__(self, label: str, symbols: Symbols) -> None:
        super().__init__()
        self._label = label
        self._symbols = symbols
        self._value = Static(markup=False, classes="value")
        self._source = Static(markup=False, classes="source")

    def compose(self) -> ComposeResult:
        yield Static(self._label, markup=False, classes="label")
        yield self._value
        yield self._source

    def show(self, value: str, source: str) -> None:
        self._value.update(Content(self._symbols.text(value)))
        self._source.update(Content.styled(self._symbols.text(source), STYLES["faint"]))


class FieldInput(Entry):
    """`enter` belongs to the screen."""

    DEFAULT_CSS = """
    FieldInput, FieldInput:focus { background: transparent; width: 1fr; }
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return False if action == "submit" else super().check_action(action, parameters)


class TextField(Field):
    """A text to type."""

    def __init__(self, path: str, label: str, symbols: Symbols, placeholder: str = "") -> None:
        super().__init__(path, label, symbols)
        self._input = FieldInput(select_on_focus=False, max_length=LONGEST, placeholder=placeholder)
        self._heard = ""

    def control(self) -> Input:
        return self._input

    @property
    def text(self) -> str:
        return self._input.value

    @property
    def unheard(self) -> bool:
        return self._input.value != self._heard

    def taken(self) -> None:
        self._heard = self._input.value

    def put(self, text: str) -> None:
        if text != self._input.value:
            self._input.value = text
        self._heard = self._input.value

    def on_input_blurred(self, event: Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Left(self))


class NumberInput(FieldInput):
    """Digits; `-` and `+` count."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("minus", "count(-1)", "change", key_display="- +", priority=True, id="field.fewer"),
        Binding("plus,equals_sign", "count(1)", "more", show=False, priority=True, id="field.more"),
    ]

    def action_count(self, by: int) -> None:
        """To the next number, never below 1."""
        if self.value.isdigit():
            self.value = str(max(1, int(self.value) + by))
            self.cursor_position = len(self.value)


class NumberField(TextField):
    """A whole number."""

    def __init__(self, path: str, label: str, symbols: Symbols, placeholder: str = "") -> None:
        super().__init__(path, label, symbols)
        self._input = NumberInput(select_on_focus=False, max_length=12, placeholder=placeholder)


class Chosen(Static, can_focus=True):
    """The value of a choice; the arrows change it, space shows all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "open", "choose", show=True, id="field.choose"),
        Binding("left", "turn(-1)", "previous", show=False, id="field.left"),
        Binding("right", "turn(1)", "next", show=False, id="field.right"),
    ]
    DEFAULT_CSS = "Chosen { width: 1fr; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, field: "ChoiceField") -> None:
        super().__init__(markup=False)
        self._field = field

    def render_lines(self, crop: Region) -> list[Strip]:
        return whole(self, super().render_lines(crop))

    def action_open(self) -> None:
        self._field.open()

    def action_turn(self, by: int) -> None:
        self._field.turn(by)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self._field.open()


class ChoiceField(Field):
    """One of several values. Those that cannot be chosen stay visible with their reason."""

    def __init__(self, path: str, label: str, symbols: Symbols, options: Sequence[Option] = ()) -> None:
        super().__init__(path, label, symbols)
        self.options = tuple(options)
        self._chosen = Chosen(self)
        self._value = ""

    def control(self) -> Chosen:
        return self._chosen

    @property
    def text(self) -> str:
        return self._value

    def put(self, text: str) -> None:
        self._value = text
        label = next((option.label for option in self.options if option.key == text), text)
        self._chosen.update(Content(self.symbols.text(f"{label} ↓")))

    def show(self, shown: Shown) -> None:
        super().show(shown)
        self.put(shown.text)

    def turn(self, by: int) -> None:
        """To the next option that can be chosen."""
        keys = [option.key for option in self.options if not option.reason]
        if keys:
            at = keys.index(self._value) if self._value in keys else -max(by, 0)
            self._choose(keys[(at + by) % len(keys)])

    def open(self) -> None:
        """All options, to pick from."""
        self.app.push_screen(Picker(self.label, self.options, self._value, self.symbols), self._choose)

    def _choose(self, key: str | None) -> None:
        if key is not None and key != self._value:
            self.put(key)
            self.post_message(self.Left(self))
