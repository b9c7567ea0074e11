"""Steps with a table that can be narrowed: `/` goes to the filter, `enter` back to the rows, `esc` clears it."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.widgets.chips import Chips
from screens.widgets.table import Table
from screens.wizard.base import WizardScreen


class NarrowingScreen(WizardScreen):
    """`chips` are set by the step before it composes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "name", "filter", key_display="/", id="wizard.filter"),
    ]
    chips: Chips

    @property
    def narrowed(self) -> Table:
        """The table that the filter is for."""
        raise TypeError("each step has its table")

    def on_chips_changed(self) -> None:
        self.changed_mind()
        self.show()

    def action_name(self) -> None:
        # Where there is little room the line shows only while it is used.
        self.chips.add_class("-used")
        self.chips.input.focus()

    def action_take(self) -> None:
        if self.chips.input.has_focus:
            self.narrowed.focus()
        else:
            super().action_take()

    def action_back(self) -> None:
        if self.chips.input.has_focus or self.chips.name_filter:
            self.chips.input.value = ""
            self.narrowed.focus()
        else:
            super().action_back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # There is something to clear, even on the first step.
        if action == "back" and (self.chips.input.has_focus or self.chips.name_filter):
            return True
        return super().check_action(action, parameters)
