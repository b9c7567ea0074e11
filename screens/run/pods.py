"""The pods of the phase at hand; those that wait for the same thing in one row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from llmd_tui.objects import Object
from llmd_tui.rollout.groups import ORDERS, Order, PodRow, RowCache, pod_rows
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.news import short
from llmd_tui.rollout.reading import dig, listed, text
from llmd_tui.rollout.words import age
from screens.glyphs import GLYPHS, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, LazyRows, Row, Table

COLUMNS = (
    Column("pod", "POD", width=29, least=12, stretch=True, names="-"),
    Column("ready", "READY", "right", width=5),
    Column("state", "STATE", width=17),
    Column("restarts", "RST", "right", width=3, keep=3),
    Column("age", "AGE", "right", width=4, keep=2),
    Column("node", "NODE", width=10, keep=4),
)
WIDE = tuple(replace(column, width=26) if column.key == "state" else column for column in COLUMNS)
NAMESPACE = Column("namespace", "NAMESPACE", width=17, least=9, keep=6, names="-")
AGENT_POOL = "kubernetes.azure.com/agentpool"
MARKED: dict[Order, str] = {"state": "state", "name": "pod", "age": "age", "restarts": "restarts", "node": "node"}


class PodsTable(Table):
    """Worst first. The row's key is the pod, so the cursor stays on it; rows are made when they are looked at."""

    LIVE: ClassVar[bool] = True
    TOP: ClassVar[bool] = True

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(COLUMNS, symbols=symbols, id="pods")
        self._run = run
        self._shown: dict[str, PodRow] = {}
        self._order: list[PodRow] = []
        self._cache = RowCache()
        self._opened: set[str] = set()
        self._places: dict[str, str] = {}
        self._seen: object = None
        self.filter = ""
        self.order: Order = "state"
        self.namespaces = False

    @property
    def selected(self) -> PodRow | None:
        return self._shown.get(self.cursor_key or "")

    @property
    def all_shown(self) -> Sequence[PodRow]:
        return self._order

    def show(self, *, at_once: bool = False) -> None:
        """`at_once`: also the order, which otherwise keeps still while the user moves here."""
        pods = self._run.sight.pods
        seen = (id(pods), self.filter, self.order, frozenset(self._opened), self.still, self.namespaces)
        if seen == self._seen and not at_once:
            self.refresh_changed()
            return
        self._seen = seen
        kept = [pod for pod in pods if self._matches(pod)] if self.filter else pods
        order = self._order = pod_rows(kept, opened=self._opened, order=self.order, known=self._cache)
        before = self._shown
        self._shown = {row.key: row for row in order}
        if self.still and not at_once:
            # What is gone keeps its row for as long.
            self._shown = {**{key: row for key, row in before.items() if key in self._index}, **self._shown}
        self._places = self._pools()
        self.set_columns((NAMESPACE, *WIDE) if self.namespaces else COLUMNS)
        self.set_rows(LazyRows([row.key for row in order], lambda at: self._row(order[at])), at_once=at_once)

    def show_order(self) -> None:
        """Another order: the next one."""
        self.mark(MARKED[self.order], "")
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.mark(MARKED[self.order], "↑" if self.order == "name" else "↓")
        self.show(at_once=True)

    def toggle(self, row: PodRow) -> None:
        """Opens a group, or closes it."""
        self._opened ^= {row.key}
        self.show(at_once=True)

    def containers(self, pod: PodHealth) -> tuple[str, ...]:
        """Names, init containers first."""
        found = self._run.view().get("Pod", pod.name, pod.namespace)
        specs = [*listed(dig(found, "spec", "initContainers")), *listed(dig(found, "spec", "containers"))]
        return tuple(text(spec.get("name")) for spec in specs)

    def _matches(self, pod: PodHealth) -> bool:
        wanted = self.filter.lower()
        return any(wanted in word.lower() for word in (pod.name, pod.namespace, pod.node, pod.word, pod.owner))

    def _pools(self) -> dict[str, str]:
        """What each node is called in a row: GPU nodes by their number, others by their pool."""
        gpus = {node.node for node in self._run.sight.nodes}
        return {name: short(name) if name in gpus else _pool(node) for name, node in self._named()}

    def _named(self) -> list[tuple[str, Object]]:
        return [(str(node["metadata"]["name"]), node) for node in self._run.view().all("Node")]

    def _row(self, row: PodRow) -> Row:
        state: State = row.state
        born = (self._run.now() - row.created).total_seconds() if row.created else None
        name = f"  {row.title}" if row.inside else row.title
        quiet = state == "done" or row.grouped
        return Row(
            row.key,
            {
                "namespace": Cell(row.namespace or "several", "quiet"),
                "pod": Cell(name, "quiet" if quiet else "text"),
                "ready": Cell(row.ready, "quiet" if quiet else "text"),
                "state": Cell(
                    row.word,
                    "quiet" if quiet else "text",
                    sign=self._symbols.of(state),
                    sign_role=GLYPHS[state].role,
                ),
                "restarts": Cell(str(row.restarts), "faint" if not row.restarts else "text"),
                "age": Cell(age(born) if born is not None else "", "quiet"),
                "node": Cell(self._where(row), "quiet"),
            },
        )

    def _where(self, row: PodRow) -> str:
        nodes = row.nodes
        if not nodes:
            return "–"
        if len(nodes) == 1:
            return self._places.get(nodes[0], short(nodes[0]))
        gpus = len(self._run.sight.nodes)
        return "both" if len(nodes) == gpus == 2 else "all" if len(nodes) == gpus else f"{len(nodes)} nodes"


def _pool(node: Object) -> str:
    name = str(node["metadata"]["name"])
    return str(dig(node, "metadata", "labels", AGENT_POOL) or name)
