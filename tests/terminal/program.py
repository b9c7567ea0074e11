"""The program in a terminal, on simulators."""

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.tmux import Terminal, terminal

ROOT = Path(__file__).parents[2]
SPEED = "120"
STEPS = ("target", "size", "drivers", "path", "options", "review")

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux for whole-program walks")


@contextmanager
def program(cwd: Path, *arguments: str, size: tuple[int, int] = (120, 40), **environment: str) -> Generator[Terminal]:
    """`LLMD_TUI_INSTALLED` names an installed one; else the checkout's."""
    installed = os.environ.get("LLMD_TUI_INSTALLED")
    command = [installed] if installed else [sys.executable, "-m", "llmd_tui"]
    env = {"PYTHONPATH": "" if installed else str(ROOT), "HF_TOKEN": "simulated", **environment}
    with terminal(*command, *arguments, cwd=cwd, size=size, env=env) as shown:
        yield shown


@contextmanager
def demo(cwd: Path, size: tuple[int, int] = (120, 40), *more: str) -> Generator[Terminal]:
    with program(cwd, "demo", "--speed", SPEED, *more, size=size) as shown:
        yield shown
