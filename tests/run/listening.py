"""A Report that remembers what it was told."""

from dataclasses import dataclass, field

from llmd_tui.events import CheckLine


@dataclass
class Listening:
    """Satisfies `llmd_tui.run.world.Report`; never waits between attempts."""

    phase: str = "test"
    begun: bool = False
    waited_for: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lines: list[str] = field(default_factory=list[str])
    waived: dict[str, str] = field(default_factory=dict[str, str])
    began: list[str] = field(default_factory=list[str])
    checks: list[CheckLine] = field(default_factory=list[CheckLine])
    rested: list[float] = field(default_factory=list[float])
    tokens: list[str] = field(default_factory=list[str])

    def output(self, line: str) -> None:
        self.lines.append(line)

    def waiting(self, waits_for: str, error: str = "") -> None:
        self.waited_for.append((waits_for, error))

    def checking(self, check: str) -> None:
        self.began.append(check)

    def checked(self, line: CheckLine) -> None:
        self.checks.append(line)

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    def token(self) -> str | None:
        return self.tokens[-1] if self.tokens else None

    def keep_token(self, token: str) -> None:
        self.tokens.append(token)
