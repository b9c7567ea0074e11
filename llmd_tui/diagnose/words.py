"""Words of findings: text from outside made safe, names made short, counts and headlines."""

import re
from collections import Counter
from collections.abc import Sequence

from llmd_tui.diagnose.finding import Confidence, Finding
from llmd_tui.text import last_shown, one_line

_MACHINE = re.compile(r"vmss[0-9a-z]{6}")
LONGEST = 300

SURENESS: dict[Confidence, str] = {"sure": "Sure", "likely": "Likely", "possible": "Possible"}
ORDER = ("failed", "slow", "note")


def clean(text: str, longest: int = LONGEST) -> str:
    """One printable line: escape sequences and control characters gone, the end cut off when it is too long."""
    return one_line(" ".join(one_line(last_shown(text)).split()), longest)


def node_word(name: str) -> str:
    """`vmss000001` for a node that AKS has named; other names as they are."""
    last = name.rsplit("-", 1)[-1]
    return last if _MACHINE.fullmatch(last) else name


def pod_word(name: str) -> str:
    """`-9wq7c`: what tells a pod from those of the same workload; the whole name where it has no such end."""
    stem, dash, last = name.rpartition("-")
    return f"{dash}{last}" if stem and 4 <= len(last) <= 10 and any(c.isalnum() for c in last) else name


def headline(findings: Sequence[Finding]) -> str:
    """`1 failed, 2 slow`; `none`."""
    counts = Counter(finding.state for finding in findings)
    plural = {"note": "notes" if counts["note"] > 1 else "note"}
    return ", ".join(f"{counts[state]} {plural.get(state, state)}" for state in ORDER if counts[state]) or "none"
