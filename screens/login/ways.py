"""How to log in: what there is here, to pick from. A login that somebody makes elsewhere meanwhile is taken."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmd_tui.azure.profile import profile_changed
from llmd_tui.azure.ways import suiting, ways
from screens.glyphs import Symbols
from screens.widgets.picker import Option, Picker

if TYPE_CHECKING:
    from llmd_tui.azure.listed import Tenant

TICK_SECONDS = 1.0


class LoginPicker(Picker):
    """Returns the key of a way, or None."""

    def __init__(self, symbols: Symbols, tenants: "Sequence[Tenant]" = ()) -> None:
        options = [Option(way.key, way.name, way.note, way.reason) for way in ways(tenants)]
        options.sort(key=lambda option: bool(option.reason))
        super().__init__("Log in to Azure", options, suiting(), symbols, head="how")
        self._seen = profile_changed()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_SECONDS, self._look)

    def _look(self) -> None:
        if self.app.screen is self and profile_changed() > self._seen:
            self.dismiss("cli")
