"""Try it: a prompt, sent through the port-forward, and the answer as it comes."""

from contextlib import aclosing
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker

from llmd_tui.errors import UserError
from llmd_tui.serving.ask import Question
from llmd_tui.serving.link import Link
from llmd_tui.serving.trial import PROMPT, Tried, trial
from llmd_tui.serving.witness import Witness
from llmd_tui.text import block, one_line
from screens.glyphs import Symbols
from screens.run.try_text import measured, trouble_text
from screens.widgets.entry import Entry
from screens.widgets.frame import STYLES, Pane, PaneTitle

BATCH_SECONDS = 0.1
LONGEST_PROMPT = 2_000


class PromptLine(Static, can_focus=True):
    """The prompt; enter edits it."""

    DEFAULT_CSS = """
    PromptLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """


class TryIt(Pane):
    """One prompt at a time. Posts Changed when something was begun or came to its end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "edit", id="try.edit"),
        Binding("escape", "stop", "stop", id="try.stop"),
    ]
    DEFAULT_CSS = """
    TryIt { height: auto; }
    TryIt Horizontal { height: 1; }
    TryIt Horizontal:focus-within { background: $primary-muted; }
    TryIt:ansi Horizontal:focus-within Static, TryIt:nocolor Horizontal:focus-within Static { text-style: reverse; }
    TryIt PromptLine { width: 1fr; }
    TryIt Entry, TryIt Entry:focus { padding: 0; width: 1fr; background: transparent; }
    TryIt #try-sign, TryIt #try-edit { width: auto; }
    TryIt #try-answer { height: auto; max-height: 12; margin-top: 1; scrollbar-size: 0 1; }
    TryIt #try-text, TryIt #try-figures { height: auto; }
    TryIt #try-figures { margin-top: 1; }
    """

    class Changed(Message):
        """The footer and the verdict are to be looked at again."""

    def __init__(self, link: Link, model: str, symbols: Symbols, witness: Witness | None = None) -> None:
        self.prompt = PROMPT
        self.tried: Tried | None = None
        self.failed: UserError | None = None
        self._link = link
        self._model = model
        self._symbols = symbols
        self._witness = witness
        self._worker: Worker[None] | None = None
        self._thought = self._text = ""
        self._news = False
        self._line = PromptLine(markup=False)
        self._entry = Entry(max_length=LONGEST_PROMPT, select_on_focus=False)
        self._edit = Static(Content.assemble(("enter", "bold"), " edit"), markup=False, id="try-edit")
        self._shown = Static(markup=False, id="try-text")
        self._answer = VerticalScroll(self._shown, id="try-answer", can_focus=False)
        self._figures = Static(markup=False, id="try-figures")
        title = PaneTitle("Try it", symbols=symbols)
        title.right = "t send"
        sign = Static(symbols.text("› "), markup=False, id="try-sign")
        row = Horizontal(sign, self._line, self._entry, self._edit)
        super().__init__(title, row, self._answer, self._figures, id="try-it")

    def compose(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        self._entry.display = self._answer.display = self._figures.display = False
        self._line.update(self._symbols.text(self.prompt))
        self.set_interval(BATCH_SECONDS, self._flush)

    def focus(self, scroll_visible: bool = True) -> "TryIt":
        """Its prompt takes it."""
        self._line.focus(scroll_visible)
        return self

    def lead_to(self, link: Link, model: str, witness: Witness | None = None) -> None:
        """Another endpoint from now on."""
        self._link, self._model, self._witness = link, model, witness

    @property
    def busy(self) -> bool:
        return self._worker is not None and not self._worker.is_finished

    @property
    def editing(self) -> bool:
        return bool(self._entry.display)

    # The prompt

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop":
            return self.busy or self.editing
        return True

    def action_enter(self) -> None:
        if self.editing:
            self.prompt = one_line(self._entry.value).strip() or self.prompt
            self._end_editing()
            self.send()
        else:
            self._entry.value = self.prompt
            self._line.display = self._edit.display = False
            self._entry.display = True
            self._entry.focus()
            self.post_message(self.Changed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_enter()

    def _end_editing(self) -> None:
        self._line.update(self._symbols.text(self.prompt))
        self._line.display = self._edit.display = True
        self._line.focus()
        self._entry.display = False
        self.post_message(self.Changed())

    # The answer

    def send(self) -> None:
        """Instead of what is being answered."""
        self.stop(told=False)
        self._thought = self._text = ""
        self.tried = self.failed = None
        self._answer.display, self._figures.display = True, False
        self._shown.update(Content.styled(f"{self._symbols.of('running')} sent", STYLES["quiet"]))
        self.title.right = "esc stop"
        self._worker = self._ask(Question(self._model, self.prompt))
        self.post_message(self.Changed())

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def _ask(self, question: Question) -> None:
        try:
            async with aclosing(trial(self._link, question, self._witness)) as steps:
                async for said in steps:
                    if isinstance(said, Tried):
                        self.tried = said
                    else:
                        self._thought += said.thought
                        self._text += said.text
                        self._news = True
        except UserError as error:
            self.failed = error
        self._ended()

    def _ended(self) -> None:
        self._news = False
        self._show_answer()
        self.title.right = "t send again"
        self._figures.display = True
        if self.tried:
            self._figures.update(measured(self.tried, self.size.width, self._symbols))
        elif self.failed:
            self._figures.update(trouble_text(self.failed, self._symbols))
        self.post_message(self.Changed())

    def action_stop(self) -> None:
        if self.editing:
            self._end_editing()
        else:
            self.stop()

    def stop(self, *, told: bool = True) -> None:
        """Ends the request; what came so far stays."""
        if not self.busy or self._worker is None:
            return
        self._worker.cancel()
        self._worker = None
        if told:
            self.title.right = "t send again"
            self._show_answer()
            self._figures.display = True
            self._figures.update(Content.styled(self._symbols.text("– stopped by you"), STYLES["quiet"]))
            self.post_message(self.Changed())

    def _flush(self) -> None:
        if self._news and self.busy:
            self._news = False
            self._show_answer()
            self._answer.scroll_end(animate=False)

    def _show_answer(self) -> None:
        thought, text = (self._symbols.text(block(part)) for part in (self._thought.strip(), self._text.strip()))
        between = "\n\n" if thought and text else ""
        self._shown.update(Content.assemble((thought, STYLES["quiet"]), between, text))
        self._answer.display = bool(thought or text)
