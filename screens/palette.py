"""Colour roles as Rich styles, from the theme's variables and nothing else."""

from collections.abc import Mapping
from typing import get_args

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
CONTRAST = 4.5
"""What words need on what is behind them (WCAG, AA)."""
STEPS = 20


class Palette:
    """The styles of one theme; made anew when the theme changes."""

    def __init__(self, app: App[object]) -> None:
        self._variables = app.theme_variables
        self._reversed = app.native_ansi_color or app.no_color
        self._styles = dict(_PLAIN)
        for role, variable in _VARIABLES.items():
            self._styles[role] = Style(color=self._color(variable))
        if not app.native_ansi_color:
            self._styles["faint"] = Style(color=self._faint(), dim=True)
        self.cursor = Style(reverse=True) if self._reversed else Style(bgcolor=self._color("primary-muted"))
        self.cursor_unfocused = Style() if app.native_ansi_color else Style(bgcolor=self._color("surface"))
        self._lit = {role: self._on_cursor(role) for role in self._styles}

    def style(self, role: Role) -> Style:
        return self._styles[role]

    def lit(self, role: Role) -> Style:
        """The same in the cursor's row: nothing is quiet there, and colours stand out against it."""
        return self._lit[role]

    def _on_cursor(self, role: Role) -> Style:
        if self._reversed or role not in _VARIABLES:
            return Style(bold=role == "bold")
        names = (_VARIABLES[role], "primary-muted", "foreground")
        try:
            color, behind, text = (Color.parse(self._variables[name]) for name in names)
        except (KeyError, ColorParseError):
            return self._styles[role]
        return Style(color=_readable(color, behind, text).rich_color.name)

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


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's variables, with the colours of states as strong as words must be on its background."""
    legible = dict(variables)
    try:
        background, foreground = (Color.parse(variables[name]) for name in ("background", "foreground"))
        for name in _VARIABLES.values():
            legible[name] = _readable(Color.parse(variables[name]), background, foreground).hex
    except (KeyError, ColorParseError):
        return dict(variables)
    return legible


def contrast(one: Color, other: Color) -> float:
    """From 1 to 21, as WCAG counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _readable(color: Color, behind: Color, text: Color) -> Color:
    """As much of the colour as the contrast allows, the rest of the text's."""
    blends = (color.blend(text, step / STEPS) for step in range(STEPS))
    return next((blend for blend in blends if contrast(blend, behind) >= CONTRAST), text)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def cursor_style(app: App[object]) -> str:
    """Of what is chosen, in contents: reverse where there is no colour, or none that text stays readable on."""
    return "reverse" if app.native_ansi_color or app.no_color else "on $primary-muted"


def lit_styles(app: App[object]) -> dict[Role, str]:
    """For contents in what is chosen, as `Palette.lit`."""
    palette = Palette(app)
    roles: tuple[Role, ...] = get_args(Role)
    return {role: color.name if (color := palette.lit(role).color) else "" for role in roles}
