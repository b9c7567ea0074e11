"""What containers print, on its way to the simulator, which keeps it where kubelets would."""

import asyncio
from contextlib import suppress

import aiohttp

from llmd_tui.clock import Clock

# Wall seconds in which lines are gathered before they are sent.
_GATHER = 0.05


class LogWriter:
    """Lines in order, by container. A real API server has no place for them, and gets none after the first try."""

    def __init__(self, server: str, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._waiting: dict[tuple[str, str, str], list[str]] = {}
        self._anew: set[tuple[str, str, str]] = set()
        self._news = asyncio.Event()

    def begin(self, namespace: str, pod: str, container: str) -> None:
        """The container starts again: what it printed before becomes its previous log."""
        self._anew.add((namespace, pod, container))

    def write(self, namespace: str, pod: str, container: str, line: str) -> None:
        """`{now}`, `{day}` and `{epoch}` in the line become the time, as different programs write it."""
        now = self._clock.now()
        line = line.replace("{now}", f"{now:%Y-%m-%dT%H:%M:%SZ}")
        line = line.replace("{day}", f"{now:%m-%d %H:%M:%S}").replace("{epoch}", f"{now.timestamp():.3f}")
        self._waiting.setdefault((namespace, pod, container), []).append(line)
        self._news.set()

    async def run(self) -> None:
        async with aiohttp.ClientSession(self._server) as session:
            while True:
                await self._news.wait()
                await asyncio.sleep(_GATHER)
                self._news.clear()
                waiting, self._waiting = self._waiting, {}
                for key, lines in waiting.items():
                    with suppress(aiohttp.ClientError, OSError):
                        if not await self._send(session, key, lines):
                            return

    async def _send(self, session: aiohttp.ClientSession, key: tuple[str, str, str], lines: list[str]) -> bool:
        """Whether the server takes logs at all."""
        method = "PUT" if key in self._anew else "POST"
        self._anew.discard(key)
        text = "\n".join(lines) + "\n"
        async with session.request(method, f"/simulator/logs/{'/'.join(key)}", data=text) as response:
            # The pod itself may be gone; then the answer is a Status.
            return response.status < 400 or response.content_type == "application/json"
