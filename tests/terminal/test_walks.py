"""From the first screen to the last, as a user does it: by keys alone in a small terminal, by mouse in a usual one."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.terminal.program import STEPS, demo, needs_tmux

pytestmark = [needs_tmux, pytest.mark.slow, pytest.mark.timeout(500)]
RUN_SECONDS = 300


def test_by_keys_alone(tmp_path: Path) -> None:
    with demo(tmp_path, (80, 24)) as shown:
        shown.says("nothing created yet", "● target", "✓ eastus2 has room")
        for before, after in pairwise(STEPS):
            shown.keys("Enter")
            shown.says(f"✓ {before}", f"● {after}", "enter continue" if after != STEPS[-1] else "Y create it")
        shown.says("Ready: ", "Y create it")
        shown.keys("Y")
        shown.says("running", "left", "nothing to do")
        shown.says("✓ done", seconds=RUN_SECONDS)
        shown.keys("Enter")
        shown.says("checks passed, none failed.")
        shown.keys("t")
        shown.says("llm-d answers.")
        shown.keys("q")
        assert shown.ended() == 0
        assert "Traceback" not in shown.said
        assert "Journal, logs and report: " in shown.said


def test_by_mouse(tmp_path: Path) -> None:
    with demo(tmp_path, (120, 40)) as shown:
        shown.says("nothing created yet", "● target", "✓ eastus2 has room")
        shown.click("enter continue", last=True)
        shown.says("● size", "ND96isr_H200_v5")
        shown.click("ND96isr_H200_v5")
        shown.says("Standard_ND96isr_H200_v5")
        shown.click("ND96isr_H100_v5")
        shown.says("Standard_ND96isr_H100_v5")
        shown.click("enter continue", last=True)
        shown.says("● drivers", "What follows")
        shown.click("enter continue", last=True)
        shown.says("● path", "✓ pd-disaggregation uses")
        shown.click("optimized-baseline  ")
        shown.says("✓ optimized-baseline uses")
        shown.click("pd-disaggregation  ")
        shown.says("✓ pd-disaggregation uses all 16 GPUs")
        shown.click("enter continue", last=True)
        shown.says("● options", "Namespace")
        shown.click("llm-d-pd-disaggregation")
        shown.text("x")
        shown.says("xllm-d-pd-disaggregation")
        shown.click("enter continue", last=True)
        shown.says("● review", "Ready: ")
        shown.click("gpu-operator   ", last=True)
        shown.says("driver, container toolkit, device plugin")
        shown.click("Y create it", last=True)
        shown.says("running", "left")
        shown.says("✓ done", seconds=RUN_SECONDS)
        shown.click("enter checklist", last=True)
        shown.says("checks passed, none failed.")
        shown.click("t what now", last=True)
        shown.says("llm-d answers.", ".xllm-d-pd-")  # The address goes on in the next row.
        shown.click("q quit", last=True)
        assert shown.ended() == 0
