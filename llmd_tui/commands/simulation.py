"""The simulators as a child process, and this process pointed at them."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import IO, Any

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


@contextmanager
def simulation(name: str, speed: float, directory: RunDirectory | None = None) -> Generator[None]:
    """Starts the simulators with a scenario and sets the environment accordingly; ends them, and restores it.

    Those of a run begin with what the run's earlier simulators left in its directory, and leave there what they end
    with; they hold the run's lock until that is done.
    """
    scenario(name)
    command = [sys.executable, "-m", "llmd_tui.simulator.run", name, "--speed", f"{speed:g}"]
    command += ["--state", str(directory.simulation)] if directory else []
    locks = [directory.lock_handle] if directory else []
    with tempfile.TemporaryFile("w+") as errors:
        # A session of its own: a Ctrl+C in the terminal is for the run, which ends first. Its stdin tells it when
        # this process is gone, however that came.
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            pass_fds=locks,
        )
        before = dict(os.environ)
        try:
            os.environ.update(_environment(process, errors))
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            _stop(process)


def _environment(process: "subprocess.Popen[str]", errors: IO[str]) -> dict[str, str]:
    told: Any = json.loads(_first_line(process, errors))
    return {variable: str(told[key]) for key, variable in VARIABLES.items() if key in told}


def _first_line(process: "subprocess.Popen[str]", errors: IO[str]) -> str:
    assert process.stdout is not None
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
    finally:
        # Also after a Ctrl+C: the program's end would wait for it.
        watchdog.cancel()
    if line.startswith("{"):
        return line
    process.kill()
    process.wait()
    errors.seek(0)
    said = errors.read().strip().splitlines() or ["they said nothing"]
    raise UserError(f"The simulators did not start: {said[-1]}", "`llmd-tui simulate` alone shows more.")


def _stop(process: "subprocess.Popen[str]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            with suppress(OSError):
                stream.close()
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
