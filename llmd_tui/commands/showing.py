"""A run in a terminal or a pipe: its events as lines, its signals, its end."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress

from llmd_tui.commands.exits import OUTCOMES, Exit
from llmd_tui.commands.talk import LONGEST, talk
from llmd_tui.events import Event
from llmd_tui.render.jsonl import encode
from llmd_tui.render.plain import Plain
from llmd_tui.run.board import Outcome
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.diagnosis import seen
from llmd_tui.run.run import Run
from llmd_tui.text import one_line

STILL_WALL_SECONDS = 1.0
"""How often it is looked whether a phase has been silent for a minute of the run's clock."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def show(run: Run, output: str, *, resumed: bool) -> Exit:
    """Carries the run out, in lines of text or JSON, and returns the exit code."""
    showing = Showing(run, output)
    try:
        return OUTCOMES[await showing.attempt(resumed=resumed)]
    finally:
        await showing.close()


class Showing:
    """Carries a run out before somebody's eyes. `close` when nothing is tried any more.

    `checklist` is what its checks have said so far.
    """

    def __init__(self, run: Run, output: str) -> None:
        self._run = run
        self._output = output
        self._write = _writer()
        self._plain = Plain(brief=True)
        self.checklist = ChecklistProgress(run.plan)
        self._heard = 0
        self._outcome: Outcome = "interrupted"

    async def attempt(self, *, resumed: bool = False) -> Outcome:
        """Until nothing is left that could go on. The first Ctrl+C, TERM or HUP stops it, the second ends it now."""
        run, loop = self._run, asyncio.get_running_loop()
        running = asyncio.ensure_future(run.start(resumed=resumed))
        for number in SIGNALS:
            loop.add_signal_handler(number, _interrupt(run))
        # Its first step says RunStarted; before that a listener would find the end of the attempt before.
        await asyncio.sleep(0)
        renderer = asyncio.create_task(self._json() if self._output == "json" else self._text())
        try:
            self._outcome = await running
            await renderer
            if self._outcome == "failed" and self._output == "text":
                await self._explain()
        finally:
            for task in (running, renderer):
                task.cancel()
            await asyncio.gather(running, renderer, return_exceptions=True)
            for number in SIGNALS:
                loop.remove_signal_handler(number)
        return self._outcome

    async def close(self) -> None:
        """And tells where everything is."""
        await self._run.close()
        talk(f"Journal, logs and report: {self._run.directory.path}")
        if self._outcome != "done":
            talk(f"`llmd-tui resume {self._run.directory.id}` looks again and goes on.")

    async def _events(self) -> AsyncIterator[Event]:
        async for event in self._run.events(self._heard):
            self._heard += 1
            self.checklist.apply(event)
            yield event

    async def _explain(self) -> None:
        """What failed last had no time to be looked into."""
        await self._run.diagnosis.look()
        now = self._run.clock.time()
        for finding in self._run.diagnosis.findings:
            self._tell(self._plain.lines(seen(finding, now)))

    async def _json(self) -> None:
        async for event in self._events():
            self._write(encode(event))

    async def _text(self) -> None:
        ticker = asyncio.create_task(self._still())
        try:
            async for event in self._events():
                self._tell(self._plain.lines(event))
        finally:
            ticker.cancel()
            with suppress(asyncio.CancelledError):
                await ticker

    async def _still(self) -> None:
        while True:
            await asyncio.sleep(STILL_WALL_SECONDS)
            self._tell(self._plain.still(self._run.clock.time()))

    def _tell(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._write(one_line(line, LONGEST))


def _interrupt(run: Run) -> Callable[[], None]:
    asked = False

    def interrupt() -> None:
        nonlocal asked
        if asked:
            run.cancel()
        else:
            run.stop()
        asked = True

    return interrupt


def _writer() -> Callable[[str], None]:
    """Lines to stdout. When the reader goes away the run goes on: it is not less wanted for being unwatched."""
    heard = True

    def write(line: str) -> None:
        nonlocal heard
        if heard:
            try:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            except OSError:
                heard = False

    return write
