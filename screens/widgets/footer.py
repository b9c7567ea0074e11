"""The keys that work now, most likely first; what does not fit is dropped from the right."""

from textual.binding import Binding
from textual.content import Content

from screens.spelling import spelt
from screens.widgets.frame import Line, press

RIGHT = ("help", "command_palette")
_PLACES = {"Y": 0, "enter": 1, "tab": 2, "escape": 99}
"""What is most likely comes first, the way back last; the others stay in the order in which they are declared."""
_LASTING = {"A", "D"}
"""What ends something that costs money stays longest: it has a use seldom, and is looked for then."""


def key_words(binding: Binding) -> str:
    """A binding's key as people read it."""
    return binding.key_display or spelt(binding.key)


class KeyFooter(Line):
    """Reads the screen's active bindings; a hint can be clicked."""

    ALLOW_SELECT = False  # A second click on a hint would select its words instead.
    DEFAULT_CSS = "KeyFooter { background: $surface; padding: 0 1; dock: bottom; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: object) -> None:
        self.refresh()

    def render(self) -> Content:
        shown: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled:
                shown.setdefault(active.binding.action, active.binding)
        right = [shown.pop(action) for action in RIGHT if action in shown]
        left = sorted(shown.values(), key=lambda binding: _PLACES.get(binding.key, len(_PLACES)))
        width = self.content_size.width
        while left and _length(left) + 3 + _length(right) > width:
            # Of the right end the commands go first; of the left the way back stays longest.
            if len(right) > 1:
                right.pop()
            else:
                left.pop(_least(left))
        start, end = (Content("   ").join(map(self._hint, bindings)) for bindings in (left, right))
        return Content.assemble(start, " " * max(1, width - start.cell_length - end.cell_length), end)

    def _hint(self, binding: Binding) -> Content:
        key = key_words(binding)
        return Content.assemble((key, "bold"), " ", binding.description).stylize(press(binding.key))


def _least(left: list[Binding]) -> int:
    """Which goes next; of the last one, the way back, nothing is said before it is alone."""
    inner = [at for at in range(len(left) - 1) if left[at].key not in _LASTING]
    return inner[-1] if inner else max(0, len(left) - 2)


def _length(bindings: list[Binding]) -> int:
    return sum(len(key_words(binding)) + 1 + len(binding.description) + 3 for binding in bindings) - 3
