"""Colour roles as Rich styles, from the theme's variables and nothing else."""

from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError

from screens.glyphs import Role

_VARIABLES: dict[Role, str] = {
    "running": "text-primary",
    "done": "text-success",
    "slow": "text-warning",
    "failed": "text-error",
}
_PLAIN: dict[Role, Style] = {
    "text": Style(),
    "bold": Style(bold=True),
    "quiet": Style(dim=True),
    "faint": Style(dim=True),
}


class Palette:
    """The styles of one theme; made anew when the theme changes."""

    def __init__(self, app: App[object]) -> None:
        self._variables = app.theme_variables
        self._styles = dict(_PLAIN)
        for role, variable in _VARIABLES.items():
            self._styles[role] = Style(color=self._color(variable))
        self.cursor = Style(bgcolor=self._color("primary-muted"))
        self.cursor_unfocused = Style(bgcolor=self._color("surface"))

    def style(self, role: Role) -> Style:
        return self._styles[role]

    def _color(self, variable: str) -> "str | None":
        try:
            return Color.parse(self._variables[variable]).rich_color.name
        except (KeyError, ColorParseError):
            return None
