"""A finished run in a sentence, and what is not to be forgotten about it."""

from collections.abc import Sequence

from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.words import duration
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.verdict import Sentence
from llmd_tui.serving.ask import Answer
from llmd_tui.serving.standing import Part

PROOF = "inference-request"


def outcome(progress: RunProgress, *, lacking: Sequence[Part], answer: Answer | None, hourly: str) -> Sentence:
    """What is lacking now comes first; then whether it was seen to answer. `hourly` is `$197.51/h`, or empty."""
    proof = progress.checklist.find("validate", PROOF)
    said = proof.done if proof else None
    rest = " ".join(filter(None, (_checks(progress), f"{hourly} until deleted." if hourly else "")))
    if lacking:
        first, *others = lacking
        more = f" {len(others)} more are not as planned." if others else ""
        text = f"{first.name} is not as planned: {first.text}."
        return Sentence("failed", text, f"The run was done before.{more}", "t try it", f"{first.name}: {first.text}.")
    if answer and answer.first_token is not None:
        text = f"llm-d answers. First token after {seconds(answer.first_token)}."
        return Sentence("done", text, rest, "t try again")
    if said is not None and said.result == "pass":
        return Sentence("done", "llm-d answers.", rest, "t try it")
    why = f"{PROOF} was waived: {said.waived}." if said and said.waived else f"{PROOF} did not look."
    return Sentence("slow", "All phases are done; nobody has seen it answer yet.", f"{why} {rest}", "t try it")


def _checks(progress: RunProgress) -> str:
    lines = list(progress.checklist.done)
    passed = sum(line.result == "pass" for line in lines)
    warned = sum(line.result == "warn" for line in lines)
    if not lines:
        return ""
    told = f"{passed} checks passed"
    return f"{told}, {warned} {'warning' if warned == 1 else 'warnings'}." if warned else f"{told}."


def reminders(progress: RunProgress, plan: Plan) -> list[str]:
    """What was let pass on the way."""
    found = [f"{phase.name} was skipped: {phase.message}" for phase in progress.of("skipped")]
    for line in progress.checklist.done:
        if line.result == "warn":
            waived = f", waived: {line.waived}" if line.waived else ""
            found.append(f"{line.id}: {line.evidence}{waived}")
    return [*found, *plan.warnings]


def seconds(value: float) -> str:
    """Of a request that took `value` seconds: `8.9ms`, `0.21s`, `12.4s`, `2m05s`."""
    if value < 0.1:
        return f"{value * 1000:.1f}ms"
    if value < 10:
        return f"{value:.2f}s"
    return f"{value:.1f}s" if value < 60 else duration(value)
