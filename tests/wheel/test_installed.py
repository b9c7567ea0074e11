"""The wheel, installed in a clean environment, does its work. `LLMD_TUI_INSTALLED` names its llmd-tui."""

import json
import os
import subprocess
from pathlib import Path

import pexpect
import pytest

from tests.answers import AZURE

PROGRAM = os.environ.get("LLMD_TUI_INSTALLED", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="LLMD_TUI_INSTALLED names no installed llmd-tui")


def run(*arguments: str, cwd: Path) -> str:
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


def test_version(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).startswith("llmd-tui ")


def test_schema(tmp_path: Path) -> None:
    assert json.loads(run("schema", cwd=tmp_path))["title"] == "Config"


def test_plan(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(AZURE)
    plan = json.loads(run("plan", "-f", "answers.yaml", "--output", "json", cwd=tmp_path))
    assert "model-server" in [phase["name"] for phase in plan["phases"]]


def test_first_frame_of_the_demo(tmp_path: Path) -> None:
    environment = os.environ | {"TERM": "xterm-256color", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    child = pexpect.spawn(PROGRAM, ["demo"], cwd=str(tmp_path), env=environment, dimensions=(40, 120), timeout=60)
    try:
        child.expect("nothing created yet")
    finally:
        child.sendcontrol("q")
        child.close(force=True)
