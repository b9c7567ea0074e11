"""Words of findings: text from outside made safe, names made short, counts and headlines."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from llmd_tui.diagnose.finding import Confidence, Finding
from llmd_tui.text import last_shown, one_line

_PREFIX = re.compile(
    r"^(?:\(\w+(?: pid=\d+)?\)\s*)?"  # vLLM's process
    r"(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\s+\d\d-\d\d \d\d:\d\d:\d\d \[[^\]]+\]\s*)?"  # its level, time and place
    r"(?:[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ \S+:\d+\]\s*)?"  # klog's
)
_SUPPORT = re.compile(r" \([\w, ]*correlation id [0-9a-f-]{36}\)$")
_LOGFMT = re.compile(r'\bmsg="((?:[^"\\]|\\.)*)"')
_MACHINE = re.compile(r"vmss[0-9a-z]{6}")
LONGEST = 300

SURENESS: dict[Confidence, str] = {"sure": "Sure", "likely": "Likely", "possible": "Possible"}
ORDER = ("failed", "slow", "note")


def clean(text: str, longest: int = LONGEST) -> str:
    """One printable line: escape sequences and control characters gone, the end cut off when it is too long."""
    return one_line(" ".join(one_line(last_shown(text)).split()), longest)


def brief(text: str) -> str:
    """The same of what Azure said: what is too long is cut before the code and the id that support asks for."""
    found = _SUPPORT.search(text)
    return clean(text[: found.start()], LONGEST - len(found[0])) + found[0] if found else clean(text)


def gist(line: str) -> str:
    """What a log line says, without the process, the level, the time and the place that are before it."""
    line = line.strip()
    if line.startswith("{"):
        return _of_json(line) or line
    if found := _LOGFMT.search(line):
        return found[1].replace('\\"', '"')
    return _PREFIX.sub("", line, count=1) or line


def _of_json(line: str) -> str:
    try:
        fields: Any = json.loads(line)
    except ValueError:
        return ""
    told = [fields.get(key) for key in ("msg", "message", "error")]
    return ": ".join(text for text in told if isinstance(text, str) and text)


def node_word(name: str) -> str:
    """`vmss000001` for a node that AKS has named; other names as they are."""
    last = name.rsplit("-", 1)[-1]
    return last if _MACHINE.fullmatch(last) else name


def pod_word(name: str) -> str:
    """`-9wq7c`: what tells a pod from those of the same workload; the whole name where it has no such end."""
    stem, dash, last = name.rpartition("-")
    return f"{dash}{last}" if stem and 4 <= len(last) <= 10 and any(c.isalnum() for c in last) else name


def headline(findings: Sequence[Finding], waived: int = 0) -> str:
    """`1 failed, 2 slow`; `none`; with those that somebody has accepted: `1 slow, 1 waived`."""
    counts = Counter(finding.state for finding in findings)
    plural = {"note": "notes" if counts["note"] > 1 else "note"}
    shown = [f"{counts[state]} {plural.get(state, state)}" for state in ORDER if counts[state]]
    return ", ".join([*shown, f"{waived} waived"] if waived else shown) or "none"
