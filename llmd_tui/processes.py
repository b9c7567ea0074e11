"""Other programs that this one starts."""

import asyncio
from contextlib import suppress

LONGEST_SECONDS = 2.0
"""For what was killed; one that the system holds back longer is left to it."""


async def end(process: asyncio.subprocess.Process) -> None:
    """Kills it if it still runs, and waits for that, also when this is cancelled: else it would be left unreaped."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.kill()
    loop, cancelled = asyncio.get_running_loop(), False
    ends = loop.time() + LONGEST_SECONDS
    while process.returncode is None and loop.time() < ends:
        try:
            await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
