"""The Run screen: phases at the left; nodes, pods, log and findings of the phase at hand at the right."""

import asyncio
import gc
from collections.abc import Iterable

from textual import events, work
from textual.app import ComposeResult
from textual.widget import Widget

from llmd_tui.events import Event, RunEnded
from llmd_tui.run.doing import Normal
from llmd_tui.run.unexplained import with_failures
from screens.glyphs import Symbols
from screens.messages import EngineEvent, RunFinished
from screens.run.left import LeftColumn
from screens.run.live import LiveRun
from screens.run.remedies import FindingActions
from screens.run.right import RightColumn
from screens.run.status import crumbs, sentence, show_header, shown
from screens.widgets.frame import NormalBar
from screens.widgets.table import Table

REDRAW_SECONDS = 0.25
FOLLOW_SECONDS = 0.2
"""So long the pods' cursor stays before its log is opened, on the wall."""
COLLECT_AFTER = (50_000, 20, 100)


class RunScreen(FindingActions):
    """Redraws at most four times a second, and only what changed."""

    CSS_PATH = "run.tcss"

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.normal = NormalBar(symbols=symbols, id="normal")
        self.left = LeftColumn(run, symbols)
        self.phases = self.left.phases
        self.right = RightColumn(run, symbols)
        self.nodes, self.pods, self.pods_filter = self.right.nodes, self.right.pods, self.right.filter
        self.log_pane, self.events_table = self.right.log_pane, self.right.events
        self.findings_pane = self.right.findings
        self._failed: set[str] = set()

    def body(self) -> Iterable[Widget]:
        yield self.left
        yield self.right

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
        self._following = self.set_interval(FOLLOW_SECONDS, self._follow, pause=True)
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
        for step in (self.redraw, self._redraw_left, self._redraw_right, self._redraw_findings):
            step()
            await asyncio.sleep(0)
        self.right.share_rows()
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
        self.right.rail.phases = tuple(
            (f"{row.title} cut off" if row.cut_off else row.title, row.state, len(row.names)) for row in rows
        )
        if not self.chosen and (current := next((row for row in rows if self.phase in row.names), None)):
            self.phases.move_to(current.key)
        self.left.show_side(self.namespaces)

    def _redraw_right(self) -> None:
        if self.held_since is None:
            wide = self.has_class("-huge")
            self.right.show(self.phase, self.namespaces, wide=wide, whole=wide and not self.chosen)
            if not self.pods.still:
                self.follow_log()

    def _follow(self) -> None:
        self._following.pause()
        self.follow_log()

    def _redraw_findings(self) -> None:
        began = self.live.progress.started
        start = self.live.now().fromtimestamp(began, self.live.now().tzinfo) if began is not None else None
        self.findings_pane.show(self.found, self.live.now(), start, len(self.live.progress.found.waived))
        failed = self.stuck
        if failed - self._failed and self.found:
            # A failure moves the eye to its finding, once.
            self.findings_pane.open(self.found[0])
            self.findings_pane.take_focus()
        self._failed = failed

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self.right.share_rows)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.call_after_refresh(self._refresh)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.table is self.phases and message.moved:
            self.choose(message.key)
        elif message.table is self.pods and message.moved:
            # Who runs through the rows does not want every log on the way.
            self._following.reset()
            self._following.resume()
