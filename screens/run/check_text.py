"""A check as text, to read in full and to copy."""

from llmd_tui.presets.checks import check_texts
from llmd_tui.rollout.words import duration
from llmd_tui.run.checklist import Line


def as_text(line: Line, reason: str, command: str) -> str:
    text, said = check_texts()[line.id], line.done
    parts = [f"{text.title}: {text.looks}"]
    if said:
        parts.append(f"{said.result}, after {duration(said.seconds)}\n{said.evidence}")
        parts += [f"Waived\n{said.waived}"] if said.waived else []
    elif reason:
        parts.append(f"skipped: {reason}")
    parts.append(f"What it means when it does not pass\n{text.means}")
    if said:
        parts += [f"Remedy\n{said.remedy}"] if said.remedy else []
        counted = "\n".join(f"{name}: {have:g} of {of:g}" for name, have, of in said.figures)
        parts += [f"Counted\n{counted}"] if counted else []
    parts += [f"Command\n{command}"] if command else []
    return "\n\n".join(parts)
