"""What was made is taken away: what there is of it, what goes on, and what still costs money."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.words import duration
from llmd_tui.run.destroyed import note_destroyed
from llmd_tui.run.teardown import Ended, Teardown, tear_down, teardown
from screens.base import FrameScreen
from screens.destroy.dialog import DestroyDialog
from screens.glyphs import State, Symbols
from screens.messages import Gone
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from llmd_tui.azure.client import Arm
    from llmd_tui.azure.removal import What

Connect = Callable[[], Awaitable["Arm | None"]]
"""A login of its own; None where the target is no Azure cluster."""

TICK_SECONDS = 1.0
LINES = 200
PANES = ("Goes", "Stays", "What happens", "Afterwards")


class DestroyScreen(FrameScreen):
    """Looks first, asks for the name, and then deletes."""

    CSS_PATH = "destroy.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("D", "ask", "destroy", id="destroy.ask"),
        Binding("r", "again", "look again", id="destroy.again"),
        Binding("escape", "back", "back", id="destroy.back"),
        Binding("q", "app.quit", "quit", id="destroy.quit"),
    ]

    class Told(Message):
        """A line of what goes on."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        choice: Choice,
        plan: Plan,
        files: Path | None,
        connect: Connect,
        clock: Clock,
        crumbs: tuple[str, ...],
        symbols: Symbols,
    ) -> None:
        super().__init__(symbols)
        self._choice, self._plan, self._files = choice, plan, files
        self._connect = connect
        self._clock = clock
        self._crumbs = crumbs
        self.wanted: Teardown | None = None
        self.ended: Ended | None = None
        self.error: UserError | None = None
        self.since: float | None = None
        self._lines: list[str] = []
        self._texts = {name: Static(markup=False, classes="text") for name in PANES}
        self._panes = {
            name: Pane(PaneTitle(name, symbols=symbols), text, classes=name.partition(" ")[0].lower())
            for name, text in self._texts.items()
        }

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(*self._panes.values(), can_focus=False)

    def on_mount(self) -> None:
        self.header.crumbs = (*self._crumbs, "destroy")
        self.set_interval(TICK_SECONDS, self.show)
        self.show()
        self._look()

    @property
    def running(self) -> bool:
        return self.since is not None and self.ended is None and self.error is None

    # What is done

    @asynccontextmanager
    async def _arm(self) -> "AsyncGenerator[Arm | None]":
        arm = await self._connect()
        try:
            yield arm
        finally:
            if arm:
                await arm.close()

    @work(group="destroy", exclusive=True)
    async def _look(self) -> None:
        self.wanted, self.error, self.since = None, None, None
        self.show()
        try:
            self.wanted = await self._what_goes()
        except UserError as error:
            self.error = error
        self.show()
        if self.wanted:
            self.action_ask()

    async def _what_goes(self, what: "What | None" = None) -> Teardown:
        async with self._arm() as arm:
            return await teardown(self._choice, self._plan, arm, self._clock, what)

    def action_ask(self) -> None:
        wanted = self.wanted
        if wanted is None:
            return
        amount = self._plan.cost_per_hour.amount
        cost = f"${amount:,.2f}/h" if amount and wanted.removal else ""

        def answered(chosen: Teardown | None) -> None:
            if chosen:
                self.wanted = chosen
                self._go(chosen)

        self.app.push_screen(DestroyDialog(wanted, cost, self.symbols, self._what_goes), answered)

    @work(group="destroy", exclusive=True)
    async def _go(self, wanted: Teardown) -> None:
        self.since = time.monotonic()
        self.show()
        try:
            async with self._arm() as arm:
                ended = await tear_down(wanted, arm, self._clock, self._hear)
            await asyncio.to_thread(note_destroyed, wanted, self._files)
        except UserError as error:
            self.error = error
        else:
            self.ended = ended
        self.show()

    def _hear(self, text: str) -> None:
        self.post_message(self.Told(text))

    def on_destroy_screen_told(self, message: Told) -> None:
        """Only the newest line of each thing that waits."""
        subject = message.text.partition(": ")[0]
        if self._lines and self._lines[-1].partition(": ")[0] == subject:
            self._lines.pop()
        self._lines = [*self._lines[-LINES:], message.text]
        self.show()

    def action_again(self) -> None:
        self._look()

    def action_back(self) -> None:
        """Back to where it was asked for; after the end to the start, for there is nothing any more."""
        self.post_message(Gone()) if self.ended else self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "ask":
            return self.wanted is not None and self.since is None
        if action == "again":
            return self.error is not None
        if action == "back":
            return not self.running
        return True

    # What is shown

    def show(self) -> None:
        if not self.is_mounted:
            return
        wanted, ended = self.wanted, self.ended
        self._put("Goes", wanted.goes if wanted else ())
        self._put("Stays", wanted.stays if wanted else ())
        self._put("What happens", self._lines[-12:])
        self._put("Afterwards", ended.lines() if ended else ())
        self.header.state, self.header.facts = self._standing()
        self.say(self._verdict())
        self.refresh_bindings()

    def _put(self, name: str, lines: Iterable[str]) -> None:
        text = "\n".join(self.symbols.text(line) for line in lines)
        self._panes[name].display = bool(text)
        self._texts[name].update(Content.styled(text, STYLES["text" if name == "Afterwards" else "quiet"]))

    def _standing(self) -> tuple[State, tuple[str, ...]]:
        """Glyph and word, and what it costs as long as nothing is gone."""
        amount = self._plan.cost_per_hour.amount
        cost = (f"${amount:.2f}/h",) if amount and not self.ended else ()
        if self.ended:
            return "done", ("destroyed",)
        if self.error:
            return "failed", ("stopped", *cost)
        if self.since is None:
            return ("waiting", ("asks", *cost)) if self.wanted else ("running", ("looking", *cost))
        return "running", (f"deleting {duration(time.monotonic() - self.since)}", *cost)

    def _verdict(self) -> Verdict:
        wanted = self.wanted
        if self.error:
            return Verdict("failed", self.error.message, self.error.remedy, "r look again")
        if wanted is None:
            return Verdict("running", f"Looking at what there is of {self._crumbs[-1]}.", "", "nothing to do")
        if self.ended:
            first = next(iter(self.ended.lines()), "Nothing of ours is left.")
            usual = first if len(self.ended.lines()) == 1 else "What is left is told below."
            return Verdict("done", f"{wanted.subject[0].upper()}{wanted.subject[1:]} is gone.", usual, "esc start")
        if self.since is None:
            return Verdict("waiting", f"Nothing is deleted yet of {wanted.name}.", "", "D destroy")
        took = duration(time.monotonic() - self.since)
        usual = "q leaves; destroying again goes on from there."
        return Verdict("running", f"Deleting {wanted.subject} for {took}.", usual, "nothing to do")
