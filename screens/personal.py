"""What the user set once for all starts, and what the terminal shows of the program: theme, keys, title, bell."""

import os
from typing import TYPE_CHECKING

from textual.theme import Theme

from llmd_tui.errors import UserError
from llmd_tui.start.settings import Settings, keep_theme, keys_file
from screens.glyphs import State, Symbols
from screens.leaving import Leaving
from screens.messages import Said
from screens.palette import readable

if TYPE_CHECKING:
    from screens.run.live import LiveRun

DARK = "textual-dark"
WORDS: dict[State, str] = {
    "failed": "stuck",
    "slow": "slow",
    "stale": "stale",
    "done": "done",
    "waiting": "waits",
    "running": "running",
}
RINGS = ("failed", "done")


class Personal(Leaving):
    """`own_keys`: of what has a key of the user's own, by id, the key that it comes with."""

    def __init__(self, symbols: Symbols, settings: Settings) -> None:
        super().__init__()
        self.symbols = symbols
        self.settings = settings
        self.live: LiveRun | None = None
        self.own_keys: dict[str, str] = {}
        self._rung: State | None = None
        if settings.keys:
            self._remap(settings)

    def _remap(self, settings: Settings) -> None:
        """Raises UserError for what is no key."""
        from screens.keymap import catalog, checked
        from screens.spelling import spelt

        keys = checked(settings.keys or {}, str(keys_file()))
        known = catalog()
        self.own_keys = {name: spelt(known[name].keys[0]) for name in keys}
        self.set_keymap(keys)

    def get_css_variables(self) -> dict[str, str]:
        """The theme's, with states in colours that can be read on its background."""
        variables = super().get_css_variables()
        if not self.current_theme.ansi:
            variables = self.theme_variables = readable(variables)
        return variables

    def dress(self) -> None:
        """The theme of the last start, where it is still there; from now on a chosen one is kept."""
        chosen = self.settings.theme or DARK
        self.theme = chosen if chosen in self.available_themes else DARK
        self.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, theme: Theme) -> None:
        if theme.name == (self.settings.theme or DARK):
            return
        self.settings = Settings(theme.name, self.settings.bell, self.settings.keys)
        try:
            keep_theme(theme.name)
        except UserError as error:
            self.notify(self.symbols.text(str(error)), severity="warning", timeout=4, markup=False)

    def on_said(self, message: Said) -> None:
        """The title follows the verdict; the bell rings when a run gets stuck or is done."""
        state = message.verdict.state
        if self.live is None:
            self._rung = None
            self.entitle("llmd-tui")
            return
        self.entitle(f"{self.symbols.of(state)} {self.live.name} {WORDS.get(state, '')}")
        if self.settings.bell and state in RINGS and state != self._rung:
            self.bell()
        self._rung = state

    def entitle(self, text: str) -> None:
        """The terminal's title, where it has one."""
        if self._driver and not self.is_headless and os.environ.get("TERM") != "linux":
            from screens.driver import title_sequence

            self._driver.write(title_sequence(self.symbols.text(text)))
