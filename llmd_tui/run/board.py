"""Where each phase of a plan stands, and what follows from it. No time, no tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmd_tui.plan.graph import Phase, Plan

State: TypeAlias = Literal["pending", "running", "done", "failed", "skipped", "blocked"]
Outcome: TypeAlias = Literal["done", "failed", "interrupted"]

ACCESS = "access"
"""The phase after whose actions the cluster is reached."""


@dataclass
class Entry:
    """A phase and where it stands. `acted`: its actions have been carried out.

    `started` is when its own time began, in seconds since the epoch: waiting for the phases that it goes along with
    counts for those.
    """

    phase: Phase
    state: State = "pending"
    acted: bool = False
    started: float = 0.0
    skip_reason: str = ""

    @property
    def name(self) -> str:
        return self.phase.name

    @property
    def satisfied(self) -> bool:
        return self.state in ("done", "skipped")


class Board:
    """The phases of a plan. What needs `access` through others needs it still when those are skipped."""

    def __init__(self, plan: Plan) -> None:
        self.entries = {phase.name: Entry(phase) for phase in plan.phases}
        self._reaching = {ACCESS}
        for phase in plan.phases:
            if self._reaching & set(phase.predecessors):
                self._reaching.add(phase.name)

    def __getitem__(self, phase: str) -> Entry:
        return self.entries[phase]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def ready(self) -> list[Entry]:
        """The phases that can start now."""
        return [entry for entry in self if entry.state == "pending" and self._can_start(entry)]

    def _can_start(self, entry: Entry) -> bool:
        if entry.name != ACCESS and entry.name in self._reaching and not self[ACCESS].satisfied:
            return False
        return all(self[name].satisfied for name in entry.phase.needs) and all(
            self[name].satisfied or self[name].acted for name in entry.phase.after
        )

    def unfinished_before(self, entry: Entry) -> list[str]:
        """The phases of `after` without which this one cannot be done."""
        return [name for name in entry.phase.after if not self[name].satisfied]

    def count_from(self, ended: Entry, now: float) -> None:
        """The time of what went along with a phase that has ended begins, unless it goes along with others too."""
        for entry in self:
            if entry.state == "running" and ended.name in entry.phase.after and not self.unfinished_before(entry):
                entry.started = now

    def cause(self, entry: Entry) -> str:
        """The failed phase that this one depends on, through whatever lies between; empty when there is none."""
        reached = (ACCESS,) if entry.name in self._reaching and entry.name != ACCESS else ()
        for name in (*entry.phase.predecessors, *reached):
            before = self[name]
            if before.state == "failed":
                return name
            if not before.satisfied and (cause := self.cause(before)):
                return cause
        return ""

    def unblock(self) -> None:
        """Lets phases wait again that no failure blocks any more."""
        for entry in self:
            if entry.state == "blocked" and not self.cause(entry):
                entry.state = "pending"

    def outcome(self, *, stopped: bool) -> Outcome:
        if all(entry.satisfied for entry in self):
            return "done"
        failed = any(entry.state == "failed" for entry in self)
        return "failed" if failed and not stopped else "interrupted"
