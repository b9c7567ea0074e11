"""The plan before anything is created: its phases in time, its cost, what it makes, its commands and files."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import step_of
from llmd_tui.draft.summary import sentence
from llmd_tui.events import CheckLine
from llmd_tui.export.bundle import bundle
from llmd_tui.loading import load
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import phase_commands
from llmd_tui.rollout.words import estimate, many
from screens.glyphs import Symbols
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.picker import Option, Picker
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer
from screens.wizard import review_text
from screens.wizard.base import WizardScreen
from screens.wizard.commands import Commands
from screens.wizard.export import Exportable, ExportDialog
from screens.wizard.messages import Create, Go
from screens.wizard.plan_facts import PlanFacts
from screens.wizard.timeline import Timeline


class ReviewScreen(WizardScreen):
    STEP = "review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Y", "create", "create it", id="review.create"),
        Binding("enter", "open", "open", id="review.open"),
        Binding("e", "export", "export", id="review.export"),
        Binding("o", "files", "files", id="review.files"),
        Binding("c", "copy", "copy", id="review.copy"),
        Binding("r", "check", "check again", id="review.check"),
    ]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.timeline = Timeline(symbols)
        self.commands = Commands(symbols)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in ("Plan", "Phase", "Commands")}
        self.phase_text = Static(markup=False, classes="text")
        self.facts = PlanFacts(symbols)
        self.brief = Static(markup=False, id="brief")
        self.lines: list[CheckLine] = []
        self._checked: tuple[int, float] = (-1, 0.0)
        """Of which revision of the draft, and when."""
        self._checking = False
        self._made: tuple[int, Choice | None, Plan | None] = (-1, None, None)

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Pane(self.titles["Plan"], self.timeline, classes="fill", id="plan-pane"),
            Pane(self.titles["Phase"], self.phase_text, id="phase-pane"),
            Pane(self.titles["Commands"], self.commands, id="commands-pane"),
            self.brief,
            classes="column left",
        )
        yield self.facts

    def on_mount(self) -> None:
        self.timeline.focus()

    # What is shown

    @property
    def plan(self) -> Plan | None:
        """None while something is wrong."""
        self._make()
        return self._made[2]

    @property
    def choice(self) -> Choice | None:
        self._make()
        return self._made[1]

    def _make(self) -> None:
        if self._made[0] != self.draft.revision:
            choice = None if self.draft.problems() else self.draft.choice()
            self._made = self.draft.revision, choice, plan_of(choice) if choice else None

    def redraw(self) -> None:
        plan, choice = self.plan, self.choice
        self.set_class(plan is None, "-wrong")
        if plan is None or choice is None:
            self._redraw_problems()
            return
        if self._checked[0] != self.draft.revision and self._may_check:
            self.action_check()
        self.timeline.show(plan)
        self.titles["Plan"].note, self.titles["Plan"].right = "estimates, from presets", "critical path ━━"
        self.facts.show(plan, choice)
        count = self.commands.show(plan)
        self.titles["Commands"].note = f"{count}, equivalent to what will run"
        self._redraw_phase(plan)
        self.brief.update(review_text.summary(plan, choice, self.lines, self.symbols))
        self.tick()

    def tick(self) -> None:
        self.facts.show_checks(self.lines, self._checked[1], going=self._checking)

    def _redraw_problems(self) -> None:
        self.lines = []
        self.timeline.set_empty("There is no plan while something is wrong.")
        self.timeline.set_rows([])
        problems = self.draft.problems()
        self.titles["Plan"].note, self.titles["Plan"].right = "", ""
        self.titles["Phase"].name_, self.titles["Phase"].note = "To be settled", str(len(problems))
        self.phase_text.update(review_text.problems(problems, self.symbols))

    @property
    def phase(self) -> Phase | None:
        """The one under the cursor."""
        return self.plan.by_name.get(self.timeline.cursor_key or "") if self.plan else None

    def _redraw_phase(self, plan: Plan) -> None:
        phase = self.phase
        if phase is None:
            return
        critical = " on the critical path" if phase.name in plan.critical_path else ""
        needs = f"needs {', '.join(phase.needs)}; " if phase.needs else ""
        title = self.titles["Phase"]
        title.name_, title.note = phase.name, f"{needs}{estimate(phase.seconds.normal)}{critical}"
        self.phase_text.update(review_text.phase_facts(phase, self.symbols, self.phase_text.content_size.width))

    def verdict(self) -> Verdict:
        if self.plan is None:
            problems = self.draft.problems()
            settle = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
            return Verdict("failed", f"{settle} to be settled: {problems[0].message}", "", "ctrl+n go to it")
        ready = f"Ready: {sentence(self.plan)}."
        if failing := next((line for line in self.lines if line.result == "fail"), None):
            what = f"{failing.title}: {failing.evidence.rstrip('.')}."
            return Verdict("slow", what, failing.remedy, "Y create even so")
        return Verdict("done", ready, "Nothing has been created.", "Y create it")

    # Checks that change nothing

    @property
    def _may_check(self) -> bool:
        """Whether there is somebody to ask: the login in Azure, or a cluster of the kubeconfig."""
        return self.draft.target == "kubeconfig" or self.session.azure.connection is not None

    @work(group="checks", exclusive=True)
    async def action_check(self) -> None:
        choice, plan, revision = self.choice, self.plan, self.draft.revision
        if choice is None or plan is None:
            return
        self._checked, self._checking = (revision, time.monotonic()), True
        await load("llmd_tui.checks.beforehand")
        from llmd_tui.checks.beforehand import beforehand

        found: list[CheckLine] = []
        try:
            async for line in beforehand(choice, plan, self.session.azure.connection):
                found.append(line)
                self.facts.show_checks(found, self._checked[1], going=True)
        finally:
            self._checking = False
        if revision == self.draft.revision:
            self.lines, self._checked = found, (revision, time.monotonic())
            self.show()

    # What is done

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.table is self.timeline:
            if message.moved:
                self.commands.move_to_phase(message.key)
            self.show()

    def action_create(self) -> None:
        if self.plan:
            self.post_message(Create())

    def action_open(self) -> None:
        if self.commands.has_focus and (command := self.commands.command):
            self._view(self.commands.phase, command)
        elif phase := self.phase:
            self._view(f"{phase.name}: commands", "\n".join(phase_commands(phase)))

    def action_copy(self) -> None:
        if self.commands.has_focus:
            self.app.copy_to_clipboard(self.commands.command)
        elif phase := self.phase:
            self.app.copy_to_clipboard("\n".join(phase_commands(phase)))
        self.notify("copied", timeout=4)

    def action_files(self) -> None:
        """One of the files that an export would write."""
        if not (self.choice and self.plan):
            return
        files = bundle(self.draft.whole().text, self.choice, self.plan)
        options = [Option(name, name, f"{many(text.count(chr(10)), 'line')}") for name, text in files.items()]

        def look(name: str | None) -> None:
            if name is not None:
                self._view(name, files[name])

        self.app.push_screen(Picker("Files", options, "", self.symbols), look)

    def action_export(self) -> None:
        name = self.draft.value("target.azure.cluster").text or self.draft.value("target.kubeconfig.context").text
        safe = "".join(each if each.isalnum() or each in "-_." else "-" for each in name).strip(".") or "llmd"
        what = Exportable(self.draft.whole(), safe, self.choice, self.plan)
        self.app.push_screen(ExportDialog(what, self.symbols), self._exported)

    def _exported(self, written: str | None) -> None:
        if written:
            self.notify(self.symbols.text(written), timeout=4, markup=False)

    def _view(self, title: str, text: str) -> None:
        self.app.push_screen(Viewer(title, text, self.symbols))

    def action_next_problem(self) -> None:
        if problems := self.draft.problems():
            self.post_message(Go(step_of(problems[0].field)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_problem":
            return self.plan is None
        if action in ("create", "open", "copy", "files"):
            return self.plan is not None
        if action == "check":
            return self.plan is not None and self._may_check
        return super().check_action(action, parameters)
