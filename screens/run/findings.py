"""The Findings pane: what is wrong, the evidence, the cause, and the key that mends it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.words import headline
from screens.glyphs import Symbols
from screens.run.finding_text import INDENT, FindingText, doing
from screens.widgets.frame import Pane, PaneTitle


class FindingsPane(Pane):
    """One title row while there is nothing to find. With several findings one is open, and the arrows move.

    `room` is how many rows it may take, title included; it takes fewer when it needs fewer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "remedy", "do the remedy", id="findings.remedy"),
        Binding("l", "log", "log", id="findings.log"),
        Binding("c", "copy", "copy", id="findings.copy"),
        Binding("e", "export", "export evidence", id="findings.export"),
        Binding("w", "waive", "waive", id="findings.waive"),
        Binding("up,k", "move(-1)", "previous", show=False, id="findings.up"),
        Binding("down,j", "move(1)", "next", show=False, id="findings.down"),
        Binding("home,g", "move(-1000)", "first", show=False, id="findings.first"),
        Binding("end,G", "move(1000)", "last", show=False, id="findings.last"),
    ]
    DEFAULT_CSS = """
    FindingsPane { height: 1; }
    FindingsPane > VerticalScroll { height: 1fr; scrollbar-size: 0 1; }
    FindingsPane Static { height: auto; text-wrap: nowrap; text-overflow: clip; }
    FindingsPane Static { link-style: none; link-color: auto; link-background: initial; link-style-hover: none; }
    FindingsPane Static { link-background-hover: $primary-muted; link-color-hover: auto; }
    FindingsPane.-none > VerticalScroll { display: none; }
    """

    class Asked(Message):
        """Something is asked for a finding."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    class Remedy(Asked):
        """`x`: do what the remedy spells out, once, or copy its command."""

    class ShowLog(Asked):
        """`l`: the log that tells."""

    class Copy(Asked):
        """`c`: all of it, as Markdown."""

    class Export(Asked):
        """`e`: the evidence, as files."""

    class Waive(Asked):
        """`w`: it is known and accepted."""

    def __init__(self, symbols: Symbols, id: str = "findings-pane") -> None:  # noqa: A002 - Textual's own name
        self._drawing = Static(markup=False)
        self._scroll = VerticalScroll(self._drawing)
        super().__init__(PaneTitle("Findings", symbols=symbols), self._scroll, id=id, classes="-none")
        self.title.note = headline(())
        self._symbols = symbols
        self._findings: tuple[Finding, ...] = ()
        self._key: object = None
        self._now = datetime.now(UTC)
        self._began: datetime | None = None
        self._waived = 0
        self._room = 24
        self._drawn: object = None
        self._titles: dict[int, Finding] = {}
        self._keys_row = -1

    def show(self, findings: Sequence[Finding], now: datetime, began: datetime | None = None, waived: int = 0) -> None:
        """`began` is the start of the run, `waived` how many somebody has accepted. The open finding stays open as
        long as it is there."""
        self._findings, self._now, self._began, self._waived = tuple(findings), now, began, waived
        if self.selected is None:
            self._key = _key(findings[0]) if findings else None
        self._draw()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    @property
    def selected(self) -> Finding | None:
        """The one that is open."""
        return next((finding for finding in self._findings if _key(finding) == self._key), None)

    @property
    def room(self) -> int:
        return self._room

    @room.setter
    def room(self, rows: int) -> None:
        if rows != self._room:
            self._room = rows
            self._draw()

    def wanted(self, width: int) -> int:
        """Rows that all of it would take at that width, title included."""
        return 1 + (len(self._lines(width, short=False)[0]) if self._findings else 0)

    def open(self, finding: Finding) -> None:
        """Makes it the open one."""
        self._key = _key(finding)
        self._draw(moved=True)

    # Drawing

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self, *, moved: bool = False) -> None:
        self.set_class(not self._findings, "-none")
        self._scroll.can_focus = bool(self._findings)
        self.title.note = headline(self._findings, self._waived)
        self.title.right = self.selected.id if self.selected else ""
        width = self.content_size.width - self._scroll.gutter.width
        if not self._findings or width <= 0:
            self.styles.height = 1
            return
        lines, at = self._lines(width, short=False)
        if len(lines) + 1 > self._room:
            lines, at = self._lines(width, short=True)
        if len(lines) + 1 > self._room:
            # The scrollbar needs its place.
            lines, at = self._lines(width - 1, short=True)
        self.styles.height = max(2, min(len(lines) + 1, self._room))
        drawing = Content("\n").join(lines)
        # Equal contents compare by their text alone.
        if (drawn := (drawing.plain, drawing.spans)) != self._drawn:
            self._drawn = drawn
            self._drawing.update(drawing)
        if moved:
            self._scroll.scroll_to(y=max(0, at - 1), animate=False)

    def _lines(self, width: int, *, short: bool) -> tuple[list[Content], int]:
        """All lines, and at which the open finding begins."""
        text = FindingText(self._symbols, self._now, self._began, colour=not self.app.no_color)
        lines: list[Content] = []
        at = 0
        self._titles = {}
        for position, finding in enumerate(self._findings):
            opened = _key(finding) == self._key
            at = len(lines) if opened else at
            new = (
                text.lines(finding, width, short=short)
                if opened
                else [text.title(finding, width, bold=False, short=short)]
            )
            self._titles[len(lines)] = finding
            lines += new
            if opened:
                self._keys_row = len(lines) - 1
            if opened and not short and position < len(self._findings) - 1:
                lines.append(Content(""))
        return lines, at

    # Keys

    def action_move(self, step: int) -> None:
        """To another finding; a single one that is longer than its place scrolls."""
        keys = [_key(finding) for finding in self._findings]
        if self._key not in keys or len(keys) == 1:
            self._scroll.scroll_relative(y=step, animate=False)
            return
        at = min(max(keys.index(self._key) + step, 0), len(keys) - 1)
        self.open(self._findings[at])

    def on_click(self, event: events.Click) -> None:
        """On the title of a finding: opens it. On `x`: presses it."""
        at = event.get_content_offset(self._drawing)
        if at is None:
            return
        if finding := self._titles.get(at.y):
            self._scroll.focus()
            self.open(finding)
        elif at.y == self._keys_row and self.selected and INDENT <= at.x < INDENT + 4 + len(doing(self.selected)):
            self.action_remedy()

    def take_focus(self) -> None:
        """The keyboard is the pane's from now on."""
        self._scroll.focus()

    def _ask(self, kind: type[Asked]) -> None:
        if self.selected:
            self.post_message(kind(self.selected))

    def action_remedy(self) -> None:
        self._ask(self.Remedy)

    def action_log(self) -> None:
        self._ask(self.ShowLog)

    def action_copy(self) -> None:
        self._ask(self.Copy)

    def action_export(self) -> None:
        self._ask(self.Export)

    def action_waive(self) -> None:
        self._ask(self.Waive)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "remedy":
            return bool(self.selected and doing(self.selected))
        return bool(self._findings)


def _key(finding: Finding) -> object:
    """What stays the same while a finding goes on."""
    return finding.id, finding.phase, finding.subjects[:1], finding.title if not finding.id else ""
