"""The log of one container: follows it, searches it, saves it."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from llmd_tui.errors import UserError
from llmd_tui.kube.errors import KubeError
from llmd_tui.kube.logs import stamped
from llmd_tui.text import last_shown, one_line
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.run.log_lines import LogLine, LogTable, Subject
from screens.widgets.entry import Entry
from screens.widgets.frame import PaneTitle

BATCH_SECONDS = 0.1
AGAIN_SECONDS = 3.0


class LogPane(Vertical):
    """Follows one container at a time. Lines come in batches; the oldest go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", key_display="/", id="log.search"),
        Binding("n", "hit(1)", "next hit", id="log.next"),
        Binding("N", "hit(-1)", "previous hit", show=False, id="log.previous"),
        Binding("right", "container(1)", "next container", id="log.container"),
        Binding("left", "container(-1)", "container before", show=False, id="log.container_before"),
        Binding("b", "before", "before its restart", id="log.before"),
        Binding("e", "save", "save", id="log.save"),
        Binding("escape", "leave", "back", show=False, id="log.leave"),
    ]
    DEFAULT_CSS = """
    LogPane { height: 1fr; }
    LogPane LogTable { height: 1fr; }
    LogPane Entry { display: none; }
    LogPane Entry.-shown { display: block; }
    """

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        super().__init__(id="log-pane")
        self.title_line = PaneTitle("Log", symbols=symbols)
        self.table = LogTable(run, symbols)
        self.field = Entry(placeholder="search the log", id="log-search", select_on_focus=False)
        self._run = run
        self._pending: list[LogLine] = []
        self._state = ""
        self._again_at: float | None = None
        self._printed = 0
        self._containers: tuple[str, ...] = ()
        self._restarted = False
        self.subject = Subject()
        self.folded = False

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.table
        yield self.field

    def on_mount(self) -> None:
        self.set_interval(BATCH_SECONDS, self._flush)

    def on_descendant_focus(self) -> None:
        self.title_line.focused = True

    def on_descendant_blur(self) -> None:
        self.title_line.focused = self.has_focus_within

    def fold(self, folded: bool) -> None:
        """Whether there is room for the title alone."""
        if folded != self.folded:
            self.folded = folded
            self._say()

    # What is followed

    def follow(self, subject: Subject, containers: tuple[str, ...] = (), *, restarted: bool = False) -> None:
        """Shows that log; without a pod, what the phase's own commands print. `restarted`: there is one before it."""
        self._containers, self._restarted = containers, restarted
        same = subject == replace(self.subject, container=subject.container, previous=False)
        if same and self.subject.container in containers:
            # Another container of the same pod was asked for by hand.
            subject = self.subject
        if subject != self.subject:
            self._begin(subject)
        elif self._due():
            self._go_on()
        if not subject.pod:
            self._take_output(subject.phase)

    def _begin(self, subject: Subject) -> None:
        self.subject, self._again_at, self._printed, self._state = subject, None, 0, ""
        self._pending.clear()
        self.table.clear()
        self.workers.cancel_group(self, "log")
        if subject.pod:
            self._go_on()
        self._say()

    def _go_on(self) -> None:
        """Reads, or reads on: a stream ends with its container, and with the connection."""
        self._again_at = None
        # Not a coroutine yet: a worker that is given up before it begins would leave that unawaited.
        self.run_worker(partial(self._read, self.subject), group="log", exclusive=True, exit_on_error=False)

    async def _read(self, subject: Subject) -> None:
        lines = self._run.follow(subject.namespace, subject.pod, subject.container, previous=subject.previous)
        last = self.table.lines[-1].at if self.table.lines else None
        try:
            async for line in lines:
                at, text = stamped(line)
                self._state = ""
                if at is None or last is None or at > last:
                    self._pending.append(LogLine(at or self._run.now(), one_line(last_shown(text))))
            self._state = "ended"
        except (KubeError, UserError) as error:
            self._state = "no log yet" if isinstance(error, KubeError) else "lost, trying again"
        if not subject.previous:
            self._again_at = self._run.clock.time() + AGAIN_SECONDS
        self._say()

    def _due(self) -> bool:
        """Whether a container that had no log, or no more of it, is to be asked again."""
        return self._again_at is not None and self._run.clock.time() >= self._again_at

    def _take_output(self, phase: str) -> None:
        output = self._run.progress.output
        for at, of, line in output[self._printed :]:
            if of == phase:
                when = datetime.fromtimestamp(at, self._run.now().tzinfo)
                self._pending.append(LogLine(when, one_line(last_shown(line))))
        self._printed = len(output)

    def _flush(self) -> None:
        if self._pending:
            new, self._pending = self._pending, []
            self.table.add(new)
            self._say()

    def _say(self) -> None:
        subject, table = self.subject, self.table
        if subject.pod:
            at = self._containers.index(subject.container) + 1 if subject.container in self._containers else 1
            several = f" {at}/{len(self._containers)}" if len(self._containers) > 1 else ""
            before = ", before its restart" if subject.previous else ""
            self.title_line.note = f"{subject.pod} › {subject.container}{several}{before}"
        else:
            self.title_line.note = f"{subject.phase}, its own commands"
        state = self._state or ("following" if subject.pod or table.lines else "nothing printed")
        if table.wanted:
            hits = table.hits()
            at = sum(hit <= table.position for hit in hits)
            state = f'{at} of {len(hits)} "{table.wanted}"' if hits else f'no "{table.wanted}"'
        elif not table.following:
            state = f"{len(table.lines) - 1 - table.position} more below, end follows"
        self.title_line.right = "l opens" if self.folded else state

    def on_table_highlighted(self) -> None:
        self._say()

    # What can be asked

    def action_search(self) -> None:
        self.field.add_class("-shown")
        self.field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.table.wanted = event.value
        self.table.draw()
        self.table.refresh()
        self._say()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.field.remove_class("-shown")
        self.table.focus()
        self.table.go_to_hit(-1)

    def action_hit(self, direction: int) -> None:
        self.table.go_to_hit(direction)

    def action_leave(self) -> None:
        """The search goes first; then the log follows again."""
        if self.table.wanted or self.field.has_class("-shown"):
            self.field.value = ""
            self.field.remove_class("-shown")
            self.table.focus()
        else:
            self.table.action_edge(1)

    def action_container(self, step: int) -> None:
        names = self._containers
        at = names.index(self.subject.container) if self.subject.container in names else 0
        self._begin(replace(self.subject, container=names[(at + step) % len(names)], previous=False))

    def action_before(self) -> None:
        self._begin(replace(self.subject, previous=not self.subject.previous))

    def action_save(self) -> None:
        name = f"{self.subject.pod}-{self.subject.container}" if self.subject.pod else self.subject.phase
        path = Path.cwd() / f"{name}.log"
        try:
            path.write_text("".join(f"{line.at.isoformat()} {line.text}\n" for line in self.table.lines))
        except OSError as error:
            self.notify(f"{path.name} cannot be written: {error.strerror}", severity="error", timeout=4, markup=False)
        else:
            self.notify(f"written to {path.name}", timeout=4, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "hit":
                return bool(self.table.wanted)
            case "container":
                return bool(self.subject.pod) and len(self._containers) > 1
            case "before":
                return bool(self.subject.pod) and (self._restarted or self.subject.previous)
            case "save":
                return bool(self.table.lines)
            case "leave":
                return bool(self.table.wanted) or self.field.has_class("-shown") or not self.table.following
            case _:
                return True
