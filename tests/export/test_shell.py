"""The functions of the script, with a kubectl that says what the test wants."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.export.shell import FUNCTIONS, WAIT_FOR, wait_command
from llmd_tui.plan.actions import Wait

GPU = {"sku": "gpu"}


def run(folder: Path, line: str, said: str, *, limit: int = -1) -> subprocess.CompletedProcess[str]:
    """The line, asked in a script of which kubectl always prints `said` and fails when that is empty."""
    (folder / "said").write_text(said)
    kubectl = folder / "kubectl"
    kubectl.write_text(f'#!/bin/sh\necho asked >> "{folder}/asked"\ncat "{folder}/said"\ntest -s "{folder}/said"\n')
    kubectl.chmod(0o755)
    script = "set -euo pipefail\n" + WAIT_FOR + "".join(FUNCTIONS.values()) + line
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "LIMIT_SECONDS": str(limit), "INTERVAL_SECONDS": "0"}
    return subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("test", "arguments", "said", "ready"),
    [
        ("nodes-ready", {"labels": GPU, "count": 2}, "True\nTrue\n", True),
        ("nodes-ready", {"labels": GPU, "count": 2}, "True\nFalse\n", False),
        ("nodes-ready", {"labels": GPU, "count": 2}, "True\n", False),
        ("nodes-ready", {"labels": GPU, "count": 1}, "", False),
        ("pods-ready", {"namespace": "n", "labels": GPU, "count": 1}, "True\nUnknown\n", True),
        ("pods-ready", {"namespace": "n", "labels": GPU, "count": 2}, "True\n\n", False),
        ("allocatable", {"labels": GPU, "resource": "nvidia.com/gpu", "each": 8}, "=8\n=8\n", True),
        ("allocatable", {"labels": GPU, "resource": "nvidia.com/gpu", "each": 8}, "=8\n=7\n", False),
        ("allocatable", {"labels": GPU, "resource": "nvidia.com/gpu", "each": 8}, "=8\n=\n", False),
        ("allocatable", {"labels": GPU, "resource": "nvidia.com/gpu", "each": 8}, "", False),
        ("allocatable", {"labels": GPU, "resource": "rdma/ib", "each": 1}, "=63\n=1k\n", True),
        ("daemonset-ready", {"namespace": "n", "name": "d", "minimum": 2}, "2 2\n", True),
        ("daemonset-ready", {"namespace": "n", "name": "d", "minimum": 2}, "1 1\n", False),
        ("daemonset-ready", {"namespace": "n", "name": "d"}, "0 0\n", False),
        ("daemonset-ready", {"namespace": "n", "name": "d", "minimum": 2}, "3 2\n", False),
        ("daemonset-ready", {"namespace": "n", "name": "d"}, "", False),
        ("exists", {"kind": "Secret", "namespace": "n", "name": "s"}, "s\n", True),
        ("exists", {"kind": "Secret", "namespace": "n", "name": "s"}, "", False),
    ],
)
def test_waits(tmp_path: Path, test: str, arguments: dict[str, Any], said: str, ready: bool) -> None:
    done = run(tmp_path, wait_command(Wait(test, "it's there", arguments)), said)
    assert (done.returncode == 0) is ready, done
    assert ("gave up waiting for it's there" in done.stderr) is not ready
    assert "syntax error" not in done.stderr


@pytest.mark.parametrize(("slices", "ready"), [("a b", True), ("b a", True), ("a", False), ("", False)])
def test_slices_of_every_node(tmp_path: Path, slices: str, ready: bool) -> None:
    wait = wait_command(Wait("resource-slices", "slices", {"labels": GPU, "driver": "dra.net"}))
    kubectl = f"kubectl() {{ if [[ $2 == nodes ]]; then echo node/a node/b; else echo {slices}; fi | xargs -n1; }}\n"
    assert (run(tmp_path, kubectl + wait, "x").returncode == 0) is ready


def test_what_is_to_hold_is_asked_twice(tmp_path: Path) -> None:
    done = run(tmp_path, wait_command(Wait("exists", "x", {"kind": "Secret", "namespace": "n", "name": "s"}, 0.1)), "s")
    assert done.returncode == 0
    assert (tmp_path / "asked").read_text().count("asked") == 2


def test_a_wait_that_is_given_up_tells_what_kubectl_said(tmp_path: Path) -> None:
    line = "fails() { echo no such thing >&2; return 1; }\nwait_for x 0 fails\necho further"
    done = run(tmp_path, line, "x")
    assert done.returncode == 1
    assert "no such thing" in done.stderr
    assert "further" not in done.stdout
