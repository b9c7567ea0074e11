"""A run that another process carries out, or nobody any more: as its journal tells it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from llmd_tui.clock import Clock
from llmd_tui.commands.resume import chosen_then
from llmd_tui.errors import UserError
from llmd_tui.events import Event, RunEnded, RunStarted
from llmd_tui.kube.store import Store
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.journal import read
from screens.run.live import LiveRun

POLL_SECONDS = 0.5

Again = Callable[[dict[str, str]], None]
"""Takes the run up, with the phases to skip and why."""


class Past:
    """Nothing is carried out here: what is asked of the run is asked of it when it is taken up again."""

    def __init__(self, directory: RunDirectory, known: int, again: Again) -> None:
        self._directory = directory
        self._known = known
        self._again = again
        self._skipped: dict[str, str] = {}
        self._shown = False
        self.running = directory.locked()
        self.paused = False

    async def start(self) -> None:
        """The first time it is only shown."""
        if self._shown and not self.running:
            self._again(self._skipped)
        self._shown = True

    def retry(self, phase: str) -> None:
        """Taken up again it tries everything that is not done."""

    def skip(self, phase: str, reason: str) -> None:
        self._skipped[phase] = reason

    def pause(self) -> None:
        """It is not this process that carries it out."""

    resume = stop = cancel = pause

    @property
    def can_go_on(self) -> bool:
        return False

    def waive(self, phase: str, check: str, reason: str) -> None:
        """Nobody is there to take it."""

    async def repeat_check(self, phase: str, check: str) -> None:
        """There is no connection to ask over."""

    async def events(self, position: int = 0, *, forever: bool = False) -> AsyncGenerator[Event]:
        """What the journal grows by, while another process carries the run out."""
        position += self._known
        while True:
            self.running = self._directory.locked()
            for event in (await asyncio.to_thread(read, self._directory))[position:]:
                position += 1
                yield event
            if not self.running:
                return
            await asyncio.sleep(POLL_SECONDS)


def past(directory: RunDirectory, again: Again) -> LiveRun:
    """A run to look at. `again` is called when it is asked to go on. Raises UserError when it cannot be read."""
    chosen = chosen_then(directory)
    events = read(directory)
    control, store = Past(directory, len(events), again), Store()
    live = LiveRun(
        plan=chosen.plan,
        choice=chosen.choice,
        control=control,
        view=lambda: store,
        follow=_nothing,
        start=control.start,
        clock=_clock(directory, events) if control.running else _stopped(events),
        name=directory.terms.cluster,
        directory=directory.path,
        here=False,
    )
    for event in events:
        live.progress.apply(event)
    if events and live.progress.ended is None and not control.running:
        began = next((event.at for event in reversed(events) if isinstance(event, RunStarted)), events[0].at)
        # Whoever carried it out was killed.
        live.progress.apply(RunEnded(events[-1].at, directory.id, "interrupted", events[-1].at - began))
    return live


def _stopped(events: list[Event]) -> Clock:
    """It is always as late as when the run ended."""
    return Clock(speed=1e-9, start=events[-1].at) if events else Clock()


def _clock(directory: RunDirectory, events: list[Event]) -> Clock:
    """The one that the run lives in: under simulation it is told by the newest line of the journal."""
    speed = directory.terms.speed
    if not directory.terms.simulate or speed == 1 or not events:
        return Clock()
    return Clock(speed=speed, start=(directory.journal.stat().st_mtime * speed - events[-1].at) / (speed - 1))


async def _nothing(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
    raise UserError("The run is not carried out here.", "Its logs are in its directory.")
    yield ""
