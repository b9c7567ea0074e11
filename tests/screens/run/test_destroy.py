"""From the end of a run to nothing: what goes is told, the name is typed, and what is left is said."""

import pytest
from textual.pilot import Pilot

from screens.destroy.dialog import DestroyDialog
from screens.destroy.screen import DestroyScreen
from screens.start.start import StartScreen
from tests.pilots import text, until
from tests.screens.run.never_ends import never_ends


@pytest.mark.parametrize("size", [pytest.param((80, 24), marks=pytest.mark.slow), (120, 40)])
async def test_a_run_that_was_aborted_is_destroyed(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    async with never_ends(monkeypatch, size) as (pilot, screen):
        app = pilot.app
        assert not screen.check_action("destroy", ()), "a run that goes on is stopped first"
        await until(pilot, lambda: screen.abortable)
        await until(pilot, lambda: "A abort" in text(app), lambda: text(app))
        await pilot.press("A")
        await pilot.pause()
        await pilot.press("A")
        await until(pilot, lambda: screen.check_action("destroy", ()))
        await until(pilot, lambda: "D destroy" in text(app), lambda: text(app))
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, DestroyDialog))
        dialog = app.screen
        assert isinstance(dialog, DestroyDialog)
        await pilot.press("l", "l", "m", "enter")
        assert app.screen is dialog, "that is not the name"
        await _another_is_looked_at(pilot, dialog)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DestroyScreen))
        destroying = app.screen
        assert isinstance(destroying, DestroyScreen)
        assert destroying.verdict_line.verdict.sentence == "Nothing is deleted yet of llm-d."
        assert destroying.wanted
        assert destroying.wanted.goes[0] == "resource group llm-d: nothing else is in it"
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, DestroyDialog))
        await pilot.press(*"llm-d", "enter")
        await until(pilot, lambda: destroying.ended or destroying.error, lambda: destroying.verdict_line.verdict)
        await pilot.pause()
        verdict = destroying.verdict_line.verdict
        assert verdict.sentence == "Resource group llm-d is gone."
        assert verdict.usual == "Nothing of it costs money any more."
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        if size == (120, 40):
            await _asked_of_the_list(pilot)


async def _another_is_looked_at(pilot: Pilot[int], dialog: DestroyDialog) -> None:
    """The cluster alone, by keys; then the group again, by the mouse."""
    app = pilot.app
    assert [option.label for option in dialog.what.options] == [
        "resource group llm-d",
        "cluster llm-d",
        "node pool gpu",
    ]
    await pilot.press("shift+tab", "down")
    await until(pilot, lambda: "Destroy cluster llm-d" in text(app), lambda: text(app))
    assert "resource group llm-d" in text(app).partition("Stays")[2]
    assert dialog.field.value == "", "what was typed was the name of something else"
    await pilot.click(dialog.what, offset=(2, 0))
    await until(pilot, lambda: "Destroy resource group llm-d" in text(app), lambda: text(app))


async def _asked_of_the_list(pilot: Pilot[int]) -> None:
    """The same run, by its row: nothing of it is left."""
    app = pilot.app
    start = app.screen
    assert isinstance(start, StartScreen)
    await until(pilot, lambda: start.panes and start.panes.runs.rows)
    assert start.panes
    assert "– destroyed" in text(app)
    assert "Resume" not in text(app)
    assert not start.check_action("destroy", ())
    start.panes.runs.focus()
    await pilot.pause()
    await pilot.press("D")
    await until(pilot, lambda: isinstance(app.screen, DestroyScreen))
    destroying = app.screen
    assert isinstance(destroying, DestroyScreen)
    await until(pilot, lambda: destroying.error, lambda: destroying.verdict_line.verdict)
    assert "There is nothing to delete" in f"{destroying.error}"
    await pilot.press("escape")
    await until(pilot, lambda: app.screen is start)
