"""Who sits at the screens, as a login asks for them; and how one is chosen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from screens.base import FrameScreen
from screens.messages import LogIn, LoginAsked, LoginOver
from screens.personal import Personal
from screens.widgets.frame import Verdict

if TYPE_CHECKING:
    from llmd_tui.azure.person import Prompt
    from llmd_tui.start.settings import Settings
    from screens.glyphs import Symbols


class AtScreens:
    """Satisfies the engine's `Person`: what a login says is posted."""

    chooses = True

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post

    def show(self, prompt: "Prompt") -> None:
        self._post(LoginAsked(prompt))

    def hide(self, prompt: "Prompt") -> None:
        self._post(LoginOver(prompt))


class Logins(Personal):
    """`person` is asked when somebody has to log in."""

    def __init__(self, symbols: "Symbols", settings: "Settings") -> None:
        super().__init__(symbols, settings)
        self.person = AtScreens(self.post_message)

    def on_login_asked(self, message: LoginAsked) -> None:
        from screens.login.dialog import LoginDialog

        self.push_screen(LoginDialog(message.prompt, self.symbols))

    def on_login_over(self, message: LoginOver) -> None:
        from screens.login.dialog import LoginDialog

        for screen in self.screen_stack:
            if isinstance(screen, LoginDialog) and screen.prompt is message.prompt:
                screen.close()

    def on_log_in(self, message: LogIn) -> None:
        from llmd_tui.azure.ways import login_command, take
        from screens.login.ways import LoginPicker

        def chosen(key: str | None) -> None:
            if key is None:
                return
            if take(key):
                message.then()
                return
            self.copy_to_clipboard(login_command())
            self.notify("copied", timeout=4)
            words = f"Run `{login_command()}` in another terminal."
            self.call_later(self._say, Verdict("waiting", words, "This goes on by itself.", "i another way"))

        self.push_screen(LoginPicker(self.symbols, message.tenants), chosen)

    def _say(self, verdict: Verdict) -> None:
        """On the screen that comes to the front, when it has."""
        if isinstance(self.screen, FrameScreen):
            self.screen.call_later(self.screen.tell, verdict)
