"""What can be asked of the Run screen: its keys, and what comes of them."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from llmd_tui.diagnose.finding import Finding
from screens.run.describe import DescribeScreen
from screens.run.details import Details, details, has_details
from screens.run.events import EventsTable
from screens.run.findings import FindingsPane
from screens.run.log import LogPane
from screens.run.log_lines import Subject
from screens.run.phases import PhasesTable
from screens.run.pods import PodsTable
from screens.run.steering import RunSteering

NO_USE = {
    "r": "Nothing has failed, so there is nothing to try again.",
    "S": "Only a phase that runs or has failed can be skipped.",
    "D": "A run that goes on is not destroyed: q stops it first.",
    "A": "Azure is at work on nothing that could be given up.",
    "P": "The run has ended; there is nothing to pause.",
    "f": "Nothing is found: no finding.",
    "x": "There is no finding, so there is no remedy.",
    "enter": "There is nothing to open here.",
    "d": "There is nothing to describe here.",
    "c": "There is nothing to copy here.",
    "slash": "Pods and the log can be searched, this cannot.",
}
CHANGING = ("checklist", "retry", "skip", "abort", "destroy", "pause", "open", "remedy", "findings")
"""Actions that come and go without a key."""


class RunActions(RunSteering):
    """Keys of the Run screen that look at things, or ask the run for something; RunScreen shows what comes of it."""

    phases: PhasesTable
    pods: PodsTable
    pods_filter: Input
    log_pane: LogPane
    events_table: EventsTable
    findings_pane: FindingsPane
    found: tuple[Finding, ...] = ()
    chosen: str | None = None
    held_since: float | None = None

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "checklist", "checklist", id="run.checklist"),
        Binding("enter", "open", "open", id="run.open"),
        Binding("x", "remedy", "do the remedy", id="run.remedy"),
        Binding("f", "findings", "findings", id="run.findings"),
        Binding("l", "show_log", "log", id="run.log"),
        Binding("d", "describe", "describe", id="run.describe"),
        Binding("slash", "filter", "filter", key_display="/", id="run.filter"),
        Binding("p", "hold", "hold", id="run.hold"),
        Binding("r", "retry", "retry", id="run.retry"),
        Binding("e", "app.export", "export", id="run.export"),
        Binding("S", "skip", "skip", id="run.skip"),
        Binding("A", "abort", "abort", id="run.abort"),
        Binding("c", "copy", "copy", id="run.copy"),
        Binding("v", "show_events", "events", id="run.events"),
        Binding("s", "sort", "sort", id="run.sort"),
        Binding("P", "pause", "pause run", id="run.pause"),
        Binding("D", "destroy", "destroy", id="run.destroy"),
        Binding("escape", "back", "back", show=False, id="run.back"),
    ]

    def _without_use(self, event: events.Key) -> str:
        return NO_USE.get(event.key) or super()._without_use(event)

    # Looking

    def details(self) -> Details | None:
        return details(self.live, self.focused)

    def choose(self, phase: str) -> None:
        """The panes are about this phase from now on, until esc."""
        self.chosen = phase
        self.pods.to_top()

    def follow_log(self) -> None:
        """The log of the pod under the cursor; without one, what the phase's own commands print."""
        row = self.pods.selected
        pod = row.pods[0] if row else None
        if pod is None or not pod.container:
            self.log_pane.follow(Subject(phase=self.phase))
            return
        subject = Subject(self.phase, pod.namespace, pod.name, pod.container)
        self.log_pane.follow(subject, self.pods.containers(pod), restarted=pod.restarts > 0)

    def open_log(self, finding: Finding) -> None:
        """Of the pod that it is about, where that is among the rows."""
        subject = next((one for one in finding.subjects if one.kind == "Pod"), None)
        if row := next((row for row in self.pods.all_shown if subject and row.title == subject.name), None):
            self.pods.move_to(row.key)
            self.follow_log()
        self.action_show_log()

    def action_open(self) -> None:
        row = self.pods.selected
        if self.focused is self.pods and row and row.grouped:
            self.pods.toggle(row)
        else:
            self.action_describe()

    def action_describe(self) -> None:
        if found := self.details():
            self.app.push_screen(DescribeScreen(found.title, found.text, self.symbols, found.yaml))

    def action_copy(self) -> None:
        if found := self.details():
            self.app.copy_to_clipboard(found.copy)
            self.notify("copied", timeout=4)

    def action_show_log(self) -> None:
        self.set_class(False, "-events")
        self.log_pane.table.focus()

    def action_show_events(self) -> None:
        shown = not self.has_class("-events")
        self.set_class(shown, "-events")
        (self.events_table if shown else self.pods).focus()

    def action_sort(self) -> None:
        self.pods.show_order()
        self.note(f"Pods by {self.pods.order}." if self.pods.order != "state" else "Pods by state, the worst first.")

    def action_filter(self) -> None:
        self.pods_filter.add_class("-shown")
        self.pods_filter.focus()

    @on(Input.Changed, "#pods-filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.pods.filter = event.value.strip()
        self.pods.show(at_once=True)

    @on(Input.Submitted, "#pods-filter")
    def _filter_taken(self) -> None:
        self.pods_filter.set_class(bool(self.pods.filter), "-shown")
        self.pods.focus()

    def action_back(self) -> None:
        """What narrows the view goes: the filter, the events, the chosen phase."""
        if self.pods_filter.has_class("-shown") or self.pods.filter:
            self.pods_filter.value = self.pods.filter = ""
            self.pods_filter.remove_class("-shown")
            self.pods.show(at_once=True)
            self.pods.focus()
        elif self.has_class("-events"):
            self.action_show_events()
        else:
            self.chosen = None
            self.pods.to_top()

    def action_hold(self) -> None:
        self.held_since = self.live.clock.time() if self.held_since is None else None
        self.redraw()

    def let_go(self) -> None:
        self.held_since = None

    # What works now

    def actions_changed(self) -> bool:
        """Whether other keys work than at the last look."""
        states = tuple(self.check_action(action, ()) for action in CHANGING)
        changed, self._states = states != self._states, states
        return changed

    _states: tuple[bool | None, ...] = ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        works = {
            "checklist": self._has_checklist,
            "retry": self._can_go_on,
            "skip": lambda: self.skippable is not None,
            "destroy": lambda: self.live.progress.ended is not None,
            "abort": lambda: bool(self.abortable),
            "pause": lambda: self.live.progress.ended is None,
            "filter": lambda: self.focused is self.pods,
            "sort": lambda: self.focused is self.pods,
            "open": self._has_details,
            "describe": self._has_details,
            "copy": self._has_details,
            "remedy": self._has_remedy,
            "findings": lambda: bool(self.found or self.live.progress.found.waived),
            "back": lambda: bool(self.pods.filter or self.chosen) or self.has_class("-events"),
        }.get(action)
        return works() if works else True

    def _has_checklist(self) -> bool:
        progress = self.live.progress
        ended = progress.ended is not None and progress.ended.outcome == "done"
        row = self.phases.cursor_key if self.focused is self.phases else ""
        with_checks = progress.checklist.phases
        looks = self.phase in with_checks and not self._has_details()
        return bool(with_checks) and (ended or row in with_checks or looks)

    def _can_go_on(self) -> bool:
        progress = self.live.progress
        interrupted = progress.ended is not None and progress.ended.outcome == "interrupted"
        return bool(progress.of("failed")) or interrupted

    def _has_remedy(self) -> bool:
        finding = self.findings_pane.selected
        return finding is not None and (finding.remedy.acts or bool(finding.remedy.command))

    def _has_details(self) -> bool:
        return has_details(self.focused)
