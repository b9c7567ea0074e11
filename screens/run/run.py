"""The Run screen: phases at the left; nodes, pods, log and findings of the phase at hand at the right."""

import asyncio
import gc
from collections.abc import Iterable

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from llmd_tui.events import Event, RunEnded
from llmd_tui.rollout.freshness import is_old, trust
from llmd_tui.run.doing import Normal
from llmd_tui.run.unexplained import with_failures
from screens.glyphs import Symbols
from screens.messages import EngineEvent, RunFinished
from screens.run.events import EventsTable
from screens.run.findings import FindingsPane
from screens.run.layout import Looked, Wishes, share
from screens.run.left import LeftColumn
from screens.run.live import LiveRun
from screens.run.log import LogPane
from screens.run.nodes import NodesTable, nodes_note
from screens.run.phases import PhaseRail
from screens.run.pods import PodsTable
from screens.run.remedies import FindingActions
from screens.run.status import crumbs, sentence, show_header, shown
from screens.widgets.frame import NormalBar, Pane, PaneTitle
from screens.widgets.table import Table

REDRAW_SECONDS = 0.25
COLLECT_AFTER = (50_000, 20, 100)
PANES = ("Nodes", "Pods", "Events")


class RunScreen(FindingActions):
    """Redraws at most four times a second, and only what changed."""

    CSS_PATH = "run.tcss"

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.normal = NormalBar(symbols=symbols, id="normal")
        self.left = LeftColumn(run, symbols)
        self.phases = self.left.phases
        self.phase_rail = PhaseRail(symbols=symbols, id="phase-rail")
        self.nodes = NodesTable(run, symbols)
        self.pods = PodsTable(run, symbols)
        self.pods_filter = Input(placeholder="name, namespace, node, state", id="pods-filter")
        self.log_pane = LogPane(run, symbols)
        self.events_table = EventsTable(run, symbols, "events")
        self.findings_pane = FindingsPane(symbols)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}
        self._failed: set[str] = set()

    def body(self) -> Iterable[Widget]:
        titles = self.titles
        yield self.left
        yield Vertical(
            self.phase_rail,
            Pane(titles["Nodes"], self.nodes, id="nodes-pane"),
            Pane(titles["Pods"], self.pods, self.pods_filter, id="pods-pane"),
            self.log_pane,
            Pane(titles["Events"], self.events_table, id="events-pane"),
            self.findings_pane,
            classes="column right",
            id="right",
        )

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield widget
            if widget is self.verdict_line:
                yield self.normal

    def on_mount(self) -> None:
        # Collections of a whole store's objects would be felt: fewer of them, and without what stays anyway.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        self.set_interval(REDRAW_SECONDS, self._refresh)
        self.pods.focus()
        self._listen()
        self.go()
        self.redraw()

    @work(group="events")
    async def _listen(self) -> None:
        """Also after the run has ended: checks are repeated and waived then, and it may go on."""
        async for event in self.live.control.events(forever=True):
            self.post_message(EngineEvent(event))

    @work(group="run")
    async def go(self) -> None:
        """Begins the run, or goes on with it after a failure."""
        await self.live.start()

    def on_engine_event(self, message: EngineEvent) -> None:
        event: Event = message.event
        self.live.progress.apply(event)
        if isinstance(event, RunEnded):
            self.let_go()
            self.post_message(RunFinished(event.outcome))

    # What is shown

    @property
    def phase(self) -> str:
        """The phase that the panes are about: the chosen one, else the one that matters now."""
        if self.chosen:
            return self.chosen
        current = self.live.progress.current(self.live.clock.time())
        return current.name if current else self.live.plan.phases[-1].name

    @property
    def namespaces(self) -> tuple[str, ...]:
        sight = self.live.sight
        return sight.all_namespaces if self.has_class("-huge") and not self.chosen else sight.namespaces(self.phase)

    async def _refresh(self) -> None:
        """In steps, so that keys are answered in between."""
        if not self.is_current:
            return
        if self.held_since is None:
            self.live.sight.look(self.namespaces)
            await asyncio.sleep(0)
            while self.live.sight.behind:
                self.live.sight.look(self.namespaces)
                await asyncio.sleep(0)
        for step in (self.redraw, self._redraw_left, self._redraw_cluster, self._redraw_findings):
            step()
            await asyncio.sleep(0)
        self.share_rows()
        if self.actions_changed():
            self.refresh_bindings()

    def redraw(self) -> None:
        """What is to be known first: verdict, bar, header."""
        self.found = with_failures(self.live.findings(), self.live.progress)
        said = sentence(self.live, self.found, self.held_since)
        self.say(shown(said))
        show_header(self.header, self.live, said)
        self.header.crumbs = crumbs(self.live)
        self._redraw_normal(said.elapsed, said.normal)

    @property
    def stuck(self) -> set[str]:
        """Phases that have failed, or will for all that is known."""
        return {finding.phase for finding in self.found if finding.state == "failed" and finding.phase}

    def _redraw_normal(self, elapsed: float | None, normal: Normal | None) -> None:
        bar = self.normal
        bar.set_class(elapsed is None or normal is None, "-none")
        bar.elapsed = elapsed
        if normal is not None:
            bar.low, bar.high, bar.slow = normal.low, normal.high, normal.slow

    def _redraw_left(self) -> None:
        rows = self.left.show_phases(self.stuck, timeline=self.has_class("-huge"))
        self.phase_rail.phases = tuple((row.title, row.state) for row in rows)
        if not self.chosen and (current := next((row for row in rows if self.phase in row.names), None)):
            self.phases.move_to(current.key)
        self.left.show_side(self.namespaces)

    def _redraw_cluster(self) -> None:
        if self.held_since is not None:
            return
        live, phase, now = self.live, self.phase, self.live.clock.time()
        for name, kind, table in (("Nodes", "Node", self.nodes), ("Pods", "Pod", self.pods)):
            fresh = live.freshness(kind)
            self.titles[name].right = trust(fresh, now)
            table.set_dim(is_old(fresh))
        self.titles["Nodes"].note = nodes_note(live.sight.nodes, live.choice.nodes)
        self.nodes.long = self.has_class("-huge")
        self.nodes.show()
        self._redraw_pods(phase)
        if self.events_table.size:
            fresh = live.freshness("Event")
            self.events_table.show(self.namespaces)
            self.events_table.set_dim(is_old(fresh))
            self.titles["Events"].note, self.titles["Events"].right = "newest first", trust(fresh, now)
        self.follow_log()

    def _redraw_pods(self, phase: str) -> None:
        pods, namespaces = self.live.sight.pods, self.namespaces
        self.pods.namespaces = self.has_class("-huge")
        self.pods.show()
        if self.pods.filter:
            kept = sum(len(row.pods) for row in self.pods.all_shown if not row.inside)
            note = f'{kept} of {len(pods)} with "{self.pods.filter}"'
            self.pods.set_empty(f'No pod has "{self.pods.filter}". esc clears it.')
        else:
            note = f"{len(pods)}, of this run" if self.pods.namespaces and not self.chosen else ", ".join(namespaces)
            none = (
                "No pod yet. They come within a minute of their release." if namespaces else f"{phase} makes no pods."
            )
            self.pods.set_empty(none)
        self.titles["Pods"].note = note or phase

    def _redraw_findings(self) -> None:
        began = self.live.progress.started
        start = self.live.now().fromtimestamp(began, self.live.now().tzinfo) if began is not None else None
        self.findings_pane.show(self.found, self.live.now(), start)
        failed = self.stuck
        if failed - self._failed and self.found:
            # A failure moves the eye to its finding, once.
            self.findings_pane.open(self.found[0])
            self.findings_pane.take_focus()
        self._failed = failed

    def share_rows(self) -> None:
        """Gives each pane of the right column its rows."""
        column = self.query_one("#right")
        rows = column.content_size.height - (1 if self.phase_rail.display else 0)
        if rows <= 0:
            return
        gap = 0 if self.has_class("-low") else 1
        self.nodes.room = 3 if self.has_class("-low") else 8 if not self.has_class("-tall") else 12
        wanted = self.findings_pane.wanted(max(20, column.content_size.width - 2))
        filtering = int(self.pods_filter.has_class("-shown"))
        pods = max(2, len(self.pods.rows) + 1) + 1 + filtering
        wishes = Wishes(max(3, len(self.nodes.rows) + 2), pods, wanted, self._looked_at())
        heights = share(rows, wishes, gap)
        panes = {"#nodes-pane": heights.nodes, "#pods-pane": heights.pods}
        for name in ("#log-pane", "#events-pane"):
            panes[name] = heights.log
        for name, height in panes.items():
            pane = self.query_one(name)
            pane.styles.height = height
            pane.styles.margin = (0, 0, heights.gap, 0)
        if heights.log <= 1:
            self.log_pane.title_line.right = "l opens"
        if heights.pods <= 1:
            self.titles["Pods"].right = "tab opens"
        self.findings_pane.room = max(1, heights.findings)
        self.findings_pane.styles.margin = 0

    def _looked_at(self) -> Looked:
        if self.log_pane.has_focus_within or self.events_table.has_focus:
            return "log"
        return "pods" if self.pods.has_focus or self.pods_filter.has_focus else "other"

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self.share_rows)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._refresh)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.table is self.phases and message.moved:
            self.choose(message.key)
        elif message.table is self.pods and message.moved:
            self.follow_log()
