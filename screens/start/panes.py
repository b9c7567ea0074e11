"""What the start screen shows beside what next: files and runs under it, login, tools and contexts at the right."""

import time
from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.start.around import Around
from screens.glyphs import GLYPHS, State, Symbols
from screens.start.beside import LABEL, azure_lines, in_short, tool_lines
from screens.start.lists import ContextsTable, FilesTable, RunsTable
from screens.widgets.frame import STYLES, Pane, PaneTitle


class Panes:
    """`left` and `right` are to be mounted once; `show` brings them in line with what was read."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.files = FilesTable(symbols)
        self.runs = RunsTable(symbols)
        self.contexts = ContextsTable(symbols)
        self.no_contexts = Static(markup=False, id="no-contexts")
        self.azure = Static(markup=False, id="azure")
        self.tools = Static(markup=False, id="tools")
        self.short = Static(markup=False, id="short")
        names = ("Files", "Runs", "Azure", "Tools", "Contexts")
        self.titles = {name: PaneTitle(name, symbols=symbols) for name in names}
        self.titles["Files"].note, self.titles["Runs"].note = "newest first", "kept until you delete them"

    def left(self) -> tuple[Widget, ...]:
        return (
            Pane(self.titles["Files"], self.files, classes="fill", id="files-pane"),
            Pane(self.titles["Runs"], self.runs, classes="fill", id="runs-pane"),
        )

    def right(self) -> tuple[Widget, ...]:
        return (
            Pane(self.titles["Azure"], self.azure, id="azure-pane"),
            Pane(self.titles["Tools"], self.tools, id="tools-pane"),
            Pane(self.titles["Contexts"], self.no_contexts, self.contexts, classes="fill", id="contexts-pane"),
            self.short,
        )

    def show(self, around: Around) -> None:
        self.files.show(around)
        self.runs.show(around)
        self._show_azure(around)
        self.tools.update(self._lines(tool_lines(around.tools)))
        self._show_contexts(around)
        self.short.update(Content("\n".join(self._symbols.text(line) for line in in_short(around, self._symbols))))

    def _show_azure(self, around: Around) -> None:
        account = around.account
        trouble = f"{account.error} {account.remedy}" if account.state == "failed" else ""
        self.azure.update(self._lines(azure_lines(account), trouble))
        asking = account.value is not None and account.state == "loading"
        self.titles["Azure"].right = "asking" if asking else account.words(time.monotonic())

    def _show_contexts(self, around: Around) -> None:
        reading, clusters = around.contexts, around.clusters
        self.contexts.show(around)
        self.contexts.display = reading.state != "failed"
        self.no_contexts.display = reading.state == "failed"
        self.no_contexts.update(Content(self._symbols.text(f"{reading.error} {reading.remedy}".strip())))
        known = reading.value or ()
        asked = [each.name for each in known if not each.asks_a_person]
        read = sum(name in clusters and clusters[name].state in ("ready", "failed") for name in asked)
        title = self.titles["Contexts"]
        title.note = f"{len(known)} in kubeconfig" if known else ""
        title.right = f"{read} of {len(asked)} read" if read < len(asked) else ""

    def _lines(self, lines: Iterable[tuple[State, str, str]], trouble: str = "") -> Content:
        made: list[Content] = []
        for state, label, value in lines:
            glyph = (f"{self._symbols.of(state)} ", STYLES[GLYPHS[state].role])
            made.append(Content.assemble(glyph, (f"{label:<{LABEL}}", STYLES["quiet"]), self._symbols.text(value)))
        return Content("\n").join([*made, *([Content(self._symbols.text(trouble))] if trouble else [])])
