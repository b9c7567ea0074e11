"""The lines of a log, as a table that follows its end."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events

from llmd_tui.rollout.words import clock
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, LazyRows, Row, Table

MAXIMUM = 5_000
CLOCK = len(clock(0))
LINE = Column("line", "", width=20, stretch=True)


@dataclass(frozen=True)
class Subject:
    """Whose log: a container's, or with no pod what the commands of a phase print."""

    phase: str = ""
    namespace: str = ""
    pod: str = ""
    container: str = ""
    previous: bool = False


@dataclass(frozen=True)
class LogLine:
    """`at` is when it was written, or when it came where nobody says."""

    at: datetime
    text: str


class LogTable(Table):
    """The lines. The cursor at the last one follows; anywhere else it stays where it is."""

    HEAD: ClassVar[bool] = False

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(_columns(CLOCK), symbols=symbols, cursor=False, id="log")
        self._run = run
        self._clock = CLOCK
        self.lines: deque[LogLine] = deque(maxlen=MAXIMUM)
        self._first = 0
        self.following = True
        self.wanted = ""

    @property
    def position(self) -> int:
        """Of the cursor, among the lines."""
        return int(self.cursor_key or self._first) - self._first

    def clear(self) -> None:
        self.lines.clear()
        self._first, self.following, self._clock = 0, True, CLOCK
        self.set_rows(())

    def add(self, new: Sequence[LogLine]) -> None:
        self._first += max(0, len(self.lines) + len(new) - MAXIMUM)
        self.lines.extend(new)
        self._clock = max([self._clock, *(len(self._when(line)) for line in new)])
        self.set_columns(_columns(self._clock))
        self.draw()

    def draw(self) -> None:
        first, count = self._first, len(self.lines)
        self.set_rows(LazyRows([str(first + at) for at in range(count)], self._row))
        if self.following and count:
            self.cursor_key = str(first + count - 1)

    def watch_cursor_key(self, before: str | None, after: str | None) -> None:
        if self._moving:
            self.following = self.position >= len(self.lines) - 1
        super().watch_cursor_key(before, after)

    def on_focus(self) -> None:
        self._cursor = True
        self.refresh()

    def on_blur(self) -> None:
        self._cursor = False
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Who scrolls back reads: new lines do not pull the view away."""
        self._go(self.position - 3, -1)
        event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._go(self.position + 3, 1)
        event.stop()

    def hits(self) -> list[int]:
        """The positions of the lines that hold what is searched for."""
        wanted = self.wanted.lower()
        return [at for at, line in enumerate(self.lines) if wanted in line.text.lower()] if wanted else []

    def go_to_hit(self, direction: int) -> None:
        found = self.hits()
        further = [at for at in found if (at - self.position) * direction > 0]
        target = (further or found)[0 if direction > 0 else -1] if found else None
        if target is not None:
            self._point(str(self._first + target))

    def _row(self, at: int) -> Row:
        line = self.lines[at]
        last = at == len(self.lines) - 1
        text = Cell(line.text, "text" if last else "quiet", self.wanted)
        return Row(str(self._first + at), {"at": Cell(self._when(line), "quiet"), "line": text})

    def _when(self, line: LogLine) -> str:
        begun = self._run.progress.started
        return clock(line.at.timestamp() - begun) if begun is not None else ""


def _columns(clock_cells: int) -> tuple[Column, ...]:
    return (Column("at", "", "right", width=clock_cells, least=clock_cells), LINE)
