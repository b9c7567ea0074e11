"""The question before what was made is deleted: what goes, what stays, what it takes, and the name to type."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llmd_tui.errors import UserError
from llmd_tui.run.teardown import Teardown
from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.widgets.box import Hint
from screens.widgets.entry import Entry
from screens.widgets.facts import Fact, facts
from screens.widgets.frame import STYLES
from screens.widgets.picker import Option
from screens.widgets.question import Question
from screens.widgets.radio import Radio

if TYPE_CHECKING:
    from llmd_tui.azure.removal import What

Look = Callable[["What"], Awaitable[Teardown]]
"""What goes and what stays when this is deleted. Raises UserError."""

WIDTH = 58
LABEL = 8
NOTES = {
    "group": "and all that is in it",
    "cluster": "the resource group stays",
    "pool": "the cluster stays",
}


class DestroyDialog(Question[Teardown]):
    """Ends with what is to be deleted when its name was typed. `cost` is what it costs an hour meanwhile, empty where
    nothing was bought."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "keep it", priority=True, id="destroy.keep"),
        Binding("enter", "accept", "destroy", id="destroy.accept"),
        Binding("tab", "app.focus_next", "name, or what goes", show=False, id="destroy.next"),
        Binding("down", "scroll(1)", "down", show=False, id="destroy.down"),
        Binding("up", "scroll(-1)", "up", show=False, id="destroy.up"),
    ]
    DEFAULT_CSS = """
    DestroyDialog Radio { margin-bottom: 1; }
    DestroyDialog VerticalScroll { height: auto; max-height: 11; scrollbar-size: 1 1; margin-bottom: 1; }
    DestroyDialog.-low Box { padding: 0 2; }
    DestroyDialog.-low VerticalScroll { max-height: 7; }
    """

    def __init__(self, wanted: Teardown, cost: str, symbols: Symbols, look: Look) -> None:
        super().__init__(Entry(max_length=200, id="destroy-name"), "destroy", "name", symbols)
        self._wanted: Teardown | None = wanted
        self._cost = cost
        self._look = look
        self._trouble = ""
        removal = wanted.removal
        options = [Option(what, wanted.named(what), NOTES[what]) for what in (removal.whats if removal else ())]
        self.what = Radio(symbols, options, id="destroy-what")
        self.what.display = len(options) > 1
        self.what.chosen = removal.what if removal else ""
        self._facts = Static(markup=False)
        self._scroll = VerticalScroll(self._facts, can_focus=False)
        self._name = Static(markup=False)
        self._box = self.box(f"Destroy {wanted.subject}")

    def compose(self) -> ComposeResult:
        with self._box:
            yield Static(Content.styled("This cannot be undone.", "bold"), markup=False, classes="said")
            yield self.what
            yield self._scroll
            if self._cost:
                yield Static(Content(f"While you think it costs {self._cost}."), markup=False, classes="said")
            yield Static("Type the name to go on", markup=False)
            yield self.field
            yield self._name
            yield self._keys

    @property
    def ready(self) -> bool:
        return self._wanted is not None and self.written == self._wanted.name

    @property
    def answer(self) -> Teardown | None:
        return self._wanted

    def others(self) -> tuple[Hint, ...]:
        return (("tab", "choose", True),) if self.what.display else ()

    # Something else

    def on_radio_changed(self, message: Radio.Changed) -> None:
        self._wanted, self._trouble = None, ""
        self._show_what()
        self._look_at(cast("What", message.key))

    @work(group="look", exclusive=True)
    async def _look_at(self, what: "What") -> None:
        """The name that was typed goes: it was that of something else."""
        try:
            self._wanted = await self._look(what)
        except UserError as error:
            self._trouble = one_line(f"{error.message} {error.remedy}")
        self.field.value = ""
        self._show_what()

    # What is shown

    def on_mount(self) -> None:
        super().on_mount()
        self._show_what()

    def _show_what(self) -> None:
        text, wanted = self._symbols.text, self._wanted
        self._facts.update(facts(self._rows(), WIDTH, self._symbols, label=LABEL))
        self._name.update(Content.styled(text(f" {wanted.name}") if wanted else "", STYLES["faint"]))
        if wanted:
            self._box.border_title = Content(text(f"Destroy {wanted.subject}"))
        self._show()

    def _rows(self) -> list[Fact]:
        wanted = self._wanted
        if self._trouble:
            return [("", f"{self._symbols.of('failed')} {self._trouble}", "failed")]
        if wanted is None:
            return [("", f"{self._symbols.of('running')} looking at what goes", "quiet")]
        parts = (("Goes", wanted.goes), ("Stays", wanted.stays), ("Takes", (wanted.takes,)))
        return [("" if at else label, line, "text") for label, lines in parts for at, line in enumerate(lines)]

    def action_scroll(self, rows: int) -> None:
        self._scroll.scroll_relative(y=rows, animate=False)
