"""A phase in full: why it is there, how it stands, what it does, how it is known to be done, how to undo it."""

from collections.abc import Iterator

from llmd_tui.plan.commands import commands
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.output import action_file
from llmd_tui.rollout.words import between, duration
from llmd_tui.run.progress import PhaseProgress


def describe_phase(phase: Phase, progress: PhaseProgress, now: float) -> str:
    """As lines of text."""
    return "\n".join(_lines(phase, progress, now))


def _lines(phase: Phase, progress: PhaseProgress, now: float) -> Iterator[str]:
    elapsed = progress.elapsed(now)
    took = f" {duration(elapsed)}" if elapsed is not None else ""
    cut_off = progress.cut_off and progress.state == "running"
    yield f"{phase.name}: {'cut off after' if cut_off else progress.shown_state(now)}{took}"
    yield f"usual is {between(phase.seconds.normal * 0.6, phase.seconds.normal * 1.4)}, an estimate of the preset"
    if progress.waits_for and progress.state == "running" and not cut_off:
        yield f"waits for {progress.waits_for}"
    for text in (progress.error, progress.message, progress.remedy):
        if text:
            yield text
    yield from _part("Why", [phase.why])
    yield from _part("Needs", [", ".join(phase.predecessors) or "nothing"])
    lines = [line for action in phase.actions for line in commands(action, action_file(phase, action))]
    yield from _part("Does", lines or ["nothing by itself"])
    yield from _part("Done when", [wait.what for wait in phase.done] or ["what it does has been done"])
    yield from _part("Undo", [phase.undo])


def _part(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines if line)
