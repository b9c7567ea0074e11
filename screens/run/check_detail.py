"""One check, in full: what it looks at, what it saw, what that means, what helps, what was counted, the command."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llmd_tui.events import Figure
from llmd_tui.presets.checks import check_texts
from llmd_tui.run.checklist import Line
from screens.glyphs import Role, Symbols
from screens.run.check_rows import state_of
from screens.widgets.bars import bar
from screens.widgets.facts import Fact, facts
from screens.widgets.frame import STYLES, Pane, PaneTitle

LABELS = 10
LONGEST_NAME = 20


class CheckDetail(Pane):
    """Beside the table; where it is narrow, rows under it."""

    DEFAULT_CSS = """
    CheckDetail { height: 1fr; }
    CheckDetail > VerticalScroll { height: 1fr; scrollbar-size: 0 1; }
    CheckDetail Static { height: auto; }
    CheckDetail #check-figures, CheckDetail #check-command { margin-top: 1; }
    """

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._about = Static(markup=False)
        self._figures = Static(markup=False)
        self._command = Static(markup=False)
        self._figures_title = PaneTitle("Counted", symbols=symbols, id="check-figures")
        self._command_title = PaneTitle("Command", symbols=symbols, id="check-command")
        self._command_title.right = "c copy"
        self._scroll = VerticalScroll(
            self._about, self._figures_title, self._figures, self._command_title, self._command, id="check-scroll"
        )
        super().__init__(PaneTitle("Check", symbols=symbols), self._scroll, id="check-detail")

    def compose(self) -> ComposeResult:
        yield from ()

    def show(self, line: Line | None, *, command: str, reason: str, compact: bool) -> None:
        """`reason` is why the check is no part of the plan; `compact`: a few rows and no more."""
        if line is None:
            self.title.name_, self.title.note = "Check", ""
            self._about.update("")
            self._under((), "", hidden=True)
            return
        width = max(20, self._scroll.content_size.width or self.size.width - 2)
        said = line.done
        _, word = state_of(line, bool(reason))
        evidence = said.evidence if said else reason
        self.title.name_, self.title.note = line.id, evidence if compact and evidence else word
        self._scroll.can_focus = not compact
        if compact:
            self._about.update(facts(list(_in_short(line, reason)), width, self._symbols, label=LABELS))
        else:
            self._about.update(self._whole(line, evidence, width))
        self._under(said.figures if said else (), command, hidden=compact)

    def _whole(self, line: Line, evidence: str, width: int) -> Content:
        text, said = check_texts()[line.id], line.done
        looks = facts([("", f"{text.title}: {text.looks}", "quiet")], width, self._symbols, label=0)
        rows: list[Fact] = []
        if evidence:
            rows.append(("Evidence", evidence, "slow" if said and said.result in ("warn", "fail") else "text"))
        if said and said.waived:
            rows.append(("Waived", said.waived, "text"))
        rows.append(("Meaning" if said and said.result in ("warn", "fail") else "If not", text.means, "text"))
        if said and said.remedy:
            rows.append(("Remedy", said.remedy, "text"))
        parts = [looks, *(facts([row], width, self._symbols, label=LABELS) for row in rows)]
        return Content("\n\n").join(parts)

    def _under(self, figures: tuple[Figure, ...], command: str, *, hidden: bool) -> None:
        for widget, shown in (
            (self._figures_title, bool(figures) and not hidden),
            (self._figures, bool(figures) and not hidden),
            (self._command_title, bool(command) and not hidden),
            (self._command, bool(command) and not hidden),
        ):
            widget.display = shown
        if hidden:
            return
        width = max(20, self._scroll.content_size.width or self.size.width - 2)
        self._figures.update(self._bars(figures, width))
        self._command.update(facts([("", command, "quiet")], width, self._symbols, label=0))

    def _bars(self, figures: tuple[Figure, ...], width: int) -> Content:
        """`vmss000000  ━━━━━━━━  8 of 8`, for what was counted."""
        names = {name: _short(name, self._symbols) for name, _, _ in figures}
        widest = max((len(name) for name in names.values()), default=0)
        told = {name: f"{have:g} of {of:g}" for name, have, of in figures}
        numbers = max((len(text) for text in told.values()), default=0)
        room = max(4, width - widest - numbers - 4)
        lines: list[Content] = []
        for name, have, of in figures:
            role: Role = "running" if have >= of else "failed"
            drawn = bar(((have, "━", role),), max(of, have), room, self._symbols)
            label = (f"{names[name]:<{widest}}  ", STYLES["quiet"])
            lines.append(Content.assemble(label, drawn, f"  {told[name]:>{numbers}}"))
        return Content("\n").join(lines)


def _in_short(line: Line, reason: str) -> list[Fact]:
    """Under a table, in two or three rows."""
    text, said = check_texts()[line.id], line.done
    if said and said.result in ("warn", "fail"):
        rows: list[Fact] = [("Waived", said.waived, "text")] if said.waived else []
        return [*rows, ("Remedy", said.remedy, "text"), ("Meaning", text.means, "quiet")]
    return [("Looks at", text.looks, "quiet"), ("If not", text.means, "quiet")]


def _short(name: str, symbols: Symbols) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    return symbols.text("…") + name[-(LONGEST_NAME - 1) :]
