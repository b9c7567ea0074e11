"""The first frame when the program is started with an answers file: what is read, while it is read."""

from pathlib import Path

from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.widgets.frame import Verdict


class OpeningScreen(FrameScreen):
    """Until the wizard is there, or the program ends with what is wrong with the file."""

    def __init__(self, file: Path, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._file = file

    def on_mount(self) -> None:
        self.header.crumbs = (self._file.name,)
        self.header.facts = ("nothing created yet",)
        self.say(Verdict("running", f"Reading {self._file.name}.", "It fills the wizard in.", "q quit"))
