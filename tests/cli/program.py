"""The whole program, as a user calls it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """How a call ended."""

    code: int
    out: str
    err: str


def llmd_tui(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> Said:
    """Runs the program without a terminal; `env` is put over this process's environment."""
    done = subprocess.run(
        [sys.executable, "-m", "llmd_tui", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def runs_left(env: Mapping[str, str] = os.environ) -> list[str]:
    """The run directories that exist: none after a call that was refused."""
    root = Path(env["XDG_STATE_HOME"]) / "llmd-tui" / "runs"
    return sorted(path.name for path in root.iterdir()) if root.is_dir() else []
