"""The Run screen: phases at the left; nodes, pods, log and findings of the phase at hand at the right."""

import asyncio
import gc
from collections.abc import Iterable

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from llmd_tui.events import Event, RunEnded
from llmd_tui.rollout.freshness import is_old, trust
from llmd_tui.run.doing import Normal
from llmd_tui.run.unexplained import with_failures
from screens.glyphs import Symbols
from screens.messages import EngineEvent, RunFinished
from screens.run.events import EventsTable
from screens.run.findings import FindingsPane
from screens.run.layout import Wishes, share
from screens.run.live import LiveRun
from screens.run.log import LogPane
from screens.run.nodes import NodesTable, nodes_note
from screens.run.phases import PhaseRail, PhasesTable
from screens.run.pods import PodsTable
from screens.run.remedies import FindingActions
from screens.run.side import cost_text, latest_text, plan_text
from screens.run.status import crumbs, sentence, show_header, shown
from screens.widgets.frame import NormalBar, Pane, PaneTitle
from screens.widgets.table import Table

REDRAW_SECONDS = 0.25
COLLECT_AFTER = (50_000, 20, 100)
PANES = ("Phases", "Cost", "Plan", "Latest", "Events", "Nodes", "Pods")


class RunScreen(FindingActions):
    """Redraws at most four times a second, and only what changed."""

    CSS_PATH = "run.tcss"

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.normal = NormalBar(symbols=symbols, id="normal")
        self.phases = PhasesTable(run, symbols)
        self.phase_rail = PhaseRail(symbols=symbols, id="phase-rail")
        self.nodes = NodesTable(run, symbols)
        self.pods = PodsTable(run, symbols)
        self.pods_filter = Input(placeholder="name, namespace, node, state", id="pods-filter")
        self.side = {name: Static(markup=False, id=f"{name}-text") for name in ("cost", "plan", "latest")}
        self.log_pane = LogPane(run, symbols)
        self.events_table = EventsTable(run, symbols, "events")
        self.events_left = EventsTable(run, symbols, "events-beside")
        self.findings_pane = FindingsPane(symbols)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}
        self.events_title = PaneTitle("Events", symbols=symbols)
        self._failed: set[str] = set()
        self._texts: dict[str, object] = {}

    def body(self) -> Iterable[Widget]:
        titles = self.titles
        yield Vertical(
            Pane(titles["Phases"], self.phases, id="phases-pane"),
            Horizontal(
                Vertical(
                    Pane(titles["Cost"], self.side["cost"], id="cost-pane"),
                    Pane(titles["Latest"], self.side["latest"], id="latest-pane"),
                    id="money",
                ),
                Pane(titles["Plan"], self.side["plan"], id="plan-pane"),
                id="beside",
            ),
            Pane(self.events_title, self.events_left, id="events-left-pane"),
            classes="column left",
            id="left",
        )
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
        for step in (self.redraw, self._redraw_phases, self._redraw_side, self._redraw_cluster, self._redraw_findings):
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

    def _redraw_normal(self, elapsed: float | None, normal: Normal | None) -> None:
        bar = self.normal
        bar.set_class(elapsed is None or normal is None, "-none")
        bar.elapsed = elapsed
        if normal is not None:
            bar.low, bar.high, bar.slow = normal.low, normal.high, normal.slow

    def _redraw_phases(self) -> None:
        self.phases.timeline = self.has_class("-huge")
        rows = self.phases.show()
        self.phase_rail.phases = tuple((row.title, row.state) for row in rows)
        done = sum(row.state == "done" for row in rows)
        failed = sum(row.state == "failed" for row in rows)
        self.titles["Phases"].note = f"{done} of {len(rows)} done" + (f", {failed} failed" if failed else "")
        self.phases.styles.height = len(rows) + 1
        if not self.chosen and (current := next((r for r in rows if self.phase in r.names), None)):
            self.phases.move_to(current.key)

    def _redraw_side(self) -> None:
        self.titles["Cost"].note = "list prices"
        self.titles["Plan"].note = self.live.choice.path.name
        width, height = self.side["latest"].container_size.width - 2, self.side["latest"].container_size.height - 1
        texts = {
            "cost": lambda: cost_text(self.live, self.side["cost"].content_size.width, self.symbols),
            "latest": lambda: latest_text(self.live.progress, width, height, self.symbols),
            "plan": lambda: plan_text(self.live, self.side["plan"].content_size.width, 20, self.symbols),
        }
        for name, text in texts.items():
            if self.side[name].display and self.side[name].size:
                self._update(name, text())

    def _update(self, name: str, content: Content) -> None:
        # Equal contents compare by their text alone.
        if (drawn := (content.plain, content.spans)) != self._texts.get(name):
            self._texts[name] = drawn
            self.side[name].update(content)

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
        fresh = live.freshness("Event")
        for title, table in ((self.titles["Events"], self.events_table), (self.events_title, self.events_left)):
            if table.size:
                table.show(self.namespaces)
                table.set_dim(is_old(fresh))
                title.note, title.right = "newest first", trust(fresh, now)
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
        failed = {name for name, phase in self.live.progress.phases.items() if phase.state == "failed"}
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
        heights = share(rows, Wishes(max(3, len(self.nodes.rows) + 2), pods, wanted, self.reads_log()), gap)
        panes = {"#nodes-pane": heights.nodes, "#pods-pane": heights.pods}
        for name in ("#log-pane", "#events-pane"):
            panes[name] = heights.log
        for name, height in panes.items():
            pane = self.query_one(name)
            pane.styles.height = height
            pane.styles.margin = (0, 0, heights.gap, 0)
            pane.set_class(height <= 1, "-title-only")
        if heights.log <= 1:
            self.log_pane.title_line.right = "l opens"
        self.findings_pane.room = max(1, heights.findings)
        self.findings_pane.styles.margin = 0

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._refresh)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.table is self.phases and message.moved:
            self.choose(message.key)
        elif message.table is self.pods and message.moved:
            self.follow_log()
