"""What all steps of the wizard share: the frame, the keys, the form."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from llmd_tui.config.fields import fields
from llmd_tui.config.problems import Problem
from llmd_tui.draft.session import CONTEXT, Session
from llmd_tui.draft.steps import STEPS, Step
from llmd_tui.draft.values import PRESET
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.widgets.fields import Field, Shown
from screens.widgets.frame import Rail, Verdict
from screens.wizard.messages import Go

TICK_SECONDS = 1.0


class WizardScreen(FrameScreen):
    """Shows the session and nothing of its own: `show` can be called at any time, and is when something changed."""

    STEP: ClassVar[Step]
    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "continue", id="wizard.take"),
        Binding("tab", "app.focus_next", "next pane", priority=True, id="wizard.next"),
        Binding("ctrl+n", "next_problem", "next problem", key_display="ctrl+n", id="wizard.problem"),
        Binding("ctrl+r", "reset", "back to preset", key_display="ctrl+r", id="wizard.reset"),
        Binding("escape", "back", "back", key_display="esc", id="wizard.back"),
    ]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.session = session
        self.draft = session.draft
        self.rail = Rail(symbols=symbols, id="rail")
        self.fields: tuple[Field, ...] = ()
        self._told: Verdict | None = None

    # To be said by each step

    def redraw(self) -> None:
        """Brings the panes in line with the session."""

    def tick(self) -> None:
        """Once a second, for what shows an age."""

    def verdict(self) -> Verdict:
        """Whether what is chosen can be taken."""
        raise TypeError("each step has its verdict")

    def take(self) -> str:
        """Makes what is shown the answer. Returns why not, as a sentence, or nothing."""
        return ""

    def hint(self, path: str) -> tuple[str, bool]:
        """What stands under a field, and whether it is good news."""
        return self.draft.value(path).why.removeprefix("preset"), False

    def waits_for(self, path: str) -> bool:
        """Whether a field that is empty will be filled in, or is asked for elsewhere."""
        return False

    def committed(self, field: Field) -> None:
        """A field was left; its text is the answer now, or its error is shown."""

    # The frame

    def on_mount(self) -> None:
        self.set_interval(TICK_SECONDS, self._tick)
        self.show()

    def on_screen_resume(self) -> None:
        self._told = None
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        # Some of what is shown depends on the room that the layout is about to give it.
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """All of it, as the session stands."""
        if not self.is_mounted:
            return
        assert self.rail
        self.rail.steps = tuple((step, self.session.answer(step)) for step in STEPS)
        self.rail.current = STEPS.index(self.STEP)
        self.header.crumbs = self._crumbs()
        self.header.facts = ("nothing created yet",)
        self.redraw()
        for field in self.fields:
            text, good = self.hint(field.path)
            error = "" if self._waits(field.path) else self.draft.error(field.path)
            # What may be left out is so by preset too.
            required = fields()[field.path].required and not field.path.startswith("cache.")
            source = self.draft.source(field.path) or ("" if required else PRESET)
            field.show(Shown(self.draft.text(field.path), source, text, error, good))
        self.say(self._told or self._open_fields() or self.verdict())
        self.refresh_bindings()

    def _tick(self) -> None:
        if self.is_current:
            self.tick()

    def _crumbs(self) -> tuple[str, ...]:
        draft = self.draft
        if draft.target == "kubeconfig":
            return ("kubeconfig", draft.value(CONTEXT).text or "any context")
        name = self.session.azure.subscription_name(draft.value("target.azure.subscription").text)
        kind = "new cluster" if draft.target == "new" else "cluster"
        place = f"{kind} {draft.value('target.azure.cluster').text}".strip()
        return tuple(filter(None, (name, self.session.region, place)))

    def _open_fields(self) -> Verdict | None:
        problems = self._problems()
        if not problems:
            return None
        first = problems[0]
        label = next(field.label for field in self.fields if field.path == first.field)
        needs = "1 field needs you" if len(problems) == 1 else f"{len(problems)} fields need you"
        return Verdict("failed", f"{needs}: {label}: {first.message}", "", "ctrl+n go to it")

    # The form

    def on_field_left(self, message: Field.Left) -> None:
        self.commit(message.field)
        self.committed(message.field)
        self.show()

    def commit(self, field: Field) -> None:
        """A field's text becomes the answer, or its error."""
        if field.text != self.draft.text(field.path):
            self._told = None
            self.draft.set(field.path, field.text)
        field.taken()

    @property
    def field(self) -> Field | None:
        """The one that has the focus."""
        return next((field for field in self.fields if field.has_focus_within), None)

    def action_next_problem(self) -> None:
        paths = {problem.field for problem in self._problems()}
        if wrong := [field for field in self.fields if field.path in paths]:
            at = wrong.index(self.field) + 1 if self.field in wrong else 0
            wrong[at % len(wrong)].control().focus()

    @property
    def chosen_paths(self) -> tuple[str, ...]:
        """Which values `ctrl+r` brings back: those of the field or the choice that has the focus."""
        return (field.path,) if (field := self.field) else ()

    def action_reset(self) -> None:
        self.changed_mind()
        self.draft.reset(*self.chosen_paths)
        if field := self.field:
            field.put(self.draft.text(field.path))
        self.show()

    # Onwards and back

    def action_take(self) -> None:
        if field := self.field:
            self.commit(field)
        told = self._open_fields()
        reason = "" if told else self.take()
        self._told = Verdict("failed", reason) if reason else None
        self.show()
        if not told and not reason:
            self.forward()

    def forward(self) -> None:
        """To the next step."""
        self.post_message(Go(STEPS[STEPS.index(self.STEP) + 1]))

    def action_back(self) -> None:
        if field := self.field:
            self.commit(field)
        if not self._first:
            self.post_message(Go(STEPS[STEPS.index(self.STEP) - 1]))

    def action_return_to(self, position: int) -> None:
        """To a step that is done already."""
        if field := self.field:
            self.commit(field)
        if 0 <= position < STEPS.index(self.STEP):
            self.post_message(Go(STEPS[position]))

    def tell(self, verdict: Verdict) -> None:
        """Something that came of what was asked; stands until something else is done."""
        self._told = verdict
        self.show()

    def unknown(self, path: str) -> Verdict | None:
        """What a file said and nobody knows; `enter` puts what is highlighted in its place."""
        problem = next((problem for problem in self.draft.problems() if problem.field == path), None)
        if problem is None or not self.draft.said(path):
            return None
        return Verdict("slow", problem.message, problem.remedy, "enter takes this one")

    def changed_mind(self) -> None:
        """Something else is highlighted: what was told about the one before is over."""
        self._told = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_problem":
            return bool(self._problems())
        if action == "reset":
            return any(self.draft.changed(path) for path in self.chosen_paths)
        if action == "back":
            return not self._first
        return True

    @property
    def _first(self) -> bool:
        return STEPS.index(self.STEP) == 0

    def _problems(self) -> list[Problem]:
        paths = {field.path for field in self.fields if not self._waits(field.path)}
        return [problem for problem in self.draft.problems() if problem.field in paths]

    def _waits(self, path: str) -> bool:
        return not self.draft.text(path) and self.waits_for(path)
