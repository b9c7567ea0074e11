"""What there is now: the endpoint, where the time went, what it costs and how to stop that."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.plan.endpoint import endpoint
from llmd_tui.rollout.words import duration
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import Pane, PaneTitle, Verdict

BAR = 36


class DoneScreen(FrameScreen):
    """Everything to take along."""

    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back", id="done.back"),
        Binding("c", "copy", "copy commands", id="done.copy"),
        Binding("e", "app.export", "export", id="done.export"),
        Binding("q", "app.quit", "quit", id="done.quit"),
    ]

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.endpoint = endpoint(run.choice)

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            self._pane("Endpoint", self._endpoint()),
            self._pane("Where the time went", self._times()),
            classes="column left",
            id="done-left",
        )
        yield Vertical(
            self._pane("Cost", self._cost(), note="list prices, estimate"),
            self._pane("How to stop it", self._stop()),
            classes="column right",
            id="done-right",
        )

    def _pane(self, name: str, content: Content, note: str = "") -> Pane:
        title = PaneTitle(name, symbols=self.symbols)
        title.note = note
        return Pane(title, Static(content, markup=False))

    def on_mount(self) -> None:
        self.header.crumbs = (self.live.name, "done")
        request = self.live.progress.checks.get("inference-request")
        answered = request.evidence if request else "the model servers are ready"
        cost = self.live.plan.cost_per_hour.amount
        self.say(Verdict("done", "llm-d answers.", answered, f"${cost:.2f}/h until deleted" if cost else ""))

    def _endpoint(self) -> Content:
        lines = [
            ("in cluster   ", self.endpoint.url),
            ("from here    ", self.endpoint.port_forward),
            ("model        ", self.endpoint.model),
            ("ask it       ", self.endpoint.curl),
        ]
        return Content("\n").join(Content.assemble((label, "dim"), value) for label, value in lines)

    def _times(self) -> Content:
        took = [(phase.name, phase.seconds) for phase in self.live.progress.phases.values() if phase.seconds]
        longest = max((seconds for _, seconds in took), default=1.0)
        shown = [(name, seconds) for name, seconds in took if seconds >= longest / BAR]
        rows = [
            Content.assemble(
                f"{name:<18}{duration(seconds):>7}  ",
                (self.symbols.text("━" * max(1, round(seconds / longest * BAR))), "$text-primary"),
            )
            for name, seconds in shown
        ]
        rest = len(took) - len(shown)
        if rest:
            rows.append(Content.styled(f"{rest} more phases took less than {duration(longest / BAR)} each", "dim"))
        return Content("\n").join(rows)

    def _cost(self) -> Content:
        cost = self.live.plan.cost_per_hour
        if cost.amount is None:
            return Content("nothing was bought: the cluster was there already")
        return Content.assemble(
            ("an hour   ", "dim"), f"${cost.amount:.2f}\n", ("a day     ", "dim"), f"${cost.amount * 24:.0f}\n",
            (f"list prices of {cost.as_of}; without disks, traffic and logs", "dim"),
        )  # fmt: skip

    def _stop(self) -> Content:
        return Content("\n").join(Content(command) for command in self.endpoint.stop)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join((self.endpoint.port_forward, self.endpoint.curl, *self.endpoint.stop)))
        self.notify("copied", timeout=4)
