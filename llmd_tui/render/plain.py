"""Events as lines of text, the word for the state first: for pipes, logs, dumb terminals and screen readers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmd_tui import events as e
from llmd_tui.azure.shared import NEEDS_LOGIN
from llmd_tui.rollout.words import duration, estimate, listing, many

STILL_SECONDS = 60
"""How long there is silence, by the run's clock, before it is said what the run waits for."""
WAIT_SECONDS = 15
"""How often at most a phase tells at a terminal how far it is with what it waits for."""
FOUND = {"failed": "STUCK", "slow": "SLOW", "note": "NOTE"}
COMMAND = 60
"""Characters of a command where it stands for what a phase does."""


@dataclass
class _Shown:
    """A phase that runs. Its own time begins when it goes along with none of `beside` any more.

    `waits_for` is empty while it acts; `said` is when it last said what it waits for; `held`: there is news since.
    """

    started: float
    normal: float
    slow: float
    beside: set[str] = field(default_factory=set[str])
    doing: str = ""
    waits_for: str = ""
    since: float = 0.0
    error: str = ""
    said: float | None = None
    held: bool = False
    called_slow: bool = False

    def elapsed(self, now: float) -> float:
        """Seconds."""
        return 0.0 if self.beside else now - self.started


class Plain:
    """Turns the events of one run into lines; a line when a state changes. What commands print is for the logs.

    `still`, asked from time to time, tells what is slow and, when nothing was said for a minute, what is waited for.
    `brief`, for a terminal: news of what a phase waits for are told now and then, by `still`; phases that a failure
    blocks share a line.
    """

    def __init__(self, *, brief: bool = False) -> None:
        self._brief = brief
        self._running: dict[str, _Shown] = {}
        self._blocked: dict[str, list[str]] = {}
        self._found: set[tuple[str, str, str]] = set()
        self._failures: dict[str, str] = {}
        self._said = 0.0

    def lines(self, event: e.Event) -> list[str]:
        if self._brief and isinstance(event, e.PhaseBlocked):
            self._running.pop(event.phase, None)
            self._blocked.setdefault(event.by, []).append(event.phase)
            return []
        lines = [*self._tell_blocked(), *self._follow(event)]
        if lines:
            self._said = event.at
        return lines

    def still(self, now: float) -> list[str]:
        """What has become slow, what was held back, and after a minute of silence the one thing to wait for."""
        lines = [*self._tell_blocked(), *self._catch_up(now)]
        if not lines and now - self._said >= STILL_SECONDS and self._running:
            # Slow ones first, then those whose time has begun, then the one that takes longest.
            name, shown = min(self._running.items(), key=lambda item: _urgency(item[1], now))
            others = [other for other in self._running if other != name]
            also = f"; also {listing(others)}" if others else ""
            lines = [
                f"{'SLOW' if shown.called_slow else 'STILL'} {_named(name, shown, now)}: {_what(shown, now)}{also}"
            ]
        if lines:
            self._said = now
        return lines

    def elapsed(self, phase: str, now: float) -> float | None:
        """How long a phase runs by now; None for one that does not."""
        shown = self._running.get(phase)
        return shown.elapsed(now) if shown else None

    def _follow(self, event: e.Event) -> list[str]:
        match event:
            case e.PhaseStarted():
                beside = set(event.beside)
                self._running[event.phase] = _Shown(event.at, event.normal, event.slow, beside)
            case e.ActionStarted():
                if shown := self._running.get(event.phase):
                    shown.doing, shown.waits_for, shown.held = event.command, "", False
            case e.PhaseWaiting():
                return self._wait(event)
            case e.FindingSeen():
                return self._finding(event)
            case e.FindingGone():
                if not event.reason and (event.phase, event.id, event.title) not in self._found:
                    return []
                self._found.discard((event.phase, event.id, event.title))
            case e.PhaseDone() | e.PhaseFailed() | e.PhaseSkipped() | e.PhaseBlocked():
                self._running.pop(event.phase, None)
                if isinstance(event, e.PhaseFailed):
                    self._failures[event.phase] = event.message
                elif isinstance(event, e.PhaseDone | e.PhaseSkipped):
                    self._count_from(event.phase, event.at)
            case e.RunEnded():
                self._running.clear()
            case _:
                pass
        return _LINES[type(event)](event)

    def _count_from(self, before: str, at: float) -> None:
        for shown in self._running.values():
            if before in shown.beside:
                shown.beside.discard(before)
                shown.started = at

    def _tell_blocked(self) -> list[str]:
        blocked, self._blocked = self._blocked, {}
        return [f"BLOCKED by {by}: {', '.join(names)}" for by, names in blocked.items()]

    def _wait(self, event: e.PhaseWaiting) -> list[str]:
        shown = self._running.get(event.phase)
        if shown is None:
            return [f"WAIT {event.phase}: {_waits(event.waits_for, event.error)}"]
        same = _head(event.waits_for) == _head(shown.waits_for)
        shown.waits_for, shown.since, shown.error = event.waits_for, event.since, event.error
        lately = shown.said is not None and event.at - shown.said < WAIT_SECONDS
        shown.held = self._brief and same and lately
        if shown.held:
            return []
        shown.said = event.at
        return [f"WAIT {_named(event.phase, shown, event.at)}: {_waits(event.waits_for, event.error)}"]

    def _finding(self, event: e.FindingSeen) -> list[str]:
        # Without a number it is what the phase itself says, failed or slow.
        key = (event.phase, event.id, event.title)
        if (not event.id and event.phase) or key in self._found:
            return []
        self._found.add(key)
        shown = self._running.get(event.phase)
        where = f" {_named(event.phase, shown, event.at)}" if shown else f" {event.phase}" if event.phase else ""
        number = f" ({event.id})" if event.id else ""
        evidence = "" if event.evidence == self._failures.get(event.phase) else event.evidence
        told = {"evidence": evidence, "cause": event.cause, "remedy": event.remedy, "command": event.command}
        lines = [f"{label}: {line}" for label, text in told.items() for line in text.splitlines()]
        return [f"{FOUND[event.state]}{where}: {event.title}{number}", *lines]

    def _catch_up(self, now: float) -> Iterator[str]:
        for phase, shown in self._running.items():
            if shown.elapsed(now) > shown.slow and not shown.called_slow:
                shown.called_slow, shown.held, shown.said = True, False, now
                yield f"SLOW {_named(phase, shown, now)}: {_what(shown, now)}"
            elif shown.held and now - (shown.said or 0.0) >= WAIT_SECONDS:
                shown.held, shown.said = False, now
                yield f"WAIT {_named(phase, shown, now)}: {_waits(shown.waits_for, shown.error)}"


