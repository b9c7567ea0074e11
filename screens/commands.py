"""The command palette: every action of the screen at hand, those too that the footer has no room for."""

from collections.abc import Callable, Iterator

from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from screens.widgets.footer import key_words

LEFT_OUT = ("command_palette", "app.command_palette")


def commands(app: App[int], screen: Screen[object]) -> Iterator[SystemCommand]:
    """Each action once, by what it does; its key beside it."""
    told: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        name = binding.description
        if not (name and active.enabled and binding.id) or binding.action in LEFT_OUT or name in told:
            continue
        told.add(name)
        yield SystemCommand(name.capitalize(), f"key {key_words(binding)}", _doer(app, binding.action, active.node))


def _doer(app: App[int], action: str, node: DOMNode) -> Callable[[], object]:
    return lambda: app.call_later(app.run_action, action, node)
