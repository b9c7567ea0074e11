"""Where the program begins: what can be done next, what is there already, and what there is to do it with."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui import __version__
from llmd_tui.start.around import Around
from screens.base import FrameScreen
from screens.glyphs import GLYPHS, State, Symbols
from screens.messages import Begin, Continue, LookAt, OpenFile, Rehearse, TakeUp
from screens.start.beside import LABEL, azure_lines, in_short, tool_lines
from screens.start.lists import ContextsTable, FilesTable, RunsTable
from screens.start.menu import Entry, Menu
from screens.start.opening import OpenDialog
from screens.start.says import NEW, OPEN, TRY, draft_entry, left_half_way, resume_entry, verdict
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict

TICK_SECONDS = 1.0
DRAFT = Entry("continue", "c", "Continue the draft", "")
RESUME = Entry("resume", "r", "Resume", "")


class StartScreen(FrameScreen):
    """Everything is read at once and shown as it comes; no key waits for it."""

    CSS_PATH = "start.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="start.enter"),
        Binding("n", "new", "new", id="start.new"),
        Binding("c", "continue", "continue", id="start.continue"),
        Binding("r", "resume", "resume", id="start.resume"),
        Binding("r", "again", "read again", id="start.again"),
        Binding("o", "open_file", "open a file", id="start.open"),
        Binding("t", "rehearse", "try it", id="start.rehearse"),
        Binding("q", "app.quit", "quit", id="start.quit"),
    ]

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols)
        self.around = Around(self._came_in)
        self.menu = Menu((NEW, DRAFT, RESUME, OPEN, TRY), symbols)
        self.files = FilesTable(symbols)
        self.runs = RunsTable(symbols)
        self.contexts = ContextsTable(symbols)
        self.no_contexts = Static(markup=False, id="no-contexts")
        self.azure = Static(markup=False, id="azure")
        self.tools = Static(markup=False, id="tools")
        self.short = Static(markup=False, id="short")
        names = ("What next", "Files", "Runs", "Azure", "Tools", "Contexts")
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in names}
        self.titles["Files"].note, self.titles["Runs"].note = "newest first", "kept until you delete them"
        self._told: Verdict | None = None
        self._asked_for = False

    def body(self) -> Iterable[Widget]:
        titles = self.titles
        yield Vertical(
            Pane(titles["What next"], self.menu, id="menu-pane"),
            Pane(titles["Files"], self.files, classes="fill", id="files-pane"),
            Pane(titles["Runs"], self.runs, classes="fill", id="runs-pane"),
            classes="column left",
        )
        yield Vertical(
            Pane(titles["Azure"], self.azure, id="azure-pane"),
            Pane(titles["Tools"], self.tools, id="tools-pane"),
            Pane(titles["Contexts"], self.no_contexts, self.contexts, classes="fill", id="contexts-pane"),
            self.short,
            classes="column right",
        )

    def on_mount(self) -> None:
        self.header.crumbs = ("start",)
        self.header.facts = (__version__,)
        self.menu.focus()
        self.set_interval(TICK_SECONDS, self._tick)
        self.show()
        # The first frame does not wait for what reading needs.
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

    def show(self) -> None:
        """All of it, as it was read."""
        self._asked_for = False
        around, left = self.around, self.around.left.value
        run = left_half_way(around)
        self.menu.show_entry("resume", resume_entry(run) if run else None)
        self.menu.show_entry("continue", draft_entry(left.draft) if left and left.draft else None)
        self.files.show(around)
        self.runs.show(around)
        self.contexts.show(around)
        account, clusters = around.account, around.contexts
        trouble = f"{account.error} {account.remedy}" if account.state == "failed" else ""
        self.azure.update(self._lines(azure_lines(account), trouble))
        self.no_contexts.update(Content(self.symbols.text(f"{clusters.error} {clusters.remedy}".strip())))
        self.no_contexts.display = clusters.state == "failed"
        self.contexts.display = clusters.state != "failed"
        self.tools.update(self._lines(tool_lines(around.tools)))
        self.short.update(Content("\n".join(self.symbols.text(line) for line in in_short(around, self.symbols))))
        now = time.monotonic()
        asking = around.account.value is not None and around.account.state == "loading"
        self.titles["Azure"].right = "asking" if asking else around.account.words(now)
        contexts = around.contexts.value or ()
        self.titles["Contexts"].note = f"{len(contexts)} in kubeconfig" if contexts else ""
        asked = [each.name for each in contexts if not each.asks_a_person]
        read = sum(name in around.clusters and around.clusters[name].state in ("ready", "failed") for name in asked)
        self.titles["Contexts"].right = f"{read} of {len(asked)} read" if read < len(asked) else ""
        self.say(self._told or verdict(around))
        self.refresh_bindings()

    def _lines(self, lines: Iterable[tuple[State, str, str]], trouble: str = "") -> Content:
        made: list[Content] = []
        for state, label, value in lines:
            glyph = (f"{self.symbols.of(state)} ", STYLES[GLYPHS[state].role])
            made.append(Content.assemble(glyph, (f"{label:<{LABEL}}", STYLES["quiet"]), self.symbols.text(value)))
        return Content("\n").join([*made, *([Content(self.symbols.text(trouble))] if trouble else [])])

    def tell(self, verdict: Verdict) -> None:
        self._told = verdict
        self.show()

    # What is done

    def on_menu_picked(self) -> None:
        self.on_table_picked()

    def action_open(self) -> None:
        """What the cursor of the pane with the focus is on."""
        self._told = None
        if self.files.has_focus and (file := self.files.selected):
            self.post_message(OpenFile(file.path))
        elif self.runs.has_focus and (run := self.runs.selected):
            self.post_message(LookAt(run.id))
        elif self.contexts.has_focus and (context := self.contexts.cursor_key):
            self._begin_at(context)
        elif self.menu.has_focus:
            self.call_later(self.run_action, self.menu.action)

    def _begin_at(self, context: str) -> None:
        reading = self.around.clusters.get(context)
        if reading and reading.state == "failed":
            self.tell(Verdict("failed", f"{context}: {reading.error}", reading.remedy, "r ask again"))
        else:
            self.post_message(Begin(context))

    def action_new(self) -> None:
        self.post_message(Begin())

    def action_continue(self) -> None:
        self.post_message(Continue())

    def action_resume(self) -> None:
        if run := self._to_resume():
            self.post_message(TakeUp(run))

    def action_again(self) -> None:
        self._told = None
        if self.contexts.has_focus and self.contexts.cursor_key:
            self._ask(self.contexts.cursor_key)
        else:
            self._read()

    @work(group="ask")
    async def _ask(self, context: str) -> None:
        await self.around.read_cluster(context)

    def action_open_file(self) -> None:
        def opened(path: object) -> None:
            from pathlib import Path

            if isinstance(path, Path):
                self.post_message(OpenFile(path))

        self.app.push_screen(OpenDialog(self.symbols), opened)

    def action_rehearse(self) -> None:
        self.post_message(Rehearse())

    def _to_resume(self) -> str:
        """The run under the cursor, else the one that the menu offers; empty when there is none."""
        if self.contexts.has_focus:
            return ""
        run = self.runs.selected if self.runs.has_focus else left_half_way(self.around)
        return run.id if run and run.resumable else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        left = self.around.left.value
        if action == "resume":
            return bool(self._to_resume())
        if action == "again":
            return not self._to_resume()
        if action == "continue":
            return bool(left and left.draft)
        return True
