"""The log of one container over the screen, as it comes."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Log

from llmd_tui.errors import UserError
from llmd_tui.text import last_shown, one_line
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.box import Keys
from screens.widgets.frame import PaneTitle
from screens.widgets.modal import Modal

BATCH_SECONDS = 0.1
MAXIMUM = 5_000


class LogViewer(Modal[None]):
    """Follows until it is closed; lines come in batches, the oldest go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l,enter", "dismiss", "close", id="log.close"),
        Binding("c", "copy", "copy", id="log.copy"),
    ]
    DEFAULT_CSS = """
    LogViewer Box { width: 90%; height: 90%; padding: 1; }
    LogViewer Log { height: 1fr; background: transparent; scrollbar-size: 0 1; }
    """

    def __init__(self, run: LiveRun, namespace: str, pod: str, container: str, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._run = run
        self._subject = (namespace, pod, container)
        self._pending: list[str] = []
        self._title = PaneTitle(container, symbols=symbols)
        self._lines = Log(max_lines=MAXIMUM, auto_scroll=True)

    def compose(self) -> ComposeResult:
        with self.box(self._subject[1]):
            yield self._title
            yield self._lines
            yield Keys(self._symbols, ("escape", "close", True), ("c", "copy", True))

    def on_mount(self) -> None:
        self.set_interval(BATCH_SECONDS, self._flush)
        self._lines.focus()
        self._title.right = "following"
        self._read()

    @work(exit_on_error=False)
    async def _read(self) -> None:
        try:
            async for line in self._run.follow(*self._subject):
                self._pending.append(one_line(last_shown(line)))
            self._title.right = "ended"
        except UserError as error:
            self._title.right = one_line(error.message)

    def _flush(self) -> None:
        if self._pending:
            lines, self._pending = self._pending, []
            self._lines.write_lines(lines)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self._lines.lines))
        self.notify("copied", timeout=4)
