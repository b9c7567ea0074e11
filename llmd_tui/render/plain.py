"""Events as lines of text, the word for the state first: for pipes, logs, dumb terminals and screen readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui import events as e
from llmd_tui.rollout.words import duration, estimate, listing, many

STILL_SECONDS = 60
"""How often a phase that waits says so again, by the run's clock."""


@dataclass
class _Shown:
    """A phase that runs. `waits_for` is empty while it acts; `said` is when it was last heard of."""

    started: float
    normal: float
    slow: float
    said: float
    waits_for: str = ""
    since: float = 0.0
    error: str = ""
    called_slow: bool = False


class Plain:
    """Turns the events of one run into lines; a line when a state changes. What commands print is for the logs.

    `still` gives, when asked from time to time, a line a minute for each phase that waits.
    """

    def __init__(self) -> None:
        self._running: dict[str, _Shown] = {}

    def lines(self, event: e.Event) -> list[str]:
        if shown := self._running.get(getattr(event, "phase", "")):
            shown.said = event.at
        match event:
            case e.PhaseStarted():
                self._running[event.phase] = _Shown(event.at, event.normal, event.slow, said=event.at)
            case e.PhaseWaiting():
                return [self._waiting(event)]
            case e.PhaseDone() | e.PhaseFailed() | e.PhaseSkipped() | e.PhaseBlocked():
                self._running.pop(event.phase, None)
            case e.RunEnded():
                self._running.clear()
            case _:
                pass
        return _LINES[type(event)](event)

    def still(self, now: float) -> list[str]:
        """What has become slow, and what still waits and has not been heard of for a minute."""
        lines: list[str] = []
        for phase, shown in self._running.items():
            elapsed = now - shown.started
            became_slow = elapsed > shown.slow and not shown.called_slow
            if not became_slow and (now - shown.said < STILL_SECONDS or not shown.waits_for):
                continue
            shown.said = now
            shown.called_slow = elapsed > shown.slow
            word = "SLOW" if shown.called_slow else "STILL"
            lines.append(f"{word} {phase} {duration(elapsed)}: {self._what(shown, now)}")
        return lines

    def _waiting(self, event: e.PhaseWaiting) -> str:
        shown = self._running.get(event.phase)
        elapsed = ""
        if shown:
            shown.waits_for, shown.since, shown.error = event.waits_for, event.since, event.error
            elapsed = f" {duration(event.at - shown.started)}"
        error = f", last error: {event.error}" if event.error else ""
        return f"WAIT {event.phase}{elapsed}: waits for {event.waits_for}{error}"

    @staticmethod
    def _what(shown: _Shown, now: float) -> str:
        usual = f"usual is {estimate(shown.normal)}"
        if not shown.waits_for:
            return usual
        error = f", last error: {shown.error}" if shown.error else ""
        return f"waits for {shown.waits_for} since {duration(now - shown.since)}{error}, {usual}"


def _run_started(event: e.RunStarted) -> list[str]:
    again = " again" if event.resumed else ""
    return [f"RUN {event.run}{again}: {many(len(event.phases), 'phase')}"]


def _started(event: e.PhaseStarted) -> list[str]:
    return [f"START {event.phase}: usual is {estimate(event.normal)}, slow after {estimate(event.slow)}"]


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
    e.CheckDone: _check,
    e.PhaseDone: _done,
    e.PhaseFailed: _failed,
    e.PhaseSkipped: lambda event: [f"SKIP {event.phase}: {event.reason}"],
    e.PhaseBlocked: lambda event: [f"BLOCKED {event.phase}: by {event.by}"],
    e.RunStopping: _stopping,
    e.RunEnded: lambda event: [f"{_OUTCOMES[event.outcome]} {event.run} after {duration(event.seconds)}"],
}
