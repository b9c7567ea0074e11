"""How the rows of the Run screen's right column are shared. No widget."""

from dataclasses import dataclass

TITLE = 1
LEAST_LOG = 4
"""Its title and three lines."""
LEAST_PODS = 4


@dataclass(frozen=True)
class Wishes:
    """Rows that the panes would like, titles included. `findings` is 1 while there are none.

    `log` says that the log is what the user looks at.
    """

    nodes: int
    pods: int
    findings: int
    log: bool = False


@dataclass(frozen=True)
class Heights:
    """Rows of each pane, titles included; 1 is the title alone. `gap` rows lie between two."""

    nodes: int
    pods: int
    log: int
    findings: int
    gap: int


def share(rows: int, wishes: Wishes, gap: int) -> Heights:
    """Findings take what they need from the log, then from the pods; the nodes keep theirs."""
    gap = gap if rows >= 24 else 0
    room = max(4, rows - 3 * gap)
    nodes = min(wishes.nodes, max(TITLE, room - 3 * TITLE))
    room -= nodes
    findings = min(wishes.findings, max(TITLE, room - 2 * TITLE))
    room -= findings
    if wishes.log:
        pods = min(wishes.pods, LEAST_PODS if room >= LEAST_PODS + LEAST_LOG else TITLE)
        return Heights(nodes, pods, room - pods, findings, gap)
    if room >= LEAST_PODS + LEAST_LOG:
        # A screen with rows to spare gives half of them to the log.
        pods = min(wishes.pods, max(LEAST_PODS, room - max(LEAST_LOG, room // 2 if room >= 20 else LEAST_LOG)))
        return Heights(nodes, pods, room - pods, findings, gap)
    pods = min(wishes.pods, room - TITLE)
    return Heights(nodes, pods, room - pods, findings, gap)
