"""A whole rollout on the simulators, as a user calls it: interrupted, killed, resumed, finished."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.answers import AZURE
from tests.cli.program import llmd_tui, runs_left

ROOT = Path(__file__).parents[2]
SPEED = "1000"
SMALL = AZURE.replace("Standard_ND96isr_H100_v5, nodes: 2", "Standard_NC24ads_A100_v4, nodes: 1").replace(
    "pd-disaggregation", "optimized-baseline"
)


class Running:
    """The program while it runs. Its events, line by line."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "llmd_tui", *arguments, "--output", "json"],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        """Reads until an event is the wanted one."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if wanted(self.events[-1]):
                return
        assert self.process.stderr is not None
        raise AssertionError(f"it ended before: {self.events[-1:]} {self.process.stderr.read()}")

    def end(self) -> int:
        """Reads to the end; the exit code."""
        out, _ = self.process.communicate(timeout=90)
        self.events += [json.loads(line) for line in out.splitlines()]
        return self.process.returncode

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]


def waits(phase: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["event"] == "phase_waiting" and event["phase"] == phase


@pytest.mark.slow
def test_stopped_killed_and_resumed_it_finishes_and_does_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(SMALL)
    with Running("apply", "-f", "answers.yaml", "--simulate", "--speed", SPEED, "--yes", cwd=tmp_path) as first:
        first.until(waits("cluster"))
        first.process.send_signal(signal.SIGINT)
        first.until(lambda event: event["event"] == "run_stopping")
        assert "Azure goes on creating cluster llmd" in first.events[-1]["message"]
        first.process.send_signal(signal.SIGINT)
        assert first.end() == 130
    assert first.events[-1]["outcome"] == "interrupted"

    with Running("resume", cwd=tmp_path) as second:
        second.until(waits("gpu-operator"))

    with Running("resume", cwd=tmp_path) as third:
        assert third.end() == 0, third.events[-3:]
    assert third.events[-1]["outcome"] == "done"
    assert not [check for check in third.of("check_done") if check["result"] == "fail"]
    changed = [
        (event["phase"], event["command"])
        for running in (first, second, third)
        for event in running.of("action_done")
        if event["changed"]
    ]
    assert len(changed) == len(set(changed))

    (run,) = runs_left()
    listed = json.loads(llmd_tui("runs", "--output", "json", cwd=tmp_path).out)["runs"]
    assert [(row["id"], row["outcome"], row["simulated"]) for row in listed] == [(run, "done", True)]
    report = Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui" / "runs" / run / "report.md"
    assert "| validate | ✓ done |" in report.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_other_signals_stop_it_too(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(SMALL)
    with Running("apply", "-f", "answers.yaml", "--simulate", "--speed", SPEED, "--yes", cwd=tmp_path) as running:
        running.until(lambda event: event["event"] == "phase_started")
        running.process.send_signal(number)
        assert running.end() == 130
