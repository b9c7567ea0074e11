"""The simulators as a child process, and this process pointed at them."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import scenario
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.timing import CLOCK_VARIABLE

START_SECONDS = 60
"""Wall seconds that the simulators have to come up."""

STOP_SECONDS = 10

VARIABLES = {
    "arm": "LLMD_TUI_ARM_ENDPOINT",
    "kubeconfig": "KUBECONFIG",
    "helm": "LLMD_TUI_HELM",
    "manifests": "LLMD_TUI_MANIFESTS",
    "clock": CLOCK_VARIABLE,
}
"""Which variable carries what the simulators say about themselves."""


class Simulators:
    """Those of one scenario. Both methods block; `stop` can be called from another thread while `start` waits.

    Those of a run begin with what the run's earlier simulators left in its directory, and leave there what they end
    with; they hold the run's lock until that is done. Others may get a run later: `belong_to`.
    """

    def __init__(self, name: str, speed: float, directory: RunDirectory | None = None) -> None:
        """Raises UserError for a scenario that nobody knows."""
        scenario(name)
        self.name = name
        self._speed = speed
        self._directory = directory
        self._folder = tempfile.TemporaryDirectory(prefix="llmd-tui-demo-")
        self._process: subprocess.Popen[str] | None = None
        self._before: dict[str, str | None] = {}
        self._stopped = False

    def start(self) -> None:
        """Returns when they answer, with the environment set accordingly. Raises UserError when they do not."""
        with tempfile.TemporaryFile("w+") as errors:
            self._process = self._spawn(errors)
            if self._stopped:
                self._end()
            told = self._first_line()
            if not told.startswith("{"):
                self._end()
                errors.seek(0)
                said = errors.read().strip().splitlines() or ["they said nothing"]
                raise UserError(f"The simulators did not start: {said[-1]}", "`llmd-tui simulate` alone shows more.")
        self._point_at(json.loads(told))

    def belong_to(self, directory: RunDirectory) -> None:
        """What they end with goes to a run that was made on them."""
        self._state.unlink(missing_ok=True)
        self._state.symlink_to(directory.simulation)

    def stop(self) -> None:
        """Ends them, and puts the environment back. Once is enough; more often does no harm."""
        self._stopped = True
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}
        self._end()
        self._folder.cleanup()

    @property
    def _state(self) -> Path:
        return self._directory.simulation if self._directory else Path(self._folder.name) / "simulation.json"

    def _spawn(self, errors: Any) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "llmd_tui.simulator.run", self.name, "--speed", f"{self._speed:g}"]
        # A session of its own: a Ctrl+C in the terminal is for the run, which ends first. Its stdin tells it when
        # this process is gone, however that came.
        return subprocess.Popen(
            [*command, "--state", str(self._state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            pass_fds=[self._directory.lock_handle] if self._directory else [],
        )

    def _first_line(self) -> str:
        assert self._process and self._process.stdout
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            return self._process.stdout.readline()
        except ValueError:  # Closed by `stop`.
            return ""
        finally:
            # Also after a Ctrl+C: the program's end would wait for it.
            watchdog.cancel()

    def _point_at(self, told: dict[str, Any]) -> None:
        said = {variable: str(told[key]) for key, variable in VARIABLES.items() if key in told}
        self._before = {name: os.environ.get(name) for name in said}
        os.environ.update(said)

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


@contextmanager
def simulation(name: str, speed: float, directory: RunDirectory | None = None) -> Generator[None]:
    """The simulators for as long as the context lasts."""
    simulators = Simulators(name, speed, directory)
    try:
        simulators.start()
        yield
    finally:
        simulators.stop()
