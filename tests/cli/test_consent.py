"""In a terminal `apply` shows the plan and asks."""

import os
import sys
from pathlib import Path

import pexpect
import pytest

from tests.answers import AZURE
from tests.cli.program import runs_left

SMALL = AZURE.replace("Standard_ND96isr_H100_v5, nodes: 2", "Standard_NC24ads_A100_v4, nodes: 1").replace(
    "pd-disaggregation", "optimized-baseline"
)


@pytest.mark.parametrize(
    ("answer", "said", "code"), [("y\r", "Nothing was created.", 2), ("\x03", "Stopped.", 130)], ids=["no", "ctrl+c"]
)
def test_anything_but_y_creates_nothing(answer: str, said: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(SMALL)
    program = pexpect.spawn(
        sys.executable,
        ["-m", "llmd_tui", "apply", "-f", "answers.yaml", "--simulate"],
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
        encoding="utf-8",
    )
    try:
        program.expect("Critical path: .*model-server.*Type Y to create this: ")
        program.send(answer)
        program.expect_exact(said)
        program.expect(pexpect.EOF)
    finally:
        program.close(force=True)
    assert program.exitstatus == code
    assert runs_left() == []
