"""What a check says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import Expected
from llmd_tui.events import CheckResult


@dataclass(frozen=True)
class Verdict:
    """`evidence` is what was seen, `remedy` what to do about it."""

    result: CheckResult
    evidence: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """`run` raises UserError for what keeps it from looking; `command` is what one would type to look oneself."""

    id: str
    title: str
    run: Callable[[Context], Awaitable[Verdict]]
    command: Callable[[Expected], str]


@dataclass(frozen=True)
class Result:
    """One line of a checklist."""

    id: str
    title: str
    result: CheckResult
    evidence: str
    remedy: str
    command: str


def passed(evidence: str) -> Verdict:
    return Verdict("pass", evidence)


def warned(evidence: str, remedy: str) -> Verdict:
    return Verdict("warn", evidence, remedy)


def failed(evidence: str, remedy: str) -> Verdict:
    return Verdict("fail", evidence, remedy)


def skipped(reason: str) -> Verdict:
    """The check cannot prove anything here."""
    return Verdict("skipped", reason)
