"""The keys that work now, most likely first; what does not fit is dropped from the right."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.style import Style

from screens.widgets.frame import Line

RIGHT = ("help", "command_palette")


class KeyFooter(Line):
    """Reads the screen's active bindings; a hint can be clicked."""

    DEFAULT_CSS = "KeyFooter { background: $surface; padding: 0 1; dock: bottom; }"

    def compose(self) -> ComposeResult:
        return iter(())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: object) -> None:
        self.refresh()

    def render(self) -> Content:
        shown = {
            active.binding.action: active.binding
            for active in self.screen.active_bindings.values()
            if active.binding.show and active.enabled
        }
        right = [self._hint(shown.pop(action)) for action in RIGHT if action in shown]
        end = Content("   ").join(right)
        width = self.content_size.width
        line = Content("")
        for binding in shown.values():
            hint = self._hint(binding)
            longer = Content.assemble(line, "   ", hint) if line else hint
            if longer.cell_length + end.cell_length + 3 > width:
                break
            line = longer
        return Content.assemble(line, " " * max(1, width - line.cell_length - end.cell_length), end)

    def _hint(self, binding: Binding) -> Content:
        key = binding.key_display or self.app.get_key_display(binding)
        click = Style.from_meta({"@click": f"app.simulate_key('{binding.key}')"})
        return Content.assemble((key, "bold"), " ", binding.description).stylize(click)
