"""The frame of every screen: header, rail, verdict, normal bar, pane titles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.rollout.words import estimate
from screens.glyphs import GLYPHS, Role, State, Symbols
from screens.spelling import key_of
from screens.widgets.reversed import whole

Band = Literal["calm", "slow", "failed"]

STYLES: dict[Role, str] = {
    "text": "",
    "bold": "bold",
    "quiet": "dim",
    "faint": "dim $foreground 76%",
    "running": "$text-primary",
    "done": "$text-success",
    "slow": "$text-warning",
    "failed": "$text-error",
}


@dataclass(frozen=True)
class Verdict:
    """One sentence that stands alone, what is usual, and the key to press.

    Where it is narrow `short` takes the sentence's place; where it is wide `calm` may take the key's.
    """

    state: State
    sentence: str
    usual: str = ""
    key: str = ""
    short: str = ""
    calm: str = ""

    @property
    def band(self) -> Band:
        if self.state == "failed":
            return "failed"
        return "slow" if self.state in ("slow", "stale") else "calm"


def press(key: str) -> Style:
    """A click on what is so styled is as good as the key."""
    return Style.from_meta({"@click": f"app.simulate_key('{key}')"})


def cut(content: Content, width: int, symbols: Symbols, *, words: bool = False) -> Content:
    """What fits, with a sign that there is more. `words`: not within one, unless it is a long one."""
    if content.cell_length <= width:
        return content
    kept = content.truncate(max(0, width - 1))
    end = kept.plain.rfind(" ")
    if words and end > len(kept.plain) * 2 // 3 and content.plain[len(kept.plain)] != " ":
        kept = kept[:end]
    return Content.assemble(kept, symbols.text("…")).truncate(max(0, width))


class Line(Static):
    """One row of content that is never markup and never folds."""

    DEFAULT_CSS = """
    Line {
        height: 1; width: 1fr; text-wrap: nowrap; text-overflow: clip;
        link-style: none; link-color: auto; link-background: initial; link-style-hover: none;
        link-background-hover: $primary-muted; link-color-hover: auto;
    }
    Line:ansi { link-color: ansi_default; }
    """

    def __init__(self, *, symbols: Symbols, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(markup=False, id=id)
        self.symbols = symbols

    def glyph(self, state: State) -> tuple[str, str]:
        return self.symbols.of(state), STYLES[GLYPHS[state].role]

    def spread(self, left: Content, right: Content) -> Content:
        """Left and right with the room between them; the right one goes first when there is none."""
        width = self.content_size.width or self.size.width
        room = width - left.cell_length - right.cell_length
        if room >= 1:
            return Content.assemble(left, " " * room, right)
        return cut(left, width, self.symbols)


class HeaderBar(Line):
    """`llmd-tui` and crumbs at the left; at the right the state, the clock and the money."""

    DEFAULT_CSS = "HeaderBar { background: $surface; padding: 0 1; }"

    crumbs: reactive[tuple[str, ...]] = reactive(())
    state: reactive[State | None] = reactive(None)
    facts: reactive[tuple[str, ...]] = reactive(())

    def render(self) -> Content:
        """Too narrow: the first crumbs go, then the facts from the last on; estimates become `~16m left`."""
        width = self.content_size.width or self.size.width
        crumbs: list[str] = [*self.crumbs]
        facts: list[str] = [*self.facts]
        while True:
            left, right = self._trail(crumbs), self._facts(facts)
            if left.cell_length + right.cell_length + 2 <= width:
                return self.spread(left, right)
            if len(crumbs) > 2:
                crumbs.pop(0)
            elif any("about " in fact for fact in facts):
                facts = [fact.replace("about ", "~") for fact in facts]
            elif len(facts) > 1:
                facts.pop()
            elif len(crumbs) > 1:
                crumbs.pop(0)
            else:
                return self.spread(left, right)

    def _trail(self, crumbs: Sequence[str]) -> Content:
        trail: list[Content | str | tuple[str, str]] = [("llmd-tui", "bold"), "   "]
        for position, crumb in enumerate(crumbs):
            last = position == len(crumbs) - 1
            separator = self.symbols.text(" › ") if position else ""
            trail += [(separator, "dim"), (self.symbols.text(crumb), "" if last else "dim")]
        return Content.assemble(*trail)

    def _facts(self, facts: Sequence[str]) -> Content:
        parts: list[str | tuple[str, str]] = []
        if self.state:
            parts += [self.glyph(self.state), " "]
        return Content.assemble(*parts, self.symbols.text("   ".join(facts)))


class Rail(Line):
    """The wizard's steps; done ones carry their answer where there is room, and a click goes back to them."""

    DEFAULT_CSS = "Rail { padding: 0 1; }"

    steps: reactive[tuple[tuple[str, str], ...]] = reactive(())
    current: reactive[int] = reactive(0)

    def render(self) -> Content:
        width = self.content_size.width
        long = self._assemble(answers=True)
        return long if long.cell_length <= width else self._assemble(answers=False)

    def _assemble(self, *, answers: bool) -> Content:
        parts: list[str | Content] = []
        for position, (name, answer) in enumerate(self.steps):
            state: State = "done" if position < self.current else "running" if position == self.current else "pending"
            told = f" {answer}" if answers and answer and position < self.current else ""
            style = {"done": "", "running": "bold $text-primary"}.get(state, STYLES["quiet"])
            gap = "   " if answers else "  "
            step = Content.assemble((name, style), (self.symbols.text(told), STYLES["quiet"]))
            if state == "done":
                # Not the glyph: what can be clicked loses its colour.
                step = step.stylize(Style.from_meta({"@click": f"screen.return_to({position})"}))
            parts += [Content.styled(*self.glyph(state)), " ", step, gap]
        return Content.assemble(*parts)


