"""Where the program begins: what can be done next, what is there already, and what there is to do it with."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from llmd_tui import __version__
from llmd_tui.start.around import Around
from screens.base import FrameScreen
from screens.glyphs import Symbols
from screens.messages import Begin, Continue, DestroyRun, LogIn, LookAt, OpenFile, Rehearse, TakeUp
from screens.start.menu import Entry, Menu
from screens.start.says import NEW, OPEN, TRY, draft_entry, left_half_way, resume_entry, verdict
from screens.widgets.frame import Pane, PaneTitle, Verdict

if TYPE_CHECKING:
    from llmd_tui.azure.person import Person
    from llmd_tui.start.runs import PastRun
    from screens.start.panes import Panes

TICK_SECONDS = 1.0
PAINTED_SECONDS = 0.04
"""After this the first frame is on the terminal. Textual paints it later than what it calls after a refresh."""
DRAFT = Entry("continue", "c", "Continue the draft", "")
RESUME = Entry("resume", "r", "Resume", "")


class StartScreen(FrameScreen):
    """The first frame has what can be pressed; the panes follow in the second, and what is read as it comes."""

    CSS_PATH = "start.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="start.enter"),
        Binding("n", "new", "new", id="start.new"),
        Binding("c", "continue", "continue", id="start.continue"),
        Binding("r", "resume", "resume", id="start.resume"),
        Binding("r", "again", "read again", id="start.again"),
        Binding("o", "open_file", "open a file", id="start.open"),
        Binding("t", "rehearse", "try it", id="start.rehearse"),
        Binding("i", "log_in", "log in", id="start.login"),
        Binding("D", "destroy", "destroy", id="start.destroy"),
        Binding("q", "app.quit", "quit", id="start.quit"),
    ]

    def __init__(self, symbols: Symbols, person: "Person | None" = None) -> None:
        super().__init__(symbols)
        self._person = person
        self.around = Around(self._came_in)
        self.menu = Menu((NEW, DRAFT, RESUME, OPEN, TRY), symbols)
        self.panes: Panes | None = None
        self._told: Verdict | None = None
        self._asked_for = False

    def body(self) -> Iterable[Widget]:
        title = PaneTitle("What next", symbols=self.symbols)
        yield Vertical(Pane(title, self.menu, id="menu-pane"), classes="column left")
        yield Vertical(classes="column right")

    def on_mount(self) -> None:
        self.header.crumbs = ("start",)
        self.header.facts = (__version__,)
        self.menu.focus()
        self.show()
        self.set_timer(PAINTED_SECONDS, self._fill)

    async def _fill(self) -> None:
        from screens.start.panes import Panes

        panes = Panes(self.symbols)
        with self.app.batch_update():
            await self.query_one(".left").mount(*panes.left())
            await self.query_one(".right").mount(*panes.right())
        self.panes = panes
        self.show()
        self.set_interval(TICK_SECONDS, self._tick)
        self.call_after_refresh(self._read)

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        await self.around.read()

    # What is shown

    def _came_in(self) -> None:
        """Much comes at the same moment: it is shown once."""
        if not self._asked_for:
            self._asked_for = True
            self.call_after_refresh(self.show)

    def _tick(self) -> None:
        if self.is_current:
            self.show()
            if self.around.login_changed():
                self._told = None
                self._read_account()

    @work(group="account", exclusive=True)
    async def _read_account(self, person: "Person | None" = None) -> None:
        await self.around.read_account(person)

    def show(self) -> None:
        """All of it, as it was read."""
        self._asked_for = False
        around, left = self.around, self.around.left.value
        run = left_half_way(around)
        self.menu.show_entry("resume", resume_entry(run) if run else None)
        self.menu.show_entry("continue", draft_entry(left.draft) if left and left.draft else None)
        if self.panes:
            self.panes.show(around)
        self.say(self._told or verdict(around))
        self.refresh_bindings()

    def tell(self, verdict: Verdict) -> None:
        self._told = verdict
        self.show()

    # What is done

    def on_menu_picked(self) -> None:
        self.on_table_picked()

    def action_open(self) -> None:
        """What the cursor of the pane with the focus is on."""
        self._told = None
        panes = self.panes
        if self.menu.has_focus or panes is None:
            self.call_later(self.run_action, self.menu.action)
        elif panes.files.has_focus and (file := panes.files.selected):
            self.post_message(OpenFile(file.path))
        elif panes.runs.has_focus and (run := panes.runs.selected):
            self.post_message(LookAt(run.id))
        elif panes.contexts.has_focus and (context := panes.contexts.cursor_key):
            self._begin_at(context)

    def _begin_at(self, context: str) -> None:
        reading = self.around.clusters.get(context)
        if reading and reading.state == "failed":
            self.tell(Verdict("failed", f"{context}: {reading.error}. {reading.remedy}", "", "r ask again"))
        else:
            self.post_message(Begin(context))

    def action_new(self) -> None:
        self.post_message(Begin())

    def action_continue(self) -> None:
        self.post_message(Continue())

    def action_resume(self) -> None:
        if run := self._to_resume():
            self.post_message(TakeUp(run))

    def action_destroy(self) -> None:
        if run := self._selected_run():
            self.post_message(DestroyRun(run.id))

    def _selected_run(self) -> "PastRun | None":
        """The one under the cursor, when its pane has the focus."""
        return self.panes.runs.selected if self.panes and self.panes.runs.has_focus else None

    def action_again(self) -> None:
        self._told = None
        if context := self._asked_context():
            self._ask(context)
        else:
            self._read()

    @work(group="ask")
    async def _ask(self, context: str) -> None:
        await self.around.read_cluster(context)

    def action_open_file(self) -> None:
        from screens.start.opening import OpenDialog

        def opened(path: Path | None) -> None:
            if path:
                self.post_message(OpenFile(path))

        self.app.push_screen(OpenDialog(self.symbols), opened)

    def action_log_in(self) -> None:
        self._told = None
        self.post_message(LogIn(lambda: self._read_account(self._person)))

    def action_rehearse(self) -> None:
        self.post_message(Rehearse())

    def _asked_context(self) -> str:
        """The one under the cursor, when its pane has the focus."""
        return (self.panes.contexts.cursor_key or "") if self.panes and self.panes.contexts.has_focus else ""

    def _to_resume(self) -> str:
        """The run under the cursor, else the one that the menu offers; empty when there is none."""
        if self._asked_context():
            return ""
        in_runs = self.panes and self.panes.runs.has_focus
        run = self.panes.runs.selected if self.panes and in_runs else left_half_way(self.around)
        return run.id if run and run.resumable else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        left = self.around.left.value
        if action == "resume":
            return bool(self._to_resume())
        if action == "again":
            return not self._to_resume()
        if action == "destroy":
            return self._selected_run() is not None
        if action == "continue":
            return bool(left and left.draft)
        return True
