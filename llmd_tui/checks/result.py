"""What a check says."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import Expected
from llmd_tui.events import CheckResult, Figure


@dataclass(frozen=True)
class Verdict:
    """`evidence` is what was seen, `remedy` what to do about it, `figures` what was counted."""

    result: CheckResult
    evidence: str
    remedy: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Check:
    """`run` raises UserError for what keeps it from looking; `command` is what one would type to look oneself."""

    id: str
    run: Callable[[Context], Awaitable[Verdict]]
    command: Callable[[Expected], str]


def passed(evidence: str, figures: Sequence[Figure] = ()) -> Verdict:
    return Verdict("pass", evidence, figures=tuple(figures))


def warned(evidence: str, remedy: str) -> Verdict:
    return Verdict("warn", evidence, remedy)


def failed(evidence: str, remedy: str, figures: Sequence[Figure] = ()) -> Verdict:
    return Verdict("fail", evidence, remedy, tuple(figures))


def skipped(reason: str) -> Verdict:
    """The check cannot prove anything here."""
    return Verdict("skipped", reason)
