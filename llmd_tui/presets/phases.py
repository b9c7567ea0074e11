"""What is told about each phase: why, undo, how long."""

from functools import cache
from typing import Literal

from llmd_tui.presets.loading import Preset, read


class PhaseText(Preset):
    """`alone_*` hold when the phase's work is not done by another phase's request.

    `doing` completes "... for 4m47s", `finished` is what the end is called; `watch` says whose state tells more than
    that while the phase waits.
    """

    why: str
    undo: str
    doing: str
    finished: str
    watch: Literal["nodes", "pods"] | None = None
    normal_seconds: float
    slow_seconds: float
    alone_normal_seconds: float | None = None
    alone_slow_seconds: float | None = None


@cache
def phase_texts() -> dict[str, PhaseText]:
    return {name: PhaseText.model_validate(row) for name, row in read("phases.yaml").items()}
