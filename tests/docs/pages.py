"""The README and what stands beside it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    """The fenced blocks of a kind: sh, yaml ..."""
    return [text for found, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == kind]


def files(page: Path) -> dict[str, str]:
    """YAML blocks that begin with their name."""
    named = ((re.match(r"# (\S+\.yaml)\n", text), text) for text in blocks(page, "yaml"))
    return {found[1]: text for found, text in named if found}


def commands(page: Path) -> Iterator[list[str]]:
    """The arguments of every `llmd-tui` in a shell block."""
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["llmd-tui"]:
                yield words[1:]
