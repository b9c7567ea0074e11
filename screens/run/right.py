"""The right column: nodes, pods, log, events, findings of the phase at hand."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from llmd_tui.rollout.freshness import is_old, trust
from screens.glyphs import Symbols
from screens.run.events import EventsTable
from screens.run.findings import FindingsPane
from screens.run.layout import Looked, Wishes, share
from screens.run.live import LiveRun
from screens.run.log import LogPane
from screens.run.nodes import NodesTable, nodes_note
from screens.run.phases import PhaseRail
from screens.run.pods import PodsTable
from screens.widgets.entry import Entry
from screens.widgets.frame import Pane, PaneTitle

PANES = ("Nodes", "Pods", "Events")
ROOM = {"-low": 3, "-high": 8, "-tall": 12}
"""How many nodes are shown one by one, by the height of the terminal."""


class RightColumn(Vertical):
    """`show` takes in what is seen now; `share_rows` gives each pane its rows."""

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(classes="column right", id="right")
        self._run = run
        self.rail = PhaseRail(symbols=symbols, id="phase-rail")
        self.nodes = NodesTable(run, symbols)
        self.pods = PodsTable(run, symbols)
        self.filter = Entry(placeholder="name, namespace, node, state", id="pods-filter")
        self.log_pane = LogPane(run, symbols)
        self.events = EventsTable(run, symbols, "events")
        self.findings = FindingsPane(symbols)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}

    def compose(self) -> ComposeResult:
        yield self.rail
        yield Pane(self.titles["Nodes"], self.nodes, id="nodes-pane")
        yield Pane(self.titles["Pods"], self.pods, self.filter, id="pods-pane")
        yield self.log_pane
        yield Pane(self.titles["Events"], self.events, id="events-pane")
        yield self.findings

    def show(self, phase: str, namespaces: Sequence[str], *, wide: bool, whole: bool) -> None:
        """`wide`: full names and words; `whole`: the namespaces are all those of the run."""
        run, titles, now = self._run, self.titles, self._run.clock.time()
        for name, kind, table in (("Nodes", "Node", self.nodes), ("Pods", "Pod", self.pods)):
            fresh = run.freshness(kind)
            titles[name].right = trust(fresh, now)
            table.set_dim(is_old(fresh))
        titles["Nodes"].note = "not seen" if run.unseen else nodes_note(run.sight.nodes, run.choice.nodes)
        self.nodes.long = self.pods.namespaces = wide
        self.nodes.show()
        self.pods.show()
        titles["Pods"].note = self._pods_note(phase, namespaces, whole)
        if self.events.size:
            fresh = run.freshness("Event")
            self.events.show(tuple(namespaces))
            self.events.set_dim(is_old(fresh))
            titles["Events"].note, titles["Events"].right = "newest first", trust(fresh, now)

    def _pods_note(self, phase: str, namespaces: Sequence[str], whole: bool) -> str:
        pods, wanted = self._run.sight.pods, self.pods.filter
        if wanted:
            kept = sum(len(row.pods) for row in self.pods.all_shown if not row.inside)
            self.pods.set_empty(f'No pod has "{wanted}". esc clears it.')
            return f'{kept} of {len(pods)} with "{wanted}"'
        coming = "No pod yet. They come within a minute of their release."
        self.pods.set_empty(self._run.unseen or (coming if namespaces else f"{phase} makes no pods."))
        if whole and pods:
            return f"{len(pods)}, of this run"
        return ", ".join(namespaces) or phase

    def share_rows(self) -> None:
        screen = self.screen
        rows = self.content_size.height - (1 if self.rail.display else 0)
        if rows <= 0:
            return
        self.nodes.room = next((room for name, room in ROOM.items() if screen.has_class(name)), 8)
        findings = self.findings.wanted(max(20, self.content_size.width - 2))
        filtering = int(self.filter.has_class("-shown"))
        pods = max(2, len(self.pods.rows) + 1) + 1 + filtering
        wishes = Wishes(max(3, len(self.nodes.rows) + 2), pods, findings, self._looked_at())
        heights = share(rows, wishes, 0 if screen.has_class("-low") else 1)
        panes = {"#nodes-pane": heights.nodes, "#pods-pane": heights.pods, "#events-pane": heights.log}
        for name, height in {**panes, "#log-pane": heights.log}.items():
            styles = self.query_one(name).styles
            styles.height, styles.margin = height, (0, 0, heights.gap, 0)
        self.log_pane.fold(heights.log <= 1)
        if heights.pods <= 1:
            self.titles["Pods"].right = "tab opens"
        self.findings.room = heights.findings
        self.findings.styles.margin = 0

    def _looked_at(self) -> Looked:
        if self.log_pane.has_focus_within or self.events.has_focus:
            return "log"
        return "pods" if self.pods.has_focus or self.filter.has_focus else "other"
