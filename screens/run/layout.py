"""How the rows of the Run screen's right column are shared. No widget."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

TITLE = 1
LEAST_LOG = 4
"""Its title and three lines."""
LEAST_PODS = 4
LEAST_WITH_GAPS = 24
ROOMY = 20


Looked: TypeAlias = Literal["pods", "log", "other"]


@dataclass(frozen=True)
class Wishes:
    """Rows that the panes would like, titles included. `findings` is 1 while there are none.

    `looked` is the pane that has the focus: it gets rows before the others.
    """

    nodes: int
    pods: int
    findings: int
    looked: Looked = "other"


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
    gap = gap if rows >= LEAST_WITH_GAPS else 0
    room = max(4, rows - 3 * gap)
    nodes = min(wishes.nodes, max(TITLE, room - 3 * TITLE))
    room -= nodes
    kept = 2 * TITLE if wishes.looked == "other" else min(room - TITLE, room // 2 + TITLE)
    findings = min(wishes.findings, max(TITLE, room - kept))
    room -= findings
    if wishes.looked == "log":
        pods = min(wishes.pods, LEAST_PODS if room >= 3 * LEAST_PODS else TITLE)
    elif room < LEAST_PODS + LEAST_LOG:
        pods = min(wishes.pods, room - TITLE)
    else:
        # A screen with rows to spare gives half of them to the log.
        log = room // 2 if room >= ROOMY else LEAST_LOG
        pods = min(wishes.pods, max(LEAST_PODS, room - log))
    return Heights(nodes, pods, room - pods, findings, gap)
