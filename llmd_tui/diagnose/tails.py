"""The last lines of the few containers that are in trouble, read when they are needed and kept."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from llmd_tui.clock import Clock
from llmd_tui.diagnose.case import LogKey, Patient, Tail
from llmd_tui.errors import UserError
from llmd_tui.rollout.containers import Active

LINES = 200
"""Lines of a log that are asked for."""
MOST = 12
"""Containers whose logs are read in one look, the worst first."""
AT_ONCE = 4
AGAIN_SECONDS = 10.0
"""How often the log of a container that goes on is read anew, by the run's clock."""
PATIENCE_SECONDS = 5.0
"""Wall time that one log may take."""


class Reader(Protocol):
    """The last lines of a container's log. Raises UserError when there is none."""

    async def __call__(self, namespace: str, pod: str, container: str, *, previous: bool) -> list[str]: ...


@dataclass(frozen=True)
class _Version:
    """What a log was read for: another restart or state makes it old."""

    restarts: int
    state: str
    reason: str


class Tails:
    """`logs` are what was read of containers that are still in trouble."""

    def __init__(self, read: Reader, clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._versions: dict[LogKey, tuple[_Version, float]] = {}
        self.logs: dict[LogKey, Tail] = {}

    async def look(self, patients: Iterable[Patient]) -> None:
        """Reads what is new, and forgets what is well again."""
        wanted = dict(_wanted(patients))
        for key in self.logs.keys() - wanted.keys():
            del self.logs[key]
        self._versions = {key: value for key, value in self._versions.items() if key in wanted}
        due = [(key, one) for key, one in wanted.items() if self._due(key, one)]
        limit = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._fetch(key, one, limit) for key, one in due[:MOST]))

    def _due(self, key: LogKey, container: Active) -> bool:
        known = self._versions.get(key)
        if known is None or known[0] != _version(container):
            return True
        # A container that has ended says nothing more.
        return container.state == "running" and self._clock.time() - known[1] >= AGAIN_SECONDS

    async def _fetch(self, key: LogKey, container: Active, limit: asyncio.Semaphore) -> None:
        async with limit:
            known, before = self._versions.get(key), self.logs.get(key, Tail())
            self._versions[key] = _version(container), self._clock.time()
            lines = await self._lines(key, previous=False)
            # What a container said before it began anew is what tells why.
            restarted = known is not None and known[0].restarts != container.restarts
            kept = before.lines if restarted else before.previous
            again = container.restarts and container.state == "running"
            previous = await self._lines(key, previous=True) if again else ()
            self.logs[key] = Tail(tuple(lines), tuple(previous or kept))

    async def _lines(self, key: LogKey, *, previous: bool) -> Sequence[str]:
        """None is as good as an empty one: many containers have no log yet."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return (await self._read(*key, previous=previous))[-LINES:]
        except (UserError, TimeoutError):
            return ()


def _wanted(patients: Iterable[Patient]) -> Iterable[tuple[LogKey, Active]]:
    order = {"failed": 0, "slow": 1}
    bad = [patient for patient in patients if patient.state in order]
    for patient in sorted(bad, key=lambda one: order[one.state]):
        said = patient.health
        for container in patient.suspects()[:2]:
            if container.state != "waiting" or container.restarts or container.exit_code is not None:
                yield (said.namespace, said.name, container.name), container


def _version(container: Active) -> _Version:
    return _Version(container.restarts, container.state, container.reason)
