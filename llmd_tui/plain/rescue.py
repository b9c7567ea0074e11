"""What becomes of a run in which something failed: the user decides."""

from collections.abc import Callable, Coroutine
from typing import Any

from llmd_tui.commands.talk import say
from llmd_tui.diagnose.finding import Finding
from llmd_tui.errors import UserError
from llmd_tui.plain.ask import Back, Option
from llmd_tui.plain.interview import Interview, not_taken, sentence
from llmd_tui.plain.outcome import checklist_lines
from llmd_tui.rollout.words import listing
from llmd_tui.run.checklist import ChecklistProgress, Line
from llmd_tui.run.run import Run

REMEDY, AGAIN, SKIP, WAIVE, CHECKS, LEAVE = "x", "r", "S", "w", "c", "q"
SKIPPED = "skipped by hand"


class Rescue:
    """`wait` carries out a coroutine in the run's loop, which rests while a question is open."""

    def __init__(
        self,
        ask: Interview,
        run: Run,
        checklist: ChecklistProgress,
        wait: Callable[[Coroutine[Any, Any, str]], str],
    ) -> None:
        self._ask = ask
        self._run = run
        self._checklist = checklist
        self._wait = wait

    def goes_on(self) -> bool:
        """Whether there is something to try again."""
        while self._failed:
            try:
                if not self._decide():
                    return False
            except KeyboardInterrupt:
                return False
            except Back:
                say("The run cannot be taken back.")
        return True

    @property
    def _failed(self) -> list[str]:
        return [phase.name for phase in self._run.plan.phases if self._run.state(phase.name) == "failed"]

    @property
    def _finding(self) -> Finding | None:
        """The worst whose remedy can be done from here."""
        return next((one for one in self._run.diagnosis.findings if one.remedy.acts), None)

    @property
    def _obstacles(self) -> list[Line]:
        return [line for name in self._failed for line in self._checklist.obstacles(name)]

    def _decide(self) -> bool:
        """One answer; False when the user leaves."""
        failed, finding, obstacles = self._failed, self._finding, self._obstacles
        typed = self._ask.asker.line(_question(failed, finding, obstacles), LEAVE)
        if typed == LEAVE:
            return False
        if typed == REMEDY and finding:
            self._remedy(finding, failed)
        elif typed == AGAIN:
            self._retry(failed)
        elif typed == SKIP:
            self._run.skip(failed[0], SKIPPED)
        elif typed == WAIVE and obstacles:
            self._waive(obstacles)
        elif typed == CHECKS:
            for line in checklist_lines(self._checklist):
                say(line)
        else:
            not_taken("Give one of these letters; S is a capital, because it leaves something out")
        return True

    def _retry(self, failed: list[str]) -> None:
        for name in failed:
            self._run.retry(name)

    def _remedy(self, finding: Finding, failed: list[str]) -> None:
        """What it spells out, once; then what failed is tried again."""
        say(f"Remedy: {sentence(finding.remedy.text)}")
        if finding.remedy.danger and not self._ask.yes("It restarts or removes something. Do it?", default=False):
            return
        try:
            say(f"Done: {self._wait(self._run.diagnosis.remedy(finding))}")
        except UserError as error:
            say(f"Failed: {sentence(error.message)} {error.remedy}".rstrip())
        else:
            self._retry(failed)

    def _waive(self, obstacles: list[Line]) -> None:
        """A check that may fail in this run, and why."""
        options = [Option(line.key, line.id, line.done.evidence if line.done else "") for line in obstacles]
        chosen = self._ask.choose("Waive which check?", options)
        line = next(line for line in obstacles if line.key == chosen)
        if reason := self._ask.asker.line("Why may it fail?"):
            self._run.waive(line.phase, line.id, reason)
        else:
            not_taken("A check is waived with a reason")


def _question(failed: list[str], finding: Finding | None, obstacles: list[Line]) -> str:
    parts = [f"x does the remedy for: {finding.title}"] if finding else []
    parts += [f"r tries {listing(failed)} again", f"S skips {failed[0]}"]
    parts += ["w waives a check"] if obstacles else []
    return f"{', '.join(parts)}, c tells the checklist, q leaves, and resume goes on later"
