"""One way through the wizard: a draft, what is found out around it, and a screen for each step."""

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from llmd_tui.draft.draft import Draft
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import Step
from llmd_tui.start.kept import keep
from screens.glyphs import Symbols
from screens.wizard.base import WizardScreen
from screens.wizard.drivers import DriversScreen
from screens.wizard.messages import Found
from screens.wizard.options import OptionsScreen
from screens.wizard.path import PathScreen
from screens.wizard.review import ReviewScreen
from screens.wizard.size import SizeScreen
from screens.wizard.target import TargetScreen

if TYPE_CHECKING:
    from textual.app import App

    from llmd_tui.azure.person import Person

SCREENS: dict[Step, type[WizardScreen]] = {
    "target": TargetScreen,
    "size": SizeScreen,
    "drivers": DriversScreen,
    "path": PathScreen,
    "options": OptionsScreen,
    "review": ReviewScreen,
}


class Journey:
    """`step` is the one that was shown last; `person` is asked to log in."""

    def __init__(self, app: "App[int]", draft: Draft, symbols: Symbols, person: "Person | None" = None) -> None:
        self.session = Session(draft, self._found, person)
        self.step: Step = "target"
        self._app = app
        self._begun_with = draft.answers.text
        self._symbols = symbols
        self._made: list[Step] = []
        self._told = False

    def _found(self) -> None:
        # Sixty regions that answer at once are shown once.
        if not self._told:
            self._told = True
            self._app.post_message(Found())

    def at(self, step: Step) -> Step:
        """A step's screen, by name, is made when it is first shown, and kept: the way back finds it as it was."""
        if step not in self._made:
            self._app.install_screen(SCREENS[step](self.session, self._symbols), step)
            self._made.append(step)
        self.step = step
        return step

    def show(self, screen: Screen[object]) -> None:
        """Something was found out."""
        self._told = False
        if isinstance(screen, WizardScreen):
            screen.show()

    def keep(self) -> None:
        """What was said outlives the program, once something was."""
        draft = self.session.draft
        if draft.answers.text != self._begun_with:
            keep(draft, self.step)

    async def close(self) -> None:
        """None of the screens is on the stack any more."""
        made, self._made = self._made, []
        for step in made:
            screen = cast(WizardScreen, self._app.get_screen(step))
            self._app.uninstall_screen(step)
            if screen.is_running:
                await screen.remove()
        await self.session.close()
