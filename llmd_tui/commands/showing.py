"""A run in a terminal or a pipe: its events as lines, its signals, its end."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from llmd_tui.clock import Clock
from llmd_tui.commands.exits import OUTCOMES, Exit
from llmd_tui.commands.talk import talk
from llmd_tui.events import Event
from llmd_tui.render.jsonl import encode
from llmd_tui.render.plain import Plain
from llmd_tui.run.run import Run

STILL_WALL_SECONDS = 1.0
"""How often it is looked whether a phase has been silent for a minute of the run's clock."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def show(run: Run, output: str, *, resumed: bool) -> Exit:
    """Carries the run out and returns the exit code. The first Ctrl+C, TERM or HUP stops it, the second ends it now."""
    write = _writer()
    renderer = asyncio.create_task(_lines(run, write) if output == "json" else _plain(run, write))
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, _interrupt(run))
    try:
        outcome = await run.start(resumed=resumed)
        await renderer
    finally:
        renderer.cancel()
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        await run.close()
    talk(f"Journal, logs and report: {run.directory.path}")
    if outcome != "done":
        talk(f"`llmd-tui resume {run.directory.id}` looks again and goes on.")
    return OUTCOMES[outcome]


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


async def _lines(run: Run, write: Callable[[str], None]) -> None:
    async for event in run.events():
        write(encode(event))


async def _plain(run: Run, write: Callable[[str], None]) -> None:
    plain = Plain()
    ticker = asyncio.create_task(_still(plain, run.clock, write))
    try:
        async for event in run.events():
            _say(plain, event, write)
    finally:
        ticker.cancel()
        with suppress(asyncio.CancelledError):
            await ticker


def _say(plain: Plain, event: Event, write: Callable[[str], None]) -> None:
    for line in plain.lines(event):
        write(line)


async def _still(plain: Plain, clock: Clock, write: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(STILL_WALL_SECONDS)
        for line in plain.still(clock.time()):
            write(line)


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
