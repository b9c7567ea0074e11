"""The Run screen: phases at the left; nodes, pods, log and events of the selected phase at the right."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.events import Event, RunEnded
from llmd_tui.rollout.words import duration
from llmd_tui.run.verdict import Situation, verdict
from screens.base import FrameScreen
from screens.glyphs import State, Symbols
from screens.messages import EngineEvent, RunFinished
from screens.run.live import LiveRun
from screens.run.log import EventsTable, LogPane
from screens.run.nodes import NodesTable
from screens.run.phases import PhaseRail, PhasesTable
from screens.run.pods import PodsTable
from screens.run.side import cost_text, latest_text, trust
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.table import Table

REDRAW_SECONDS = 0.25
PANES = ("Phases", "Cost", "Latest", "Nodes", "Pods", "Events", "Findings")


class RunScreen(FrameScreen):
    """Redraws at most four times a second, and only what changed."""

    CSS_PATH = "run.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "checklist", "checklist", show=True, id="run.checklist"),
        Binding("l", "show_log", "log", id="run.log"),
        Binding("v", "show_events", "events", id="run.events"),
        Binding("p", "hold", "hold", id="run.hold"),
        Binding("r", "retry", "retry", id="run.retry"),
        Binding("P", "pause", "pause run", id="run.pause"),
        Binding("S", "skip", "skip phase", id="run.skip"),
        Binding("e", "app.export", "export", id="run.export"),
    ]

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.phases = PhasesTable(symbols)
        self.phase_rail = PhaseRail(symbols=symbols, id="phase-rail")
        self.nodes = NodesTable(run.choice.strategy.name, run.choice.rdma, symbols)
        self.pods = PodsTable(symbols)
        self.cost = Static(markup=False)
        self.latest = Static(markup=False)
        self.log_pane = LogPane(symbols)
        self.events_table = EventsTable(symbols)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}
        self._chosen: str | None = None
        self._held = False
        self._heard = 0

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Pane(self.titles["Phases"], self.phases, id="phases-pane"),
            Pane(self.titles["Cost"], self.cost, id="cost-pane"),
            Pane(self.titles["Latest"], self.latest, id="latest-pane"),
            classes="column left",
            id="left",
        )
        yield Vertical(
            self.phase_rail,
            Pane(self.titles["Nodes"], self.nodes, id="nodes-pane"),
            Pane(self.titles["Pods"], self.pods, classes="fill", id="pods-pane"),
            self.log_pane,
            Pane(self.titles["Events"], self.events_table, classes="fill", id="events-pane"),
            Pane(self.titles["Findings"], id="findings-pane"),
            classes="column right",
            id="right",
        )

    def on_mount(self) -> None:
        self.header.crumbs = _place(self.live)
        self.set_interval(REDRAW_SECONDS, self._redraw)
        self.pods.focus()
        self._go()

    @work(group="events", exclusive=True)
    async def _listen(self) -> None:
        """Until the run ends; what has been heard before is not heard again."""
        async for event in self.live.control.events(self._heard):
            self._heard += 1
            self.post_message(EngineEvent(event))

    @work(group="run")
    async def _go(self) -> None:
        """Begins the run, or goes on with it after a failure."""
        running = asyncio.ensure_future(self.live.start())
        # Its first step says RunStarted; before that a listener would find the end of the attempt before.
        await asyncio.sleep(0)
        self._listen()
        await running

    def on_engine_event(self, message: EngineEvent) -> None:
        event: Event = message.event
        self.live.progress.apply(event)
        if isinstance(event, RunEnded):
            self._held = False
            self.post_message(RunFinished(event.outcome))

    # What is shown

    @property
    def phase(self) -> str:
        """The phase that the panes are about: the chosen one, else the one that matters now."""
        if self._chosen:
            return self._chosen
        current = self.live.progress.current(self.live.clock.time())
        return current.name if current else self.live.plan.phases[-1].name

    def _redraw(self) -> None:
        if not self.is_current:
            return
        now = self.live.clock.time()
        progress = self.live.progress
        sentence = verdict(Situation(progress, self.live.now(), findings=self.live.findings()))
        self.say(Verdict(sentence.state, sentence.text, sentence.usual, "" if self._held else sentence.key))
        self._redraw_header(now)
        self.phases.show(self.live)
        self.phase_rail.phases = tuple((p.name, p.shown_state(now)) for p in progress.phases.values())
        failed = len(progress.of("failed"))
        note = f"{progress.finished} of {len(progress.phases)} done" + (f", {failed} failed" if failed else "")
        self.titles["Phases"].note = note
        self.phases.styles.height = len(self.phases.rows) + 1
        self.titles["Cost"].note = "list prices"
        self.cost.update(cost_text(self.live, self.cost.content_size.width))
        self.latest.update(latest_text(progress, self.latest.content_size.width))
        if not self._held:
            self._redraw_cluster()

    def _redraw_header(self, now: float) -> None:
        progress = self.live.progress
        elapsed = duration(now - progress.started) if progress.started else "0s"
        state: State = "running"
        word = "running"
        if progress.ended:
            state, word = ("done", "done") if progress.ended.outcome == "done" else ("slow", progress.ended.outcome)
            elapsed = duration(progress.ended.seconds)
        elif progress.of("failed"):
            state, word = "failed", "stuck"
        elif self.live.control.paused:
            state, word = "waiting", "paused"
        cost = self.live.plan.cost_per_hour.amount
        self.header.state = state
        self.header.facts = tuple(
            filter(None, (f"{word} {elapsed}", progress.time_left(now), f"${cost:.2f}/h" if cost else ""))
        )

    def _redraw_cluster(self) -> None:
        phase = self.live.plan.by_name[self.phase]
        self.titles["Nodes"].note = self.nodes.show(self.live)
        self.titles["Nodes"].right = trust(self.live, "Node")
        self.nodes.styles.height = min(12, max(2, len(self.nodes.rows) + 1))
        self.pods.show(self.live, phase.namespaces)
        self.titles["Pods"].note = f"{phase.name}: {', '.join(phase.namespaces)}" if phase.namespaces else phase.name
        self.titles["Pods"].right = trust(self.live, "Pod")
        self.events_table.show(self.live, phase.namespaces)
        self.titles["Events"].note = "newest first"
        findings = self.live.findings()
        self.titles["Findings"].note = f"{len(findings)}" if findings else "none"
        self.titles["Events"].right = trust(self.live, "Event")
        row = self.pods.selected
        self.log_pane.follow(self.live, self.phase, row.pods[0] if row else None)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.table is self.phases and self.phases.has_focus:
            self._chosen = message.key
            self._redraw_cluster()
        elif message.table is self.pods:
            row = self.pods.selected
            self.log_pane.follow(self.live, self.phase, row.pods[0] if row else None)

    # What can be asked

    def action_show_log(self) -> None:
        self.set_class(False, "-events")
        self.log_pane.log_lines.focus()

    def action_show_events(self) -> None:
        self.toggle_class("-events")

    def action_hold(self) -> None:
        self._held = not self._held

    def action_pause(self) -> None:
        control = self.live.control
        if control.paused:
            control.resume()
        else:
            control.pause()

    def action_retry(self) -> None:
        failed = self.live.progress.of("failed")
        for phase in failed:
            self.live.control.retry(phase.name)
        if failed and not self.live.control.running:
            self._go()

    def action_skip(self) -> None:
        phase = self.live.progress.phases[self.phase]
        if phase.state in ("failed", "running"):
            self.live.control.skip(phase.name, "skipped by hand")
            if not self.live.control.running:
                self._go()

    def action_checklist(self) -> None:
        if self.live.progress.checks:
            self.app.push_screen("checklist")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        progress = self.live.progress
        if action == "checklist":
            return bool(progress.checks)
        if action == "retry":
            return bool(progress.of("failed"))
        if action == "skip":
            return progress.phases[self.phase].state in ("failed", "running")
        return True


def _place(run: LiveRun) -> tuple[str, ...]:
    azure = run.choice.azure
    if azure:
        return (azure.region, azure.cluster)
    kubeconfig = run.choice.config.target.kubeconfig
    return (kubeconfig.context,) if kubeconfig else ()
