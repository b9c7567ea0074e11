"""Looks at a cluster again and again, as long as somebody wants to know what is wrong with it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from llmd_tui.clock import Clock
from llmd_tui.diagnose.case import Case, LogKey, Tail
from llmd_tui.diagnose.diagnose import findings
from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.tails import Reader, Tails

PAUSE_SECONDS = 0.5
"""Wall time between two looks."""
SHARE = 20
"""A look's own time, this often, passes before the next: thousands of pods must not eat a processor."""
HOLD_SECONDS = 20.0
"""How long, by the run's clock, a finding stays that shows no more: containers come up between two crashes."""


class Watcher:
    """`findings` are what is wrong now, the worst first; `opened` and `closed` hear of what comes and goes.

    `case` makes a moment that nothing changes any more, with the logs that were read. `changed` returns when there may
    be news.
    """

    def __init__(
        self,
        case: Callable[[dict[LogKey, Tail]], Case],
        changed: Callable[[], Awaitable[None]],
        read: Reader,
        clock: Clock,
        *,
        opened: Callable[[Finding], None],
        closed: Callable[[Finding, str], None],
    ) -> None:
        self._case = case
        self._changed = changed
        self._clock = clock
        self._opened = opened
        self._closed = closed
        self.tails = Tails(read, clock)
        self._known: dict[tuple[str, ...], tuple[Finding, float]] = {}
        self._waived: dict[tuple[str, ...], str] = {}
        self._acted: set[tuple[str, ...]] = set()
        self._looking = asyncio.Lock()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for key, (finding, _) in self._known.items() if key not in self._waived)

    async def run(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await self.look()
            pause = max(PAUSE_SECONDS, SHARE * (loop.time() - begun))
            await asyncio.sleep(pause)
            # Time itself makes things slow: now and then it is looked without news.
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * pause):
                    await self._changed()

    async def look(self) -> None:
        """Once: what is in trouble, its logs, and then the diagnosis."""
        async with self._looking:
            case = self._case(self.tails.logs)
            # Thousands of pods take a while to judge: the screens must not wait for that.
            await self.tails.look(await asyncio.to_thread(lambda: case.patients))
            self._take(await asyncio.to_thread(findings, case))

    def waive(self, finding: Finding, reason: str) -> None:
        """It is known and accepted: not told again as long as it lasts."""
        self._waived[finding.key] = reason
        self._closed(finding, reason)

    def acted(self, finding: Finding) -> None:
        """Its remedy was done: it goes as soon as it shows no more."""
        self._acted.add(finding.key)

    def _take(self, seen: tuple[Finding, ...]) -> None:
        now = self._clock.time()
        fresh: dict[tuple[str, ...], tuple[Finding, float]] = {}
        for finding in seen:
            known = self._known.get(finding.key)
            since = known[0].since if known else finding.since or self._clock.now()
            fresh[finding.key] = replace(finding, since=since), now
            if known is None:
                self._opened(fresh[finding.key][0])
        for key, (finding, at) in self._known.items():
            if key in fresh:
                continue
            if now - at < HOLD_SECONDS and key not in self._acted and _may_come_again(finding, fresh):
                fresh[key] = finding, at
                continue
            self._acted.discard(key)
            if self._waived.pop(key, None) is None:
                self._closed(finding, "")
        order = sorted(fresh.values(), key=lambda one: ("failed", "slow", "note").index(one[0].state))
        self._known = {finding.key: (finding, at) for finding, at in order}


def _may_come_again(old: Finding, fresh: dict[tuple[str, ...], tuple[Finding, float]]) -> bool:
    """Pods come up between two crashes. Phases say themselves where they are; and what nobody could explain goes when
    something better is said of it."""
    subjects = set(old.subjects)
    if any(subject.kind == "Phase" for subject in subjects):
        return False
    better = (finding for finding, _ in fresh.values() if finding.id)
    return bool(old.id) or not any(one.phase == old.phase or subjects & set(one.subjects) for one in better)
