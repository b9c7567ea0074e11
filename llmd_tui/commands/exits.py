"""The exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What a caller can rely on. After MISUSE nothing was created; after INTERRUPTED `resume` goes on."""

    DONE = 0
    FAILED = 1
    MISUSE = 2
    INTERRUPTED = 130


OUTCOMES = {"done": Exit.DONE, "failed": Exit.FAILED, "interrupted": Exit.INTERRUPTED}
"""By how a run ended."""
