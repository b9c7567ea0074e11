"""The program in a terminal that changes, is too small, or is left."""

from pathlib import Path

import pytest

from tests.terminal.program import demo, needs_tmux, program
from tests.terminal.tmux import Terminal

pytestmark = [needs_tmux, pytest.mark.slow, pytest.mark.timeout(400)]

SLOWLY = "10"
"""So slow that the cluster is being created for half a minute."""


def to_the_run(shown: Terminal) -> None:
    """From the wizard's first step, as it is."""
    shown.says("● target", "✓ eastus2 has room")
    for step in ("size", "drivers", "path", "options"):
        shown.keys("Enter")
        shown.says(f"● {step}", "enter continue")
    shown.keys("Enter")
    shown.says("● review", "Y create it")
    shown.keys("Y")
    shown.says("running", "left")


def test_resized_with_a_dialog_open(tmp_path: Path) -> None:
    with demo(tmp_path, (120, 40)) as shown:
        shown.says("● target", "✓ eastus2 has room")
        shown.keys("?")
        shown.says("This screen", "╭")
        shown.resize(80, 24)
        shown.until(lambda: len(shown.rows[0]) <= 80 and "This screen" in shown.screen, "folds")
        shown.resize(72, 20)
        shown.keys("Escape")
        shown.says("needs 80×24, has 72×20")
        shown.resize(200, 50)
        shown.says("● target", "✓ eastus2 has room", "enter continue")
        shown.keys("Enter")
        shown.says("✓ target", "● size")
        shown.keys("C-c")
        shown.ended()
        assert "Traceback" not in shown.said


def test_resized_during_the_run_and_stopped(tmp_path: Path) -> None:
    with program(tmp_path, "demo", "--speed", SLOWLY) as shown:
        to_the_run(shown)
        shown.says("Creating the cluster")
        for size in ((200, 50), (80, 24), (72, 20), (120, 40)):
            shown.resize(*size)
            shown.says("needs 80×24" if size == (72, 20) else "Nodes")
        shown.says("Phases", "Pods")
        shown.keys("C-c")
        shown.says("Stopping", "ctrl+c")
        shown.keys("C-c")
        assert shown.ended() == 130
        assert "goes on." in shown.said
        assert "Traceback" not in shown.said


def test_once_is_enough_to_stop_after_what_is_in_flight(tmp_path: Path) -> None:
    with demo(tmp_path, (120, 40)) as shown:
        to_the_run(shown)
        shown.keys("C-c")
        assert shown.ended() == 130
        assert "llmd-tui resume" in shown.said
        assert "Traceback" not in shown.said


def test_too_small_from_the_start(tmp_path: Path) -> None:
    with program(tmp_path, size=(72, 20)) as shown:
        shown.says("needs 80×24, has 72×20")
        shown.resize(80, 24)
        shown.says("What next")
        shown.keys("q")
        assert shown.ended() == 0