def _head(waits_for: str) -> tuple[str, bool]:
    """What is waited for, without how far it is; and whether somebody has to do something about it."""
    return waits_for.partition(":")[0], NEEDS_LOGIN in waits_for


def _named(phase: str, shown: _Shown, now: float) -> str:
    return phase if shown.beside else f"{phase} {duration(shown.elapsed(now))}"


def _waits(waits_for: str, error: str) -> str:
    return f"waits for {waits_for}" + (f", last error: {error}" if error else "")


def _what(shown: _Shown, now: float) -> str:
    usual = f"usual is {estimate(shown.normal)}"
    if shown.waits_for:
        since = max(shown.since, 0.0 if shown.beside else shown.started)
        error = f", last error: {shown.error}" if shown.error else ""
        return f"waits for {shown.waits_for} for {duration(now - since)}{error}, {usual}"
    doing = shown.doing.partition("\n")[0]
    doing = doing if len(doing) <= COMMAND else f"{doing[: COMMAND - 1]}…"
    return f"{doing}, {usual}" if doing else usual


def _urgency(shown: _Shown, now: float) -> tuple[bool, bool, float]:
    return not shown.called_slow, bool(shown.beside), shown.elapsed(now) - shown.normal


def _run_started(event: e.RunStarted) -> list[str]:
    again = " again" if event.resumed else ""
    return [f"RUN {event.run}{again}: {many(len(event.phases), 'phase')}"]


def _started(event: e.PhaseStarted) -> list[str]:
    beside = f" beside {listing(list(event.beside))}" if event.beside else ""
    return [f"START {event.phase}{beside}: usual is {estimate(event.normal)}, slow after {estimate(event.slow)}"]


def _done(event: e.PhaseDone) -> list[str]:
    if event.found:
        return [f"FOUND {event.phase} {duration(event.seconds)}: as it should be, nothing to do"]
    return [f"DONE {event.phase} {duration(event.seconds)}"]


def _failed(event: e.PhaseFailed) -> list[str]:
    remedy = [f"remedy: {event.remedy}"] if event.remedy else []
    return [f"FAILED {event.phase} {duration(event.seconds)}: {event.message}", *remedy]


def _check(event: e.CheckDone) -> list[str]:
    word = "skip" if event.result == "skipped" else event.result
    lines = [f"{word.upper()} {event.id}: {event.title}" + (f", {event.evidence}" if event.evidence else "")]
    if event.waived:
        return [*lines, f"waived: {event.waived}"]
    if event.result in ("fail", "warn"):
        lines += [f"remedy: {event.remedy}"] if event.remedy else []
        lines += [f"command: {event.command}"] if event.command else []
    return lines


def _stopping(event: e.RunStopping) -> list[str]:
    after = f"STOPPING after {listing(list(event.in_flight), 5)}." if event.in_flight else "STOPPING."
    again = "ctrl+c again stops now." if event.in_flight else ""
    return [" ".join(filter(None, (after, event.message, again)))]


_OUTCOMES = {"done": "DONE", "failed": "FAILED", "interrupted": "STOPPED"}

_LINES: Mapping[type[e.Event], Callable[[Any], list[str]]] = {
    e.RunStarted: _run_started,
    e.PhaseStarted: _started,
    e.ActionStarted: lambda event: [f"DO {event.phase}: {line}" for line in event.command.splitlines()],
    e.ActionDone: lambda event: [],
    e.Output: lambda event: [],
    e.CheckStarted: lambda event: [],
    e.CheckDone: _check,
    e.CheckWaived: lambda event: [f"WAIVE {event.id}: {event.reason}"],
    e.PhaseDone: _done,
    e.PhaseFailed: _failed,
    e.PhaseSkipped: lambda event: [f"SKIP {event.phase}: {event.reason}"],
    e.PhaseBlocked: lambda event: [f"BLOCKED {event.phase}: by {event.by}"],
    e.FindingGone: lambda event: [f"WAIVE {event.title}: {event.reason}" if event.reason else f"GONE {event.title}"],
    e.RunStopping: _stopping,
    e.RunEnded: lambda event: [f"{_OUTCOMES[event.outcome]} {event.run} after {duration(event.seconds)}"],
}
