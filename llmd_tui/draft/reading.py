"""One thing that is read elsewhere: loading, ready or failed, and how old it is."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from llmd_tui.errors import UserError
from llmd_tui.rollout.words import age

T = TypeVar("T")
U = TypeVar("U")
State = Literal["unread", "loading", "ready", "failed"]


@dataclass(frozen=True)
class Reading(Generic[T]):
    """`value` stays while it is read anew, and after that failed. `at` is when it was read, on a monotonic clock.

    `since` is when the reading that goes on began; `waits` says why it takes long, such as "throttled, next try in
    7 s". `error` says why it failed, `remedy` what to do.
    """

    state: State = "unread"
    value: T | None = None
    error: str = ""
    remedy: str = ""
    at: float = 0
    since: float = 0
    waits: str = ""

    def loading(self, since: float) -> "Reading[T]":
        return replace(self, state="loading", error="", remedy="", since=since, waits="")

    def waiting(self, why: str) -> "Reading[T]":
        return replace(self, waits=why)

    def ready(self, value: T, at: float) -> "Reading[T]":
        return Reading("ready", value, at=at)

    def failed(self, error: UserError) -> "Reading[T]":
        return replace(self, state="failed", error=error.message, remedy=error.remedy)

    async def anew(self, ask: Callable[[], Awaitable[T]], keep: Callable[["Reading[T]"], None]) -> None:
        """Reads it again: `keep` is given every state on the way. Given up half-way it is what it was.

        What was being read already is taken to be given up for this.
        """
        idle: State = "unread" if self.value is None else "ready"
        before = replace(self, state=idle, waits="") if self.state == "loading" else self
        keep(self.loading(time.monotonic()))
        try:
            keep(self.ready(await ask(), time.monotonic()))
        except UserError as error:
            keep(self.failed(error))
        except BaseException:
            keep(before)
            raise

    def of(self, value: U | None) -> "Reading[U]":
        """The same reading, of what follows from its value."""
        return Reading(self.state, value, self.error, self.remedy, self.at, self.since, self.waits)

    def words(self, now: float) -> str:
        """`read 8s ago`, `reading for 8s` (or what it waits for), `not read yet`, `cannot be read`, `stale 41s`."""
        old = age(now - self.at)
        if self.state == "loading" and self.waits:
            return self.waits
        match self.state:
            case "unread":
                return "not read yet"
            case "loading":
                return f"reading for {age(now - self.since)}" if self.value is None else f"read {old} ago, again now"
            case "ready":
                return f"read {old} ago"
            case "failed":
                return "cannot be read" if self.value is None else f"stale {old}"
