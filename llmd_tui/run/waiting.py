"""Waits until the cluster says that it is so, and has said so long enough."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from llmd_tui.clock import Clock
from llmd_tui.plan.actions import Wait
from llmd_tui.rollout.waits import Progress, judge
from llmd_tui.run.world import World

SETTLE_SECONDS = 0.02
"""Wall time in which changes gather before the cluster is judged again: a rollout makes hundreds a second."""

SHARE = 20
"""A judgement's own time, this often, passes before the next: thousands of pods must not eat a processor."""

Tell = Callable[[str, str, float], None]
"""Gets what is waited for, the last error of the observation, and since when (seconds since the epoch)."""


async def until(waits: Sequence[Wait], world: World, clock: Clock, tell: Tell) -> bool:
    """Returns when every wait is true and has been for its `hold` seconds; says whether all were true at first sight.

    Judges when the cluster changes and when a hold ends, never in between.
    """
    true_since: list[float | None] = [None] * len(waits)
    at_first_sight: bool | None = None
    first_open, open_since = -1, clock.time()
    told: tuple[str, str] | None = None
    loop = asyncio.get_running_loop()
    while True:
        now, begun = clock.time(), loop.time()
        progress = [judge(wait.test, wait.arguments, world.view, clock.now()) for wait in waits]
        trouble = world.trouble()
        for index, judged in enumerate(progress):
            since = true_since[index]
            # What was true when the connection broke may not be so any more.
            true_since[index] = None if not judged.done or trouble else now if since is None else since
        if at_first_sight is None:
            at_first_sight = None not in true_since
        ends = [None if since is None else since + wait.hold for since, wait in zip(true_since, waits, strict=True)]
        still = next((index for index, end in enumerate(ends) if end is None or end > now), None)
        if still is None:
            return at_first_sight
        if still != first_open:
            first_open, open_since = still, now
        news = (_text(waits[still], progress[still], trouble), trouble)
        if news != told:
            tell(*news, open_since)
            told = news
        held = [end for end in ends if end is not None and end > now]
        settle = max(SETTLE_SECONDS, SHARE * (loop.time() - begun))
        await _change(world, clock.wall(min(held) - now) if held else None, settle)


def _text(wait: Wait, progress: Progress, trouble: str) -> str:
    if progress.done and trouble:
        return f"{wait.what} to be seen again"
    if progress.done:
        return f"{wait.what} to stay so for {wait.hold:g}s"
    return f"{wait.what}: {progress.text}" if progress.text else wait.what


async def _change(world: World, timeout: float | None, settle: float) -> None:
    """Until the cluster has changed and `settle` wall seconds more, or `timeout` of them have gone by."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await world.changed()
            await asyncio.sleep(settle)