class VerdictLine(Line):
    """The answer to: is it stuck, why, what do I press."""

    DEFAULT_CSS = """
    VerdictLine { padding: 0 1; link-color: $foreground; }
    VerdictLine:ansi { link-color: ansi_default; }
    VerdictLine.-slow { background: $warning-muted; }
    VerdictLine.-failed { background: $error-muted; }
    VerdictLine:nocolor.-slow, VerdictLine:nocolor.-failed { text-style: reverse; }
    VerdictLine:ansi.-slow { color: ansi_black; link-color: ansi_black; }
    VerdictLine:ansi.-failed { color: ansi_bright_white; link-color: ansi_bright_white; }
    """

    verdict: reactive[Verdict] = reactive(Verdict("pending", ""))

    def watch_verdict(self, verdict: Verdict) -> None:
        self.set_class(verdict.band == "slow", "-slow")
        self.set_class(verdict.band == "failed", "-failed")

    def render_lines(self, crop: Region) -> list[Strip]:
        return whole(self, super().render_lines(crop))

    def render(self) -> Content:
        verdict = self.verdict
        width = self.content_size.width
        sentence = self._sentence(verdict.sentence)
        if not verdict.key and self.styles.text_wrap == "wrap":
            return sentence
        if verdict.calm:
            whole = self._with_usual(sentence, f"{verdict.usual} {verdict.calm}")
            if whole.cell_length <= width:
                return whole
        keys = self._keys(verdict.key)
        short = self._sentence(verdict.short or verdict.sentence)
        for left in (*(self._with_usual(text, verdict.usual) for text in (sentence, short)), sentence, short):
            if left.cell_length + keys.cell_length + 2 <= width:
                return self.spread(left, keys)
        begin = cut(short, max(8, width - keys.cell_length - 2), self.symbols, words=True)
        return Content.assemble(begin, " " * max(1, width - begin.cell_length - keys.cell_length), keys)

    def _sentence(self, text: str) -> Content:
        glyph, style = self.glyph(self.verdict.state)
        style = style if self.verdict.band == "calm" else ""
        return Content.assemble((glyph, style), " ", (self.symbols.text(text), "bold"))

    def _with_usual(self, sentence: Content, usual: str) -> Content:
        style = "" if self.verdict.band != "calm" else STYLES["quiet"]
        return Content.assemble(sentence, " ", (self.symbols.text(usual), style)) if usual.strip() else sentence

    def _keys(self, text: str) -> Content:
        """`x do it   f why`, the keys in bold, each to be clicked with its words; `nothing to do` as it is."""
        return Content("   ").join(self._key(part) for part in self.symbols.text(text).split("   "))

    def _key(self, text: str) -> Content:
        word, space, rest = text.partition(" ")
        if (key := key_of(word)) is None:
            return Content(text)
        return Content.assemble((word, "bold"), space, rest).stylize(press(key))


