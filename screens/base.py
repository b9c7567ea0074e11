"""The frame that every screen stands in."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from screens.glyphs import Symbols
from screens.messages import Said
from screens.spelling import spelt
from screens.widgets.footer import KeyFooter, key_words
from screens.widgets.frame import HeaderBar, Rail, Verdict, VerdictLine

SMALLEST = (80, 24)
NOTE_SECONDS = 2.0
"""How long a key without use is told about."""


class FrameScreen(Screen[None]):
    """Header, rail (in the wizard), verdict, body, footer; under 80×24 verdict and footer alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that what is typed right behind it reaches the next pane.
        Binding("tab", "app.focus_next", "next pane", show=False, priority=True, id="frame.next"),
        Binding("shift+tab", "app.focus_previous", "previous pane", show=False, priority=True, id="frame.previous"),
    ]
    AUTO_FOCUS = ""
    """Each screen says where the answer is."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(classes="-ascii" if symbols.ascii_only else "")
        self.symbols = symbols
        self.header = HeaderBar(symbols=symbols, id="header")
        self.rail: Rail | None = None
        self.verdict_line = VerdictLine(symbols=symbols, id="verdict")
        self._said = Verdict("pending", "")
        self._note: Timer | None = None
        self._small = False
        self._focus_before: Widget | None = None
        self._instead: Widget | None = None

    def body(self) -> Iterable[Widget]:
        """The panes."""
        return ()

    def compose(self) -> ComposeResult:
        self._fold(self.app.size)
        yield self.header
        if self.rail:
            yield self.rail
        yield self.verdict_line
        yield Container(*self.body(), id="body")
        yield KeyFooter(symbols=self.symbols, id="footer")

    def _fold(self, size: Size) -> None:
        """As Textual will on the first resize, which comes after the first paint: what is drawn must not move then."""
        sides = ((self.app.HORIZONTAL_BREAKPOINTS, size.width), (self.app.VERTICAL_BREAKPOINTS, size.height))
        for breakpoints, cells in sides:
            self.add_class(*[name for least, name in sorted(breakpoints or ()) if cells >= least][-1:])
        self.set_class(size.width < SMALLEST[0] or size.height < SMALLEST[1], "-small")

    def on_table_picked(self) -> None:
        """A second click means enter. The application presses it: a key from here would not come back to here."""
        self.app.call_later(self.app.simulate_key, "enter")

    def say(self, verdict: Verdict) -> None:
        """The one sentence of the screen."""
        verdict = replace(verdict, key=self._respelt(verdict.key))
        if verdict != self._said:
            self.post_message(Said(verdict))
        self._said = verdict
        if not self._small and self._note is None:
            self.verdict_line.verdict = verdict

    def _respelt(self, keys: str) -> str:
        """`x do it   f why` with the keys that the user gave them, where there are such."""
        own = dict(self._own_keys()) if keys else {}
        if not own:
            return keys
        parts = (part.partition(" ") for part in keys.split("   "))
        return "   ".join(f"{own.get(key, key)}{space}{words}" for key, space, words in parts)

    def _own_keys(self) -> Iterator[tuple[str, str]]:
        """Of what can be done here: the key that it comes with, and the one that the user gave it."""
        own: dict[str, str] = getattr(self.app, "own_keys", {})
        if own:
            for active in self.active_bindings.values():
                if (name := active.binding.id) in own:
                    yield own[str(name)], key_words(active.binding)

    # A key without use

    def on_key(self, event: events.Key) -> None:
        """What has a use never comes here, or is bound."""
        active = self.active_bindings.get(event.key)
        if not (active and active.enabled) and not self._small:
            self.note(self._without_use(event))

    def _without_use(self, event: events.Key) -> str:
        for _, bindings in self._modal_binding_chain:
            for binding in bindings.key_to_bindings.get(event.key, ()):
                if binding.description:
                    return f"{key_words(binding)} ({binding.description}) has no use now."
        return f"{spelt(event.key)} has no use here."

    def note(self, sentence: str) -> None:
        """Stands in the verdict's place for a moment."""
        if self._note:
            self._note.stop()
        self._note = self.set_timer(NOTE_SECONDS, self._noted)
        self.verdict_line.verdict = Verdict("skipped", sentence, "", "? help")

    def _noted(self) -> None:
        self._note = None
        if not self._small:
            self.verdict_line.verdict = self._said

    def tell(self, verdict: Verdict) -> None:
        """Something that came of what was asked; stands until something else is done."""
        self.say(verdict)

    def on_resize(self, event: events.Resize) -> None:
        columns, rows = event.size
        small = columns < SMALLEST[0] or rows < SMALLEST[1]
        if not small:
            self.call_after_refresh(self._focus_again)
        self._small = small
        self.set_class(self._small, "-small")
        if self._small:
            needs = f"needs {SMALLEST[0]}×{SMALLEST[1]}, has {columns}×{rows}"
            sentence = self._said.sentence if columns >= SMALLEST[0] // 2 else ""
            self.verdict_line.verdict = Verdict("slow", sentence, "", needs) if sentence else Verdict("slow", needs)
        else:
            self.verdict_line.verdict = self._said

    def _focus_again(self) -> None:
        """Panes that fold away take the focus with them: another one has it until they are back."""
        if self.focused not in (None, self._instead) or self._small:
            return
        if self._focus_before in self.focus_chain:
            self._instead = None
            self.set_focus(self._focus_before)
        elif self.focused is None:
            self._instead = next(iter(self.focus_chain), None)
            self.set_focus(self._instead)

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        if after is None:
            self.call_after_refresh(self._focus_again)
        elif after is not self._instead:
            self._focus_before, self._instead = after, None
