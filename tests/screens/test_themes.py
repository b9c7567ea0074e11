"""What is to be read can be read, in whatever theme."""

import pytest
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import dim_color
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget

from screens.glyphs import GLYPHS, Role
from screens.palette import CONTRAST, Palette, contrast, readable
from screens.widgets.fields import Chosen, FieldInput
from screens.wizard.strategies import StrategyTable
from tests.screens.stage import Stage, stage

COLOURED = [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi]
ROLES: tuple[Role, ...] = ("text", "bold", "quiet", "faint", "running", "done", "slow", "failed")
STATES = ("text-primary", "text-success", "text-warning", "text-error")


def variables(theme: str) -> dict[str, str]:
    return readable(BUILTIN_THEMES[theme].to_color_system().generate())


@pytest.mark.parametrize("theme", COLOURED)
def test_states_stand_out_against_the_background(theme: str) -> None:
    colours = variables(theme)
    for name in STATES:
        assert contrast(Color.parse(colours[name]), Color.parse(colours["background"])) >= min(
            CONTRAST, contrast(Color.parse(colours["foreground"]), Color.parse(colours["background"]))
        )


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("behind", ["background", "surface"])
def test_quiet_is_legible_in_the_default_themes(theme: str, behind: str) -> None:
    colours = variables(theme)
    background = Color.parse(colours[behind])
    quiet = Color.from_rich_color(dim_color(background.rich_color, Color.parse(colours["foreground"]).rich_color))
    assert contrast(quiet, background) >= CONTRAST


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "atom-one-light"])
@pytest.mark.parametrize("band", ["warning-muted", "error-muted"])
def test_the_verdict_is_legible_on_its_band(theme: str, band: str) -> None:
    colours = variables(theme)
    assert contrast(Color.parse(colours["foreground"]), Color.parse(colours[band])) >= CONTRAST


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "tokyo-night", "catppuccin-latte"])
def test_the_cursors_row_is_legible(theme: str) -> None:
    app = App[object]()
    app.theme = theme
    palette, colours = Palette(app), app.theme_variables
    behind, text = Color.parse(colours["primary-muted"]), Color.parse(colours["foreground"])
    for role in ROLES:
        style = palette.lit(role)
        assert not style.dim
        colour = Color.from_rich_color(style.color) if style.color else text
        assert contrast(colour, behind) >= min(CONTRAST, contrast(text, behind)) - 0.1


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
def test_without_colours_of_our_own_the_cursors_row_is_reversed_whole(theme: str) -> None:
    app = App[object]()
    app.theme = theme
    palette = Palette(app)
    assert palette.cursor == Style(reverse=True)
    assert not palette.cursor_unfocused.bgcolor
    assert {palette.lit(role).color for role in ROLES} == {None}


def test_every_state_has_a_word_and_a_letter_of_its_own() -> None:
    """Nothing is told by colour alone, with or without Unicode."""
    for glyphs in ([glyph.unicode for glyph in GLYPHS.values()], [glyph.ascii for glyph in GLYPHS.values()]):
        assert len(set(glyphs)) == len(glyphs)


def spans(shown: Stage, line: int, start: int, end: int) -> list[tuple[str, Style]]:
    strip = shown.app.screen._compositor.render_strips()[line].crop(start, end)  # pyright: ignore[reportPrivateUsage]
    return [(text, style or Style()) for text, style, _ in strip]


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
async def test_the_focused_field_is_reversed_whole_without_colours(monkeypatch: pytest.MonkeyPatch, theme: str) -> None:
    if theme == "textual-dark":
        monkeypatch.setenv("NO_COLOR", "1")
    async with stage(monkeypatch, preset="h100-pd-disaggregation", ready=False) as shown:
        shown.app.theme = theme
        await shown.open("options")
        for kind in (FieldInput, Chosen):
            focused = shown.app.focused
            assert isinstance(focused, kind) and isinstance(focused.parent, Widget)
            box = focused.parent.region
            cells = spans(shown, box.y, box.x, box.right)
            assert cells and all(style.reverse for _, style in cells), cells
            # And in one tone, but for the cursor.
            assert len({(style.color, style.bgcolor, style.dim) for _, style in cells}) <= 1 + (kind is FieldInput)
            await shown.press("tab")


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord"])
async def test_the_chosen_strategy_is_legible(monkeypatch: pytest.MonkeyPatch, theme: str) -> None:
    async with stage(monkeypatch, preset="h100-pd-disaggregation", ready=False) as shown:
        shown.app.theme = theme
        await shown.open("drivers")
        region = shown.screen.query_one(StrategyTable).region
        cells = spans(shown, region.y, region.x, region.right)
        (marked,) = (style for text, style in cells if "recommended" in text)
        assert marked.color and marked.bgcolor
        one, other = Color.from_rich_color(marked.color), Color.from_rich_color(marked.bgcolor)
        assert other == Color.parse(shown.app.theme_variables["primary-muted"]).clamped
        assert contrast(one, other) >= CONTRAST - 0.1
