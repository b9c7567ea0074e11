"""What the engine says while it runs: a closed set of frozen dataclasses.

Plain lines, JSON lines, the run's journal and the screens are renderers of this one stream.
`at` is seconds since the epoch by the run's clock.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

CheckResult: TypeAlias = Literal["pass", "warn", "fail", "skipped"]
Figure: TypeAlias = tuple[str, float, float]


@dataclass(frozen=True)
class RunStarted:
    at: float
    run: str
    phases: tuple[str, ...]
    resumed: bool


@dataclass(frozen=True)
class PhaseStarted:
    """What the phase needs is there. `normal` and `slow` are estimates in seconds.

    `beside` are the phases that it goes along with and that are not done yet: its own time begins when they are.
    """

    at: float
    phase: str
    normal: float
    slow: float
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionStarted:
    """`command` is the equivalent command, as text."""

    at: float
    phase: str
    command: str


@dataclass(frozen=True)
class ActionDone:
    """`changed` is False when the cluster was already as asked."""

    at: float
    phase: str
    command: str
    changed: bool


@dataclass(frozen=True)
class PhaseWaiting:
    """Comes when what is waited for changes. `error` is the last error met while waiting."""

    at: float
    phase: str
    waits_for: str
    since: float
    error: str = ""


@dataclass(frozen=True)
class Output:
    """A line that a command printed, redacted."""

    at: float
    phase: str
    line: str


@dataclass(frozen=True)
class CheckStarted:
    """A check looks now; its CheckDone follows."""

    at: float
    phase: str
    id: str


@dataclass(frozen=True)
class CheckLine:
    """One line of a checklist. `evidence` is what was seen, `command` what one would type to look oneself.

    `seconds` is how long it took; `waived` is why a check that did not pass stands in nobody's way, empty when it was
    not waived; such a one is a warning. `figures` are what was counted: a name, how many, and of how many.
    """

    id: str
    title: str
    result: CheckResult
    evidence: str
    remedy: str
    command: str
    seconds: float = 0.0
    waived: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckDone(CheckLine):
    """What a check says, in its phase."""

    at: float
    phase: str


@dataclass(frozen=True)
class CheckWaived:
    """From now on this check may fail."""

    at: float
    phase: str
    id: str
    reason: str


@dataclass(frozen=True)
class PhaseDone:
    """`found` is True when a look at the cluster showed that nothing was left to do. `seconds` is its own time."""

    at: float
    phase: str
    seconds: float
    found: bool


@dataclass(frozen=True)
class PhaseFailed:
    """What is wrong, why, and the next step."""

    at: float
    phase: str
    seconds: float
    message: str
    remedy: str


@dataclass(frozen=True)
class PhaseSkipped:
    at: float
    phase: str
    reason: str


@dataclass(frozen=True)
class PhaseBlocked:
    """It needs a phase that failed."""

    at: float
    phase: str
    by: str


@dataclass(frozen=True)
class FindingSeen:
    """Something is wrong in the cluster, or slow. `id` is the catalogue's, empty for what it does not know.

    `phase` is the one that it holds up, empty when that is unknown; `evidence` the line that decides.
    """

    at: float
    phase: str
    id: str
    state: Literal["failed", "slow", "note"]
    title: str
    evidence: str
    cause: str
    remedy: str
    command: str


@dataclass(frozen=True)
class FindingGone:
    """It shows no more. `reason` is there when somebody has waived it."""

    at: float
    phase: str
    id: str
    title: str
    reason: str


@dataclass(frozen=True)
class RunStopping:
    """The first request to stop: `in_flight` phases end first; what goes on in Azure regardless is in `message`."""

    at: float
    in_flight: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class RunEnded:
    at: float
    run: str
    outcome: Literal["done", "failed", "interrupted"]
    seconds: float


Event: TypeAlias = (
    RunStarted
    | PhaseStarted
    | ActionStarted
    | ActionDone
    | PhaseWaiting
    | Output
    | CheckStarted
    | CheckDone
    | CheckWaived
    | PhaseDone
    | PhaseFailed
    | PhaseSkipped
    | PhaseBlocked
    | FindingSeen
    | FindingGone
    | RunStopping
    | RunEnded
)
