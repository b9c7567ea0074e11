"""The left column: phases, cost, latest; where there is room the plan's facts and the events."""

from collections.abc import Collection, Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from llmd_tui.rollout.freshness import is_old, trust
from llmd_tui.run.schedule import PhaseRow
from screens.glyphs import Symbols
from screens.run.events import EventsTable
from screens.run.live import LiveRun
from screens.run.phases import PhasesTable
from screens.run.side import cost_text, latest_text, plan_text
from screens.widgets.frame import Pane, PaneTitle

PANES = ("Phases", "Cost", "Latest", "Plan", "Events")


class LeftColumn(Vertical):
    """`timeline`: whether there is room for the phases on a scale of time."""

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(classes="column left", id="left")
        self._run = run
        self._symbols = symbols
        self.phases = PhasesTable(run, symbols)
        self.events = EventsTable(run, symbols, "events-beside")
        self._titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}
        self._texts = {name: Static(markup=False, id=f"{name}-text") for name in ("cost", "latest", "plan")}
        self._drawn: dict[str, object] = {}

    def compose(self) -> ComposeResult:
        titles, texts = self._titles, self._texts
        yield Pane(titles["Phases"], self.phases, id="phases-pane")
        with Horizontal(id="beside"):
            with Vertical(id="money"):
                yield Pane(titles["Cost"], texts["cost"], id="cost-pane")
                yield Pane(titles["Latest"], texts["latest"], id="latest-pane")
            yield Pane(titles["Plan"], texts["plan"], id="plan-pane")
        yield Pane(titles["Events"], self.events, id="events-left-pane")

    def show_phases(self, stuck: Collection[str], *, timeline: bool) -> list[PhaseRow]:
        self.phases.timeline = timeline
        rows = self.phases.show(stuck)
        phases, failed = sum(len(row.names) for row in rows), sum(row.state == "failed" for row in rows)
        done = f"{self._run.progress.finished} of {phases} done"
        self._titles["Phases"].note = done + (f", {failed} failed" if failed else "")
        self.phases.styles.height = len(rows) + 1
        return rows

    def show_side(self, namespaces: Iterable[str]) -> None:
        run, symbols = self._run, self._symbols
        self._titles["Cost"].note = "list prices"
        self._titles["Plan"].note = run.choice.path.name
        for name, text in self._texts.items():
            width, height = text.content_size
            if width <= 0:
                continue
            match name:
                case "cost":
                    self._update(name, cost_text(run, width, symbols))
                case "latest":
                    self._update(name, latest_text(run.progress, width, height, symbols))
                case _:
                    self._update(name, plan_text(run, width, symbols))
        if self.events.size:
            fresh = run.freshness("Event")
            self.events.show(tuple(namespaces))
            self.events.set_dim(is_old(fresh))
            self._titles["Events"].note, self._titles["Events"].right = "newest first", trust(fresh, run.clock.time())

    def _update(self, name: str, content: Content) -> None:
        # Equal contents compare by their text alone.
        if (drawn := (content.plain, content.spans)) != self._drawn.get(name):
            self._drawn[name] = drawn
            self._texts[name].update(content)
