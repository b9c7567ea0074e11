"""A moment of a recorded run, for the screens to look at."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from llmd_tui.clock import Clock
from llmd_tui.diagnose.case import LogKey, Tail
from llmd_tui.diagnose.diagnose import diagnose
from llmd_tui.diagnose.finding import Finding
from llmd_tui.draft.draft import Draft
from llmd_tui.events import Event, RunEnded
from llmd_tui.plan.make import plan_of
from llmd_tui.run.diagnosis import phases_now, stages
from screens.run.live import LiveRun
from tests.snapshots.recording import PRESET, Recording

STILL = 1e-12
"""A clock's speed at which nothing moves."""


class Replay:
    """Satisfies `Control`: says what was said until the moment, and then nothing any more."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self.paused = False
        self.running = not (events and isinstance(events[-1], RunEnded))

    async def events(self, position: int = 0, *, forever: bool = False) -> AsyncIterator[Event]:
        for event in self._events[position:]:
            yield event
        if self.running or forever:
            await asyncio.Event().wait()

    async def start(self) -> None:
        if self.running:
            await asyncio.Event().wait()

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def retry(self, phase: str) -> None:
        """What is over cannot be changed."""

    def skip(self, phase: str, reason: str) -> None:
        """What is over cannot be changed."""

    def waive(self, phase: str, check: str, reason: str) -> None:
        """What is over cannot be changed."""

    async def repeat_check(self, phase: str, check: str) -> None:
        """What is over cannot be changed."""

    def stop(self) -> None:
        """What is over cannot be changed."""

    cancel = stop

    @property
    def can_go_on(self) -> bool:
        return True


def live(recording: Recording, title: str) -> LiveRun:
    """A run that has come to that moment and stays there."""
    moment = recording.moments[title]
    draft = Draft.begin(preset=PRESET)
    choice, store = draft.choice(), moment.store()
    replay = Replay(recording.until(title))

    async def lines(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
        for line in moment.logs.get(f"{namespace}/{pod}/{container}", []):
            yield line
        if not previous:
            await asyncio.Event().wait()

    def findings() -> Sequence[Finding]:
        now = made.clock.time()
        told = phases_now(made.progress, now)
        return diagnose(store, made.now(), logs=tails, phases=told, stages=stages(made.plan, store, made.now()))

    tails = {key(where): Tail(tuple(last), tuple(before)) for where, (last, before) in moment.tails.items()}
    made = LiveRun(
        plan=plan_of(choice),
        choice=choice,
        control=replay,
        view=lambda: store,
        follow=lines,
        start=replay.start,
        clock=Clock(speed=STILL, start=moment.at),
        name=draft.value("target.azure.cluster").text,
        freshness=store.freshness,
        findings=findings,
        accept=lambda finding, reason: None,
    )
    return made


def key(where: str) -> LogKey:
    namespace, pod, container = where.split("/")
    return namespace, pod, container
