"""How the program ends, in a real terminal: by key, by signal, and when the terminal itself is gone."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.program import runs_left

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"
RESTORED = "\x1b[?1049l"
"""The terminal has its own screen again."""
SPEED = "400"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "HF_TOKEN": "hf_simulated"}


@contextmanager
def terminal(cwd: Path, *arguments: str) -> Generator["pexpect.spawn[str]"]:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "llmd_tui", *arguments],
        env=environment(),
        cwd=str(cwd),
        encoding="utf-8",
        dimensions=(40, 120),
        timeout=60,
    )
    try:
        yield child
    finally:
        if child.isalive():
            child.close(force=True)


def end(child: "pexpect.spawn[str]") -> tuple[int | None, str]:
    """Exit code, and what was said last."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, str(child.before)


def hang_up(child: "pexpect.spawn[str]") -> int:
    """Takes the terminal away; the exit code."""
    assert child.pid
    pty: Any = vars(child)["ptyproc"]
    pty.fileobj.close()
    _, status = os.waitpid(child.pid, 0)
    pty.terminated = pty.closed = child.terminated = child.closed = True
    return os.waitstatus_to_exitcode(status)


def half_way(cwd: Path) -> str:
    """A simulated run that was interrupted while its cluster came into being; its id."""
    command = [sys.executable, "-m", "llmd_tui", "apply", "-f", str(CONFIG)]
    with subprocess.Popen(
        [*command, "--simulate", "smooth", "--speed", SPEED, "--yes"],
        env=environment(),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        assert any("DONE preflight" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        for _ in process.stdout:
            pass
    assert process.returncode == 130
    (run,) = runs_left()
    return run


def journal(run: str) -> list[dict[str, Any]]:
    path = Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui" / "runs" / run / "journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_the_start_screen(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path) as child:
        child.expect_exact("No run yet.")
        child.kill(number)
        code, said = end(child)
    assert code == 130
    assert RESTORED in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_ctrl_c_in_a_dialog(tmp_path: Path) -> None:
    with terminal(tmp_path) as child:
        child.expect_exact("No run yet.")
        child.send("o")
        child.expect_exact("Open an answers file")
        child.send("\x03")
        code, said = end(child)
    assert code == 130
    assert RESTORED in said


def test_the_wizard_without_its_terminal_keeps_the_draft(tmp_path: Path) -> None:
    with terminal(tmp_path, "-f", str(CONFIG)) as child:
        child.expect_exact("Cluster name")
        child.send("\t\t\t")
        child.send("mine")
        child.send("\t")
        # Whose it is stands above it: on a loaded machine both come in one frame.
        child.expect(r"(?s)mine.*you *\x1b|you *\x1b.*mine")
        assert hang_up(child) == 130
    kept = json.loads((Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui" / "draft.json").read_text())
    assert "mine" in kept["answers"]
    with terminal(tmp_path) as child:
        child.expect_exact("Continue the draft")
        child.send("c")
        child.expect_exact("mine")


def test_a_run_is_taken_up_and_stopped(tmp_path: Path) -> None:
    run = half_way(tmp_path)
    with terminal(tmp_path) as child:
        child.expect_exact("Resume llm-d")
        child.send("r")
        child.expect_exact("Phases")
        child.send("q")
        child.expect_exact("The run stops after what is in flight")
        child.send("\x1b")
        child.send("\x03")
        code, said = end(child)
    assert code == 130
    assert f"`llmd-tui resume {run}` looks again and goes on." in said
    assert journal(run)[-1]["outcome"] == "interrupted"


@pytest.mark.slow
def test_a_run_goes_on_without_its_terminal(tmp_path: Path) -> None:
    run = half_way(tmp_path)
    with terminal(tmp_path) as child:
        child.expect_exact("Resume llm-d")
        child.send("r")
        child.expect_exact("Phases")
        assert hang_up(child) == 0
    assert journal(run)[-1]["event"] == "run_ended"
    assert journal(run)[-1]["outcome"] == "done"


@pytest.mark.slow
def test_sigterm_stops_a_run_that_can_be_resumed(tmp_path: Path) -> None:
    run = half_way(tmp_path)
    with terminal(tmp_path) as child:
        child.expect_exact("Resume llm-d")
        child.send("r")
        child.expect_exact("Phases")
        child.kill(signal.SIGTERM)
        code, said = end(child)
    assert code == 130
    assert RESTORED in said
    assert f"`llmd-tui resume {run}`" in said
    assert journal(run)[-1]["outcome"] == "interrupted"
