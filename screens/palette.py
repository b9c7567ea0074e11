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
FAINT = 0.76
"""Share of the foreground in what is never needed to decide; dimmed on top of that."""


class Palette:
    """The styles of one theme; made anew when the theme changes."""

    def __init__(self, app: App[object]) -> None:
        self._variables = app.theme_variables
        self._styles = dict(_PLAIN)
        for role, variable in _VARIABLES.items():
            self._styles[role] = Style(color=self._color(variable))
        if not app.native_ansi_color:
            self._styles["faint"] = Style(color=self._faint(), dim=True)
        self.cursor = Style(bgcolor=self._color("primary-muted"))
        self.cursor_unfocused = Style(bgcolor=self._color("surface"))

    def style(self, role: Role) -> Style:
        return self._styles[role]

    def _faint(self) -> "str | None":
        try:
            background, foreground = (Color.parse(self._variables[name]) for name in ("background", "foreground"))
        except (KeyError, ColorParseError):
            return None
        return background.blend(foreground, FAINT).rich_color.name

    def _color(self, variable: str) -> "str | None":
        try:
            return Color.parse(self._variables[variable]).rich_color.name
        except (KeyError, ColorParseError):
            return None
