"""The plan before anything is created: its phases in time, its cost, what it makes, its commands."""

from collections.abc import Iterable
from textwrap import wrap
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.config.problems import Problem
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import step_of
from llmd_tui.draft.summary import cost_parts, created, sentence
from llmd_tui.plan.actions import Apply, Arm, Checks, Helm, Manifest
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import phase_commands
from llmd_tui.rollout.words import estimate, many
from screens.glyphs import Symbols
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer
from screens.wizard.base import WizardScreen
from screens.wizard.messages import Create, Go
from screens.wizard.timeline import Timeline

QUIET = STYLES["quiet"]


class ReviewScreen(WizardScreen):
    STEP = "review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("Y", "create", "create it", id="review.create"),
        Binding("enter", "open", "commands", id="review.open"),
        Binding("e", "app.export", "export", id="review.export"),
        Binding("c", "copy", "copy", id="review.copy"),
    ]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.timeline = Timeline(symbols)
        self.plan_title = PaneTitle("Plan", symbols=symbols)
        self.phase_title = PaneTitle("Phase", symbols=symbols)
        self.phase_text = Static(markup=False, id="phase-text")
        self.commands_title = PaneTitle("Commands", symbols=symbols)
        self.commands = Static(markup=False, id="commands")
        self.cost_title = PaneTitle("Cost", symbols=symbols)
        self.cost = Static(markup=False)
        self.created = Static(markup=False)
        self.notes_title = PaneTitle("Worth knowing", symbols=symbols)
        self.notes = Static(markup=False)
        self._made: tuple[int, Choice | None, Plan | None] = (-1, None, None)

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Pane(self.plan_title, self.timeline, classes="fill", id="plan-pane"),
            Pane(self.phase_title, self.phase_text, id="phase-pane"),
            Pane(self.commands_title, self.commands, id="commands-pane"),
            classes="column left",
        )
        created = PaneTitle("Is created", symbols=self.symbols)
        created.note = "and labelled as ours"
        yield VerticalScroll(
            Pane(self.cost_title, self.cost),
            Pane(created, self.created),
            Pane(self.notes_title, self.notes),
            classes="column right",
            can_focus=False,
        )

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
        if plan is None or choice is None:
            self._redraw_problems()
            return
        self.timeline.show(plan)
        self.plan_title.note, self.plan_title.right = "estimates, from presets", "critical path ━━"
        self.cost.update(self._cost(plan, choice))
        self.created.update(_table(created(plan, choice), self.symbols))
        mark = (self.symbols.of("slow"), STYLES["slow"])
        warnings = [Content.assemble(mark, " ", self.symbols.text(warning)) for warning in plan.warnings]
        skipped = many(len(plan.skipped), "phase")
        more = Content.styled(f"{skipped} of llm-d are not part of this plan", QUIET)
        self.notes.update(Content("\n").join([*warnings, more]))
        self._redraw_phase(plan)

    def _redraw_problems(self) -> None:
        self.timeline.set_empty("There is no plan while something is wrong.")
        self.timeline.set_rows([])
        lines = [self._problem(problem) for problem in self.draft.problems()]
        self.plan_title.note, self.plan_title.right = "", ""
        self.phase_title.name_, self.phase_title.note = "To be settled", str(len(lines))
        self.phase_text.update(Content("\n").join(lines))
        self.commands_title.note = ""
        for static in (self.commands, self.cost, self.created, self.notes):
            static.update("")

    def _problem(self, problem: Problem) -> Content:
        text = f"{problem.field}: {problem.message} {problem.remedy}".strip()
        step = f"{step_of(problem.field)}  " if problem.field else ""
        mark = (self.symbols.of("failed"), STYLES["failed"])
        return Content.assemble(mark, " ", (step, QUIET), self.symbols.text(text))

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
        self.phase_title.name_ = phase.name
        self.phase_title.note = f"{needs}{estimate(phase.seconds.normal)}{critical}"
        done = "; ".join(wait.what for wait in phase.done) or "its work is done"
        rows = [("why", phase.why), ("does", _does(phase)), ("done when", done), ("undo", phase.undo)]
        self.phase_text.update(_table(rows, self.symbols, 11, self.phase_text.content_size.width))
        commands = phase_commands(phase)
        self.commands_title.note = f"{len(commands)}, equivalent to what will run" if commands else "none"
        self.commands_title.right = "enter all"
        first = [f"$ {command.splitlines()[0]}" for command in commands] or ["this phase looks and does nothing else"]
        self.commands.update(Content("\n").join(Content(self.symbols.text(line)) for line in first[:8]))

    def _cost(self, plan: Plan, choice: Choice) -> Content:
        parts = cost_parts(choice)
        if not parts:
            return Content.styled("Nothing is bought: the cluster is there already.", QUIET)
        rows = [(name, "not known" if price is None else f"${price:,.2f}/h") for name, price in parts]
        if (amount := plan.cost_per_hour.amount) is not None:
            rows.append(("while it exists", f"${amount:,.2f}/h"))
            rows.append(("until it answers", f"about ${amount * plan.critical_seconds / 3600:,.0f}"))
        self.cost_title.note = f"list prices of {plan.cost_per_hour.as_of}" if plan.cost_per_hour.as_of else ""
        return _table(rows, self.symbols, max(len(name) for name, _ in rows) + 2)

    def verdict(self) -> Verdict:
        if self.plan is None:
            problems = self.draft.problems()
            settle = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
            return Verdict("failed", f"{settle} to be settled: {problems[0].message}", "", "ctrl+n go to it")
        return Verdict("done", f"Ready: {sentence(self.plan)}.", "Nothing has been created.", "Y create it")

    # What is done

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        self.show()

    def action_create(self) -> None:
        if self.plan:
            self.post_message(Create())

    def action_open(self) -> None:
        if phase := self.phase:
            self.app.push_screen(Viewer(f"{phase.name}: commands", "\n".join(phase_commands(phase)), self.symbols))

    def action_copy(self) -> None:
        if phase := self.phase:
            self.app.copy_to_clipboard("\n".join(phase_commands(phase)))
            self.notify("copied", timeout=4)

    def action_next_problem(self) -> None:
        if problems := self.draft.problems():
            self.post_message(Go(step_of(problems[0].field)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_problem":
            return self.plan is None
        if action in ("create", "open", "copy"):
            return self.plan is not None
        return super().check_action(action, parameters)


def _does(phase: Phase) -> str:
    releases = sum(isinstance(action, Helm) for action in phase.actions)
    objects = sum(len(action.objects) for action in phase.actions if isinstance(action, Apply))
    manifests = sum(isinstance(action, Manifest) for action in phase.actions)
    requests = sum(isinstance(action, Arm) for action in phase.actions)
    checks = sum(len(action.ids) for action in phase.actions if isinstance(action, Checks))
    parts = [(requests, "request"), (releases, "Helm release"), (manifests, "manifest"), (objects, "object")]
    parts.append((checks, "check"))
    return ", ".join(many(count, one) for count, one in parts if count) or "looks, changes nothing"


def _table(rows: Iterable[tuple[str, str]], symbols: Symbols, width: int = 18, room: int = 0) -> Content:
    """Label and text; with `room` cells in all, longer texts go on under their own beginning."""
    lines: list[Content] = []
    for label, text in rows:
        parts = wrap(text, room - width) if room > width + 10 else [text]
        heads = [label, *[""] * len(parts)]
        for head, part in zip(heads, parts or [""], strict=False):
            lines.append(Content.assemble((symbols.text(head).ljust(width), QUIET), symbols.text(part)))
    return Content("\n").join(lines)
