"""A Report that remembers what it was told."""

from dataclasses import dataclass, field

from llmd_tui.events import CheckResult


@dataclass
class Listening:
    """Satisfies `llmd_tui.run.world.Report`; never waits between attempts."""

    phase: str = "test"
    begun: bool = False
    waited_for: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lines: list[str] = field(default_factory=list[str])
    checks: list[tuple[str, CheckResult]] = field(default_factory=list[tuple[str, CheckResult]])
    rested: list[float] = field(default_factory=list[float])
    tokens: list[str] = field(default_factory=list[str])

    def output(self, line: str) -> None:
        self.lines.append(line)

    def waiting(self, waits_for: str, error: str = "") -> None:
        self.waited_for.append((waits_for, error))

    def check(self, id: str, title: str, result: CheckResult, evidence: str, remedy: str, command: str) -> None:  # noqa: A002
        self.checks.append((id, result))

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    def token(self) -> str | None:
        return self.tokens[-1] if self.tokens else None

    def keep_token(self, token: str) -> None:
        self.tokens.append(token)
