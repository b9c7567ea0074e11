"""A line to type in, that shows what it holds without the terminal acting on it."""

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Input

from llmd_tui.text import one_line, seen
from screens.widgets.reversed import whole


class Entry(Input):
    """What is pasted comes in as one line, without escape sequences; other unseen characters are shown."""

    DEFAULT_CSS = """
    Entry, Entry:focus { border: none; height: 1; padding: 0 1; background: $surface; }
    Entry:focus { background: $primary-muted; }
    Entry:nocolor:focus, Entry:ansi:focus { text-style: reverse; }
    """

    def _on_paste(self, event: events.Paste) -> None:
        # Textual calls its own after this one.
        event.text = one_line(event.text.strip("\r\n").partition("\n")[0].strip(), len(event.text) + 1)

    def render_lines(self, crop: Region) -> list[Strip]:
        return whole(self, super().render_lines(crop))

    @property
    def _value(self) -> Text:
        return Text(seen(self.value), no_wrap=True, overflow="ignore", end="")
