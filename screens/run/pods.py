"""The pods of the selected phase; those that wait for the same thing in one row."""

from llmd_tui.objects import namespace
from llmd_tui.rollout.groups import PodRow, group_pods
from llmd_tui.rollout.names import shorten
from llmd_tui.rollout.words import age
from screens.glyphs import GLYPHS, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, Row, Table

COLUMNS = (
    Column("pod", "POD", width=20, stretch=True),
    Column("ready", "READY", "right", width=5),
    Column("state", "STATE", width=19),
    Column("restarts", "RST", "right", width=3, keep=3),
    Column("age", "AGE", "right", width=4, keep=2),
    Column("node", "NODE", width=10, keep=4),
)


class PodsTable(Table):
    """Worst first. The row's key is the pod, so the cursor stays on it."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(COLUMNS, symbols=symbols, id="pods")
        self._shown: dict[str, PodRow] = {}

    def show(self, run: LiveRun, namespaces: tuple[str, ...]) -> None:
        view = run.view()
        pods = [pod for pod in view.all("Pod") if namespace(pod) in namespaces]
        rows = group_pods(pods, view, run.now())
        self._shown = {row.key: row for row in rows}
        self.set_empty("No pod yet; pods come within a minute of their release." if namespaces else "No pods here.")
        self.set_rows([self._row(row, run) for row in rows])

    @property
    def selected(self) -> PodRow | None:
        return self._shown.get(self.cursor_key or "")

    def _row(self, row: PodRow, run: LiveRun) -> Row:
        state: State = row.state
        since = (run.now() - row.since).total_seconds() if row.since else None
        word = f"{self._symbols.of(state)} {row.word}" + (f" {age(since)}" if state == "running" and since else "")
        nodes = row.nodes
        where = nodes[0].rsplit("-", 1)[-1] if len(nodes) == 1 else f"{len(nodes)} nodes" if nodes else "–"
        return Row(
            row.key,
            {
                "pod": Cell(shorten(row.title, self.width_of("pod") or 20)),
                "ready": Cell(row.ready),
                "state": Cell(word, GLYPHS[state].role if state not in ("done",) else "text"),
                "restarts": Cell(str(row.restarts), "faint" if not row.restarts else "text"),
                "age": Cell(age(since) if since is not None else ""),
                "node": Cell(where, "quiet"),
            },
        )
