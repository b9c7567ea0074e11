"""The log of one container, and the events of the phase's namespaces."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Log

from llmd_tui.errors import UserError
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object, namespace
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.names import shorten
from llmd_tui.rollout.sightings import event_time
from llmd_tui.rollout.words import age
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import PaneTitle
from screens.widgets.table import Cell, Column, Row, Table

BATCH_SECONDS = 0.1
MAXIMUM = 2_000
AGAIN_SECONDS = 3.0
WIDEST = 2_000


class LogPane(Vertical):
    """Follows one container at a time. Lines come in batches; the oldest go."""

    DEFAULT_CSS = """
    LogPane { height: 1fr; }
    LogPane Log { height: 1fr; background: transparent; scrollbar-size: 0 1; overflow-x: hidden; }
    """

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(id="log-pane")
        self.title_line = PaneTitle("Log", symbols=symbols)
        self.log_lines = Log(max_lines=MAXIMUM, auto_scroll=True, id="log")
        self._symbols = symbols
        self._pending: list[str] = []
        self._subject: tuple[str, str, str] | None = None
        self._printed = 0
        self._again_at: float | None = None

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.log_lines

    def on_mount(self) -> None:
        self.set_interval(BATCH_SECONDS, self._flush)

    def follow(self, run: LiveRun, phase: str, pod: PodHealth | None) -> None:
        """Shows the container whose log tells most; without one, what the phase's own commands print."""
        subject = (pod.namespace, pod.name, pod.container) if pod and pod.container else ("", phase, "")
        if subject != self._subject or self._due(run):
            self._subject, self._again_at = subject, None
            self._pending.clear()
            self.log_lines.clear()
            self._printed = 0
            self.workers.cancel_group(self, "log")
            if subject[0]:
                self._follow_container(run, subject)
        if not subject[0]:
            self._show_output(run, phase)

    def _show_output(self, run: LiveRun, phase: str) -> None:
        lines = [line for _, of, line in run.progress.output if of == phase]
        self.title_line.note, self.title_line.right = f"{phase}, its own commands", "" if lines else "nothing printed"
        self._pending += [clean(line) for line in lines[self._printed :]]
        self._printed = len(lines)

    def _follow_container(self, run: LiveRun, subject: tuple[str, str, str]) -> None:
        self.title_line.note, self.title_line.right = f"{subject[1]} › {subject[2]}", "following"
        self.run_worker(self._read(run, subject), group="log", exclusive=True, exit_on_error=False)

    async def _read(self, run: LiveRun, subject: tuple[str, str, str]) -> None:
        try:
            async for line in run.follow(*subject):
                self._pending.append(clean(line))
            self.title_line.right = "ended"
        except (KubeError, UserError) as error:
            self.title_line.right = "no log yet" if isinstance(error, KubeError) else "lost"
            self._again_at = run.clock.time() + AGAIN_SECONDS

    def _due(self, run: LiveRun) -> bool:
        """Whether a container that had no log is to be asked again."""
        return self._again_at is not None and run.clock.time() >= self._again_at

    def _flush(self) -> None:
        if self._pending:
            lines, self._pending = self._pending, []
            self.log_lines.write_lines(lines)


def clean(line: str) -> str:
    """One printable line: no escape sequences, tabs as spaces, the last of what a progress bar overwrote."""
    line = line.rstrip("\r\n").rsplit("\r", 1)[-1]
    printable = "".join(character if character.isprintable() else " " for character in line.expandtabs(4))
    return printable[:WIDEST]


EVENT_COLUMNS = (
    Column("age", "AGE", "right", width=4),
    Column("type", "TYPE", width=7, keep=1),
    Column("reason", "REASON", width=18),
    Column("object", "OBJECT", width=30, keep=2),
    Column("message", "MESSAGE", width=24, stretch=True),
)


class EventsTable(Table):
    """Newest first."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(EVENT_COLUMNS, symbols=symbols, empty="No event yet.", id="events")

    def show(self, run: LiveRun, namespaces: tuple[str, ...]) -> None:
        seen = [(event_time(event), event) for event in run.view().all("Event") if namespace(event) in namespaces]
        newest = sorted(((at, event) for at, event in seen if at), key=lambda pair: pair[0], reverse=True)[:200]
        self.set_rows([_event_row(event, age((run.now() - at).total_seconds())) for at, event in newest])


def _event_row(event: Object, old: str) -> Row:
    warning = event.get("type") == "Warning"
    series: Object = event.get("series") or {}
    count: int = series.get("count") or event.get("count") or 1
    message = clean(str(event.get("message", "")).replace("\n", " "))
    cells = {
        "age": Cell(old, "quiet"),
        "type": Cell(str(event.get("type", "")), "slow" if warning else "quiet"),
        "reason": Cell(str(event.get("reason", ""))),
        "object": Cell(shorten(str(event.get("involvedObject", {}).get("name", "")), 30), "quiet"),
        "message": Cell(message + (f" ×{count}" if count > 1 else "")),
    }
    return Row(str(event["metadata"]["uid"]), cells)
