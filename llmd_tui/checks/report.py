"""A checklist as Markdown and as JSON."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

from llmd_tui.checks.result import Result

_WORDS = {"pass": "✓ pass", "warn": "! warn", "fail": "✗ fail", "skipped": "– skipped"}


def checks_json(results: Iterable[Result]) -> str:
    """`{"checks": [...]}`, as the Commands table of the design says."""
    return json.dumps({"checks": [asdict(result) for result in results]}, indent=2) + "\n"


def checks_markdown(results: Iterable[Result], title: str = "Checklist") -> str:
    """A table, then what to do about the lines that ask for it, with the command to look oneself."""
    lines = list(results)
    text = [f"# {title}", "", summary(lines), "", "| | Check | Evidence |", "|---|---|---|"]
    text += [f"| {_WORDS[line.result]} | {_cell(line.title)} | {_cell(line.evidence)} |" for line in lines]
    for line in lines:
        if line.result in ("warn", "fail"):
            text += ["", f"## {line.title}: {line.result}", "", line.evidence, "", line.remedy]
            text += ["", "```sh", line.command, "```"] if line.command else []
    return "\n".join(text) + "\n"


def summary(results: Iterable[Result]) -> str:
    """`14 passed, 1 failed, 2 skipped`."""
    words = {"pass": "passed", "fail": "failed", "warn": "to be looked at", "skipped": "skipped"}
    counted = Counter(line.result for line in results)
    return ", ".join(f"{counted[result]} {word}" for result, word in words.items() if counted[result]) or "no checks"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
