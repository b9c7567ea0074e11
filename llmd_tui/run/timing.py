"""The run's clock."""

import os

from llmd_tui.clock import Clock

CLOCK_VARIABLE = "LLMD_TUI_CLOCK"
"""`START,SPEED`, as `str(Clock)` writes it: the time that the simulators live in."""


def run_clock() -> Clock:
    """The wall clock, or the simulators' where the environment names one."""
    named = os.environ.get(CLOCK_VARIABLE)
    return Clock.parse(named) if named else Clock()
