"""How a screen can look: themes, no colour, ASCII."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from screens.app import LlmdApp
from screens.glyphs import Symbols
from tests.screens.stage import SIZES

LARGE = (120, 40)
each_size = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)


@dataclass(frozen=True)
class Look:
    """`suffix` is put behind a picture's name."""

    suffix: str
    theme: str = "textual-dark"
    color: bool = True
    ascii_only: bool = False

    @property
    def symbols(self) -> Symbols:
        return Symbols(ascii_only=self.ascii_only)

    def prepare(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before the application is made."""
        if not self.color:
            monkeypatch.setenv("NO_COLOR", "1")

    def put_on(self, app: LlmdApp) -> None:
        app.theme = self.theme

    def name(self, picture: str) -> str:
        return f"{picture}-{self.suffix}"


DARK = Look("")
LOOKS = (Look("light", theme="textual-light"), Look("no-color", color=False), Look("ascii", ascii_only=True))
each_look: Callable[[Callable[..., object]], Callable[..., object]] = pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: look.suffix
)
