"""What somebody has to do to log in: a page and a code, or a browser that was opened."""

import time
from typing import ClassVar
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from llmd_tui.azure.person import Prompt
from llmd_tui.rollout.words import duration
from screens.glyphs import Symbols
from screens.widgets.dialog import Choice, Choices
from screens.widgets.frame import STYLES
from screens.widgets.modal import Modal

TICK_SECONDS = 1.0


class LoginDialog(Modal[None]):
    """Closes when the login has come to its end; `esc` gives it up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "cancel the login", id="login.cancel"),
        Binding("c", "copy_code", "copy the code", id="login.code"),
        Binding("u", "copy_page", "copy the page's address", id="login.page"),
        Binding("tab,right", "app.focus_next", "next", show=False, id="login.next"),
        Binding("shift+tab,left", "app.focus_previous", "previous", show=False, id="login.previous"),
    ]
    DEFAULT_CSS = """
    LoginDialog .words { margin-bottom: 1; }
    """

    def __init__(self, prompt: Prompt, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.prompt = prompt
        self.over = False
        self._words = Static(markup=False, classes="words")
        self._left = Static(markup=False)
        copies = [Choice("u", "copy the address", acts=True, action="copy_page")]
        if prompt.code:
            copies.append(Choice("c", "copy the code", acts=True, action="copy_code"))
        self._choices = (Choice("esc", "cancel", acts=False), *copies)

    def compose(self) -> ComposeResult:
        with self.box("Log in to Azure"):
            yield self._words
            yield self._left
            yield Static()
            yield Choices(*self._choices)

    def on_mount(self) -> None:
        self._words.update(self._code() if self.prompt.code else self._browser())
        self._tick()
        self.set_interval(TICK_SECONDS, self._tick)
        # Not the safe key: whoever came here by enter may press it once more.
        self._choices[-1].focus()

    def on_screen_resume(self) -> None:
        """What was over it is gone."""
        if self.over:
            self.dismiss()

    def close(self) -> None:
        """The login is over; under something else it waits until that is gone."""
        self.over = True
        if self.app.screen is self:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.prompt.code) if action == "copy_code" else True

    def on_choice_taken(self, message: Choice.Taken) -> None:
        if not message.acts:
            self.action_give_up()
        elif message.action == "copy_code":
            self.action_copy_code()
        else:
            self.action_copy_page()

    def action_give_up(self) -> None:
        self.prompt.cancel()

    def action_copy_code(self) -> None:
        self._copy(self.prompt.code)

    def action_copy_page(self) -> None:
        self._copy(self.prompt.uri)

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify("copied", timeout=4)

    def _code(self) -> Content:
        text = self._symbols.text
        return Content.assemble(
            "Open this page on any device, log in there, and enter\nthe code. This goes on by itself.\n\n",
            ("Page  ", STYLES["quiet"]),
            text(self.prompt.uri),
            "\n",
            ("Code  ", STYLES["quiet"]),
            (text(self.prompt.code), "bold"),
        )

    def _browser(self) -> Content:
        host = urlsplit(self.prompt.uri).netloc
        return Content.assemble(
            "A browser was opened on this machine. Log in there; this\ngoes on by itself.\n\n",
            ("Page  ", STYLES["quiet"]),
            self._symbols.text(host),
            "\n\n",
            ("None came up? u copies the address; esc, then a device\ncode, works from anywhere.", STYLES["quiet"]),
        )

    def _tick(self) -> None:
        left = self.prompt.expires - time.time()
        what = "The code is good" if self.prompt.code else "The login is open"
        words = f"{what} for {duration(left)}." if left > 0 else "Its time is over. esc, then log in again."
        self._left.update(Content.styled(words, STYLES["quiet"]))
