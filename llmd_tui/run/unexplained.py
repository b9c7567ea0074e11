"""Failures of phases that no signature explains, as findings: what ended the phase is the evidence."""

from collections.abc import Sequence
from datetime import UTC, datetime

from llmd_tui.diagnose.finding import Evidence, Finding, Remedy
from llmd_tui.run.progress import PhaseProgress, RunProgress


def with_failures(findings: Sequence[Finding], progress: RunProgress) -> tuple[Finding, ...]:
    """The findings, and one more for each failed phase that none of them is about, nor one that somebody has waived."""
    explained = {finding.phase for finding in findings if finding.state == "failed"}
    explained |= {found.seen.phase for found in progress.found.waived if found.seen.state == "failed"}
    rest = [phase for phase in progress.of("failed") if phase.name not in explained]
    return (*findings, *(_finding(phase, progress) for phase in rest))


def _finding(phase: PhaseProgress, progress: RunProgress) -> Finding:
    blocked = [other.name for other in progress.of("blocked") if other.by == phase.name]
    effect = f"It blocks {', '.join(blocked)}." if blocked else "What does not need it goes on."
    lines = [phase.message] if not phase.doing else [phase.message, f"while: {phase.doing.splitlines()[0]}"]
    return Finding(
        id="",
        state="failed",
        title=f"{phase.name} failed",
        effect=effect,
        evidence=tuple(Evidence(line, decisive=not at) for at, line in enumerate(filter(None, lines))),
        cause=phase.message or "It ended without a word.",
        confidence="possible",
        why="no known failure looks like this; the message is the phase's own",
        remedy=Remedy(phase.remedy or "Look at the log, then try the phase again with r."),
        subjects=(),
        since=datetime.fromtimestamp(phase.ended, UTC) if phase.ended else None,
        phase=phase.name,
    )
