"""What runs in the pods that we put on nodes: presets/scripts/*.sh."""

from functools import cache
from itertools import dropwhile

from llmd_tui.presets.loading import folder


@cache
def script(name: str) -> str:
    """For a shell's `-c`, without the comment that the file begins with."""
    lines = folder("scripts", f"{name}.sh").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(dropwhile(lambda line: line.startswith("#"), lines))