class NormalBar(Line):
    """Elapsed time on a scale of what is normal: from, to, and slow after, in seconds. Time, not progress."""

    DEFAULT_CSS = "NormalBar { padding: 0 3; }"
    WIDEST: ClassVar[int] = 72

    elapsed: reactive[float | None] = reactive(None)
    low: reactive[float] = reactive(0.0)
    high: reactive[float] = reactive(0.0)
    slow: reactive[float] = reactive(0.0)

    def render(self) -> Content:
        if self.elapsed is None or self.slow <= 0:
            return Content("")
        low, high = f" {estimate(self.low)} ", f" {estimate(self.high)} " if self.high < self.slow else ""
        slow = f" slow after {estimate(self.slow)}"
        width = min(self.content_size.width, self.WIDEST)
        room = max(9, width - cell_len(low) - cell_len(high) - cell_len(slow))
        scale = room / self.slow
        first, second = max(1, int(self.low * scale)), max(2, int(self.high * scale))
        at = min(room, int(self.elapsed * scale))
        parts: list[tuple[str, str]] = []
        for begin, end, glyph, label in ((0, first, "─", low), (first, second, "─", high), (second, room, "┄", slow)):
            ours = min(max(at - begin, 0), end - begin)
            parts += [
                (self.symbols.text("━" * ours), "$text-primary"),
                (self.symbols.text(glyph * (end - begin - ours)), STYLES["quiet"]),
                (label, STYLES["quiet"]),
            ]
        return Content.assemble(*parts)


class PaneTitle(Line):
    """`Name  note ───── age`: the title rule over a pane."""

    DEFAULT_CSS = "PaneTitle { color: $foreground; }"

    name_: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    right: reactive[str] = reactive("")
    focused: reactive[bool] = reactive(False)

    def __init__(self, name: str, *, symbols: Symbols, id: str | None = None) -> None:  # noqa: A002 - Textual's own
        super().__init__(symbols=symbols, id=id)
        self.name_ = name

    def render(self) -> Content:
        width = self.content_size.width
        rule, bold = ("$primary", "bold $text-primary") if self.focused else ("dim $foreground 31%", "")
        note = f"  {self.symbols.text(self.note)}" if self.note else ""
        left = Content.assemble((self.symbols.text(self.name_), bold), (note, STYLES["quiet"]))
        right = Content.styled(f" {self.symbols.text(self.right)}", STYLES["quiet"]) if self.right else Content("")
        left = cut(left, max(4, width - right.cell_length - 2), self.symbols)
        line = self.symbols.text("─" * max(0, width - left.cell_length - right.cell_length - 1))
        return Content.assemble(left, " ", (line, rule), right)


class Pane(Widget):
    """A title rule and what is under it; the title shows who has the focus."""

    DEFAULT_CSS = "Pane { height: auto; layout: vertical; }"

    def __init__(self, title: PaneTitle, *children: Widget, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(title, *children, id=id, classes=classes)
        self.title = title

    def on_descendant_focus(self) -> None:
        self.title.focused = True

    def on_descendant_blur(self) -> None:
        self.title.focused = self.has_focus_within


def rows(lines: Sequence[tuple[str, Role]], symbols: Symbols) -> Content:
    """Several lines of text, each in one role."""
    return Content("\n").join(Content.assemble((symbols.text(text), STYLES[role])) for text, role in lines)
