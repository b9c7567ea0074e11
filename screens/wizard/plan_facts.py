"""Beside the plan: what it costs, what it creates, what the checks say, what can be exported."""

import time
from collections.abc import Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llmd_tui.events import CheckLine
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.words import age, many
from screens.glyphs import Symbols
from screens.widgets.frame import STYLES, Pane, PaneTitle
from screens.wizard import review_text

PANES = ("Cost", "Is created", "Checked", "Export", "Worth knowing", "If you stop half-way")
STOPPED = "Resume looks at the cluster and goes on. What is ours is labelled; the bundle's README tells how to undo it."


class PlanFacts(VerticalScroll):
    """Shows a plan, and the checks that were made for it."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._titles = {name: PaneTitle(name, symbols=symbols) for name in PANES}
        self._texts = {name: Static(markup=False, classes="text") for name in PANES}
        panes = (Pane(self._titles[name], self._texts[name]) for name in PANES)
        super().__init__(*panes, classes="column right", can_focus=False)
        self._titles["Is created"].note = "and labelled as ours"
        self._titles["Export"].note = "before or after"
        self._texts["If you stop half-way"].update(Content.styled(STOPPED, STYLES["quiet"]))
        self._texts["Export"].update(
            review_text.keys([("e", "answers file, or the bundle"), ("o", "look at what the bundle holds")])
        )

    def show(self, plan: Plan, choice: Choice) -> None:
        width, symbols = self._texts["Cost"].content_size.width, self._symbols
        as_of = plan.cost_per_hour.as_of
        self._titles["Cost"].note = f"list prices of {as_of}" if as_of else ""
        self._texts["Cost"].update(review_text.cost(plan, choice, width, symbols))
        self._texts["Is created"].update(review_text.is_created(plan, choice, symbols))
        self._texts["Worth knowing"].update(Content("\n").join(review_text.warnings(plan, symbols, width)))

    def show_checks(self, lines: Sequence[CheckLine], at: float, *, going: bool) -> None:
        """`at` is when they were made, on the monotonic clock."""
        title, width = self._titles["Checked"], self._texts["Checked"].content_size.width
        title.note = f"{many(len(lines), 'check')}, {age(time.monotonic() - at)} ago" if lines else ""
        title.right = f"{self._symbols.of('running')} checking" if going else "" if lines else "not checked yet"
        self._texts["Checked"].update(review_text.checked(lines, self._symbols, width))
