"""The time that a rollout lives in: the wall clock, or one that runs faster under a simulation."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """Seconds since the epoch as the rollout counts them.

    With `speed` 60 one wall-clock second is a minute, counted from `start` (seconds since the epoch) on, so that
    two processes given the same two numbers agree on what time it is.
    """

    speed: float = 1.0
    start: float = field(default_factory=time.time)

    def time(self) -> float:
        """Seconds since the epoch."""
        return self.start + (time.time() - self.start) * self.speed

    def now(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    async def sleep(self, seconds: float) -> None:
        """Sleeps for `seconds` of this clock."""
        await asyncio.sleep(seconds / self.speed)

    def wall(self, seconds: float) -> float:
        """How long `seconds` of this clock take on the wall."""
        return seconds / self.speed

    def __str__(self) -> str:
        return f"{self.start!r},{self.speed!r}"

    @classmethod
    def parse(cls, text: str) -> "Clock":
        """The clock that `str()` wrote, to hand one to a child process."""
        start, speed = text.split(",")
        return cls(speed=float(speed), start=float(start))
