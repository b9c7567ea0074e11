"""The events of the namespaces at hand, the newest first."""

from heapq import nlargest
from typing import ClassVar

from llmd_tui.objects import Object, namespace
from llmd_tui.rollout.reading import dig, text
from llmd_tui.rollout.sightings import event_time
from llmd_tui.rollout.words import age
from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, Row, Table

MOST = 200
COLUMNS = (
    Column("age", "AGE", "right", width=4),
    Column("type", "TYPE", width=7, keep=2),
    Column("reason", "REASON", width=14, keep=1),
    Column("object", "OBJECT", width=29, least=16, keep=1, names="-"),
    Column("message", "MESSAGE", width=24, stretch=True),
)
EMPTY = "No event yet. They come with the first objects and stay for an hour."


class EventsTable(Table):
    LIVE: ClassVar[bool] = True
    TOP: ClassVar[bool] = True

    def __init__(self, run: LiveRun, symbols: Symbols, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(COLUMNS, symbols=symbols, empty=EMPTY, id=id)
        self._run = run
        self._events: dict[str, Object] = {}
        self._seen: object = None

    @property
    def selected(self) -> Object | None:
        return self._events.get(self.cursor_key or "")

    def show(self, namespaces: tuple[str, ...]) -> None:
        self.set_empty(self._run.unseen or EMPTY)
        view = self._run.view()
        if (seen := (view.changed, namespaces)) != self._seen:
            self._seen = seen
            found = (event for event in view.all("Event") if namespace(event) in namespaces)
            # Times as they are written sort as times do.
            newest = nlargest(MOST, found, key=_written)
            self._events = {str(event["metadata"]["uid"]): event for event in newest}
        self.set_rows([self._row(key, event) for key, event in self._events.items()])

    def _row(self, key: str, event: Object) -> Row:
        warning = event.get("type") == "Warning"
        at = event_time(event)
        old = age((self._run.now() - at).total_seconds()) if at else "?"
        count = dig(event, "series", "count") or event.get("count") or 1
        message = one_line(text(event.get("message"))) + (f" ×{count}" if count > 1 else "")
        cells = {
            "age": Cell(old, "quiet"),
            "type": Cell(text(event.get("type")), "slow" if warning else "quiet"),
            "reason": Cell(text(event.get("reason"))),
            "object": Cell(text(dig(event, "involvedObject", "name")), "quiet"),
            "message": Cell(message, "quiet"),
        }
        return Row(key, cells)


def _written(event: Object) -> str:
    return (
        text(dig(event, "series", "lastObservedTime"))
        or text(event.get("lastTimestamp"))
        or text(event.get("eventTime"))
        or text(dig(event, "metadata", "creationTimestamp"))
    )
