"""A finding as Markdown: to be copied, exported, put into a report."""

from collections.abc import Iterator

from llmd_tui.diagnose.finding import Evidence, Finding
from llmd_tui.diagnose.words import SURENESS
from llmd_tui.rollout.words import estimate

FENCE = "````"
"""Longer than what logs are likely to hold: their lines are text and nothing else."""


def markdown(finding: Finding) -> str:
    """All that the pane shows, in its order."""
    return "\n".join(_lines(finding)) + "\n"


def _lines(finding: Finding) -> Iterator[str]:
    number = f" ({finding.id})" if finding.id else ""
    yield f"# {_plain(finding.title)}{number}"
    yield ""
    yield f"{finding.state}" + (f", since {finding.since:%Y-%m-%d %H:%M:%S} UTC" if finding.since else "")
    if finding.phase:
        yield f"Holds up the phase {finding.phase}."
    if finding.effect:
        yield _plain(finding.effect)
    yield from ("", "## Evidence", "", FENCE)
    yield from (_marked(line) for line in finding.evidence)
    yield from (FENCE, "", "## Cause", "", _plain(finding.cause))
    sure = SURENESS[finding.confidence]
    yield f"{sure}: {_plain(finding.why)}" if finding.why else sure
    yield from ("", "## Remedy", "", _plain(finding.remedy.text))
    if finding.remedy.seconds:
        yield f"About {estimate(finding.remedy.seconds)}."
    if finding.remedy.command:
        yield from ("", FENCE, *finding.remedy.command.splitlines(), FENCE)
    if finding.subjects:
        yield from ("", "## Objects", "")
        for subject in finding.subjects:
            where = f"{subject.namespace}/" if subject.namespace else ""
            yield f"- {subject.kind} `{where}{subject.name}`"


def _marked(line: Evidence) -> str:
    return f"{'> ' if line.decisive else '= ' if line.healthy else '  '}{line.text}"


def _plain(text: str) -> str:
    """What would be Markdown or HTML is shown as it is."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>#|" else character for character in text)
