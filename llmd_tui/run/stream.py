"""The run's events for any number of listeners."""

import asyncio
from collections.abc import AsyncIterator

from llmd_tui.events import Event, RunEnded


class Stream:
    """Keeps every event, so that a listener that comes late misses nothing."""

    def __init__(self) -> None:
        self.history: list[Event] = []
        self._grown = asyncio.Event()

    def put(self, event: Event) -> None:
        self.history.append(event)
        self._grown.set()
        self._grown = asyncio.Event()

    async def follow(self, position: int = 0, *, forever: bool = False) -> AsyncIterator[Event]:
        """Events from `position` on; ends after the RunEnded that nothing follows, unless `forever`."""
        while True:
            while position < len(self.history):
                event = self.history[position]
                position += 1
                yield event
            if not forever and self.history and isinstance(self.history[-1], RunEnded):
                return
            await self._grown.wait()
