"""What there is now: the endpoint, a test prompt, where the time went, what it costs and how to stop that."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.errors import UserError
from llmd_tui.plan.endpoint import endpoint
from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.outcome import outcome, reminders
from llmd_tui.serving.link import Link
from llmd_tui.serving.standing import Part, roles, running
from llmd_tui.serving.witness import Witness
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.messages import Destroy
from screens.run import done_text as text
from screens.run.heading import standing
from screens.run.live import LiveRun
from screens.run.status import crumbs
from screens.run.takeaway import TakeawayDialog
from screens.run.try_it import TryIt
from screens.widgets.frame import Pane, PaneTitle, Verdict

REDRAW_SECONDS = 1.0
LEFT, RIGHT = (
    ("Endpoint", "Where the time went", "To stop it", "Do not forget"),
    ("Exports", "Cost", "Runs now", "Next"),
)


class DoneScreen(FrameScreen):
    """Everything to take along."""

    CSS_PATH = "done.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "try", "try it", id="done.try"),
        Binding("u", "forward", "forward", id="done.forward"),
        Binding("e", "export", "export", id="done.export"),
        Binding("c", "copy", "copy curl", id="done.copy"),
        Binding("s", "copy_stop", "copy stop", id="done.stop"),
        Binding("q", "app.quit", "quit", id="done.quit"),
        Binding("D", "destroy", "destroy", id="done.destroy"),
        Binding("escape", "app.pop_screen", "back", id="done.back"),
        Binding("down,j", "scroll(1)", "down", show=False, id="done.down"),
        Binding("up,k", "scroll(-1)", "up", show=False, id="done.up"),
        Binding("pagedown,ctrl+d", "scroll(10)", "page down", show=False, id="done.page_down"),
        Binding("pageup,ctrl+u", "scroll(-10)", "page up", show=False, id="done.page_up"),
        Binding("home,g", "scroll(-1000)", "first", show=False, id="done.first"),
        Binding("end,G", "scroll(1000)", "last", show=False, id="done.last"),
    ]

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.live = run
        self.endpoint = endpoint(run.choice)
        where = (self.endpoint.namespace, self.endpoint.service, self.endpoint.port)
        self.link = Link(run.cluster, run.view, run.clock, where)
        witness = Witness(run.cluster, run.view, run.clock, run.choice.namespace, roles(run.choice))
        self.try_it = TryIt(self.link, self.endpoint.model, symbols, witness)
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in (*LEFT, *RIGHT)}
        self.texts = {name: Static(markup=False, classes="text") for name in (*LEFT, *RIGHT)}
        self.panes = {name: Pane(self.titles[name], self.texts[name]) for name in (*LEFT, *RIGHT)}

    def body(self) -> Iterable[Widget]:
        first, *others = (self.panes[name] for name in LEFT)
        self.try_it.display = self.live.here
        yield Vertical(first, self.try_it, *others, classes="column left", id="done-left")
        yield Vertical(*(self.panes[name] for name in RIGHT), classes="column right", id="done-right")

    def on_mount(self) -> None:
        self.header.crumbs = crumbs(self.live)
        self.set_interval(REDRAW_SECONDS, self._redraw)
        if self.live.here:
            self.try_it.focus()
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self.show)

    async def on_unmount(self) -> None:
        await self.link.close()

    def _redraw(self) -> None:
        if self.is_current:
            self.show()

    # What is shown

    def show(self) -> None:
        run, progress = self.live, self.live.progress
        self.header.state, self.header.facts = standing(run)
        times = progress.times
        took, planned = duration(times.seconds(run.clock.time())), estimate(run.plan.critical_seconds)
        self.titles["Where the time went"].note = f"{took}, the estimate was {planned}"
        self.titles["Cost"].note = "list prices, estimate" if run.plan.cost_per_hour.amount else ""
        self.titles["Exports"].note = "written" if run.written else ""
        parts = self._parts()
        notes = reminders(progress, run.plan)
        self.panes["Do not forget"].display = bool(notes)
        self.titles["To stop it"].right = "s copy"
        self.titles["Runs now"].note = "" if parts else "not seen"
        self._put("Endpoint", lambda width: text.endpoint_text(run, self.endpoint, self.link, width, self.symbols))
        self._put("Where the time went", lambda width: text.times_text(times.taken, width, self.symbols))
        self._put("Do not forget", lambda width: text.reminders_text(notes, width, self.symbols))
        self._put("Exports", lambda width: text.exports_text(run, width, self.symbols))
        self._put("Cost", lambda width: text.cost_text(run, width, self.symbols))
        self._put("Runs now", lambda width: text.running_text(parts, width, self.symbols))
        self._put("To stop it", lambda width: text.stop_text(self.endpoint.stop, width, self.symbols))
        self._put("Next", lambda width: text.next_text(self._next(), width, self.symbols))
        self.say(self._verdict(parts))

    def _put(self, name: str, content: Callable[[int], Content]) -> None:
        """A pane's content region is known once it was laid out."""
        width = self.texts[name].content_size.width
        if width:
            self.texts[name].update(content(width))

    def _parts(self) -> list[Part]:
        """Nothing is said of a cluster that is not seen."""
        seen = self.live.freshness("Pod")
        if seen is None or seen.state != "live":
            return []
        return running(self.live.choice, self.live.plan, self.live.view(), self.live.now())

    def _verdict(self, parts: list[Part]) -> Verdict:
        if error := self.try_it.failed:
            return Verdict("failed", error.message, error.remedy, "t try again")
        amount = self.live.plan.cost_per_hour.amount
        tried = self.try_it.tried
        said = outcome(
            self.live.progress,
            lacking=[part for part in parts if part.state != "done"],
            answer=tried.answer if tried else None,
            hourly=f"${amount:,.2f}/h" if amount else "",
        )
        key = "esc stop" if self.try_it.busy else said.key if self.live.here else "esc back"
        return Verdict(said.state, said.text, said.usual, key, said.short)

    def _next(self) -> list[tuple[str, str, str]]:
        asked = [
            ("t", "try it", "send a prompt"),
            ("u", "port-forward", "off" if self.link.on else "on, until you quit"),
        ]
        return [
            *(asked if self.live.here else ()),
            ("e", "export", "files to keep"),
            ("c", "copy", "curl for this endpoint"),
            ("s", "copy", "what stops it"),
            ("D", "destroy", "asks for the name"),
        ]

    def on_resize(self, event: events.Resize) -> None:
        """Textual calls the frame's own, too."""
        self.call_after_refresh(self.show)

    def on_try_it_changed(self) -> None:
        self.show()
        self.refresh_bindings()

    # What can be asked

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.live.here and not self.try_it.editing if action in ("try", "forward") else True

    def action_try(self) -> None:
        self.try_it.send()

    @work(group="forward", exclusive=True, exit_on_error=False)
    async def action_forward(self) -> None:
        try:
            if self.link.on:
                await self.link.close()
            else:
                await self.link.open()
        except UserError as error:
            self.link.trouble = f"{error.message} {error.remedy}"
        self.show()

    def action_export(self) -> None:
        self.app.push_screen(TakeawayDialog(self.live, self.symbols))

    def action_copy(self) -> None:
        commands = [] if self.link.on else [f"{self.endpoint.port_forward} &"]
        self._copy("\n".join((*commands, self.endpoint.curl_at(self.link.url))))

    def action_copy_stop(self) -> None:
        self._copy("\n".join(self.endpoint.stop))

    def _copy(self, what: str) -> None:
        self.app.copy_to_clipboard(what)
        self.notify("copied", timeout=4)

    def action_destroy(self) -> None:
        self.post_message(Destroy())

    def action_scroll(self, rows: int) -> None:
        """Whatever does not fit moves."""
        for box in (self.query_one("#body"), *self.query(".column")):
            box.scroll_relative(y=rows, animate=False)
