"""What is wrong is said; nothing is written, nothing is created, and no traceback comes out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import AZURE, KUBECONFIG, Said, llmd_tui, runs_left

TOKEN = {"HF_TOKEN": "hf_canary0123456789abcdef"}
HELM = {"LLMD_TUI_HELM": f"{sys.executable} -m llmd_tui.simulator.helm"}


def refused(said: Said, *words: str) -> None:
    assert said.code == 2, said
    assert said.out == ""
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err
    assert len(said.err.splitlines()) <= 12
    assert runs_left() == []
    assert TOKEN["HF_TOKEN"] not in said.err


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.yaml"
    file.write_text(AZURE)
    return file


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_no_such_file(command: str, tmp_path: Path) -> None:
    refused(llmd_tui(command, "-f", "absent.yaml", cwd=tmp_path), "absent.yaml", "does not exist")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("", "is empty"),
        ("\x00\x01", "answers.yaml"),
        (AZURE + "colour: red\n", "'colour' is not a key here"),
        (AZURE.replace("Standard_ND96isr_H100_v5", "Standard_ND96isr_H100"), "Standard_ND96isr_H100"),
        (AZURE.replace("nodes: 2", "nodes: 1"), "pd-disaggregation needs 2"),
        (AZURE.replace("nodes: 2", "nodes: 2, osSku: AzureLinux3"), "AzureLinux3"),
        (AZURE.replace("env:HF_TOKEN", "hf_canary0123456789abcdef"), "huggingFaceToken"),
    ],
)
def test_answers_that_cannot_be(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(text)
    refused(llmd_tui("apply", "-f", "answers.yaml", "--yes", cwd=tmp_path), said)


def test_flags(answers: Path, tmp_path: Path) -> None:
    refused(llmd_tui("plan", "-f", str(answers), "--set", "pool.nodes", cwd=tmp_path), "--set FIELD=VALUE")
    refused(llmd_tui("plan", "-f", str(answers), "--set", "pool.nods=3", cwd=tmp_path), "pool.nods")
    refused(llmd_tui("apply", "-f", str(answers), "--yes", "--skip", "gateways", cwd=tmp_path), "gateway")
    refused(llmd_tui("apply", "-f", str(answers), "--yes", "--skip", "access", cwd=tmp_path), "cannot be skipped")
    refused(llmd_tui("apply", "-f", str(answers), "--speed", "0", cwd=tmp_path), "0.1")
    refused(llmd_tui("nonsense", cwd=tmp_path), "nonsense")


def test_no_terminal(answers: Path, tmp_path: Path) -> None:
    refused(llmd_tui(cwd=tmp_path), "needs a terminal")
    refused(llmd_tui("demo", cwd=tmp_path), "needs a terminal")
    refused(llmd_tui("apply", "-f", str(answers), cwd=tmp_path, env=TOKEN), "--yes")


def test_a_missing_token(answers: Path, tmp_path: Path) -> None:
    said = llmd_tui("apply", "-f", str(answers), "--yes", cwd=tmp_path, env=HELM)
    refused(said, "HF_TOKEN is not set", "Set it in the shell")


def test_no_helm(answers: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    said = llmd_tui("apply", "-f", str(answers), "--yes", cwd=tmp_path, env={**TOKEN, "PATH": str(empty)})
    refused(said, "helm cannot be run", "Install Helm")


def test_a_dead_endpoint(answers: Path, tmp_path: Path) -> None:
    dead = {**TOKEN, **HELM, "LLMD_TUI_ARM_ENDPOINT": "http://127.0.0.1:1"}
    refused(llmd_tui("apply", "-f", str(answers), "--yes", cwd=tmp_path, env=dead), "No answer from Azure")


@pytest.fixture
def kubeconfig_answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.yaml"
    file.write_text(KUBECONFIG)
    return file


def write_kubeconfig(path: Path, context: str) -> dict[str, str]:
    path.write_text(
        "apiVersion: v1\nkind: Config\n"
        f"contexts: [{{name: {context}, context: {{cluster: c, user: u}}}}]\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    return {**TOKEN, **HELM, "KUBECONFIG": str(path)}


def test_a_kubeconfig_that_points_nowhere(kubeconfig_answers: Path, tmp_path: Path) -> None:
    env = write_kubeconfig(tmp_path / "config", "mine")
    said = llmd_tui("apply", "-f", str(kubeconfig_answers), "--yes", cwd=tmp_path, env=env)
    refused(said, "127.0.0.1:1")
    refused(llmd_tui("validate", "-f", str(kubeconfig_answers), cwd=tmp_path, env=env), "127.0.0.1:1")


def test_a_context_that_is_not_there(kubeconfig_answers: Path, tmp_path: Path) -> None:
    env = write_kubeconfig(tmp_path / "config", "yours")
    said = llmd_tui("apply", "-f", str(kubeconfig_answers), "--yes", cwd=tmp_path, env=env)
    refused(said, "has no context mine", "yours")
    said = llmd_tui("apply", "-f", str(kubeconfig_answers), "--yes", "--context", "other", cwd=tmp_path, env=env)
    refused(said, "has no context other")


def test_no_kubeconfig(kubeconfig_answers: Path, tmp_path: Path) -> None:
    env = {**TOKEN, **HELM, "KUBECONFIG": str(tmp_path / "absent")}
    refused(llmd_tui("apply", "-f", str(kubeconfig_answers), "--yes", cwd=tmp_path, env=env), "no kubeconfig at")


def test_resume_without_a_run(tmp_path: Path) -> None:
    refused(llmd_tui("resume", cwd=tmp_path), "no run to take up again")
    refused(llmd_tui("resume", "20260101-000000-x", cwd=tmp_path), "There is no run 20260101-000000-x")


def test_a_scenario_that_is_not_there(answers: Path, tmp_path: Path) -> None:
    said = llmd_tui("apply", "-f", str(answers), "--yes", "--simulate", "nonsense", cwd=tmp_path)
    refused(said, "nonsense is not a scenario")


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-m", "llmd_tui", "schema"],
        env={**os.environ, "PYTHONPATH": root},
        cwd=tmp_path,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(write)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 1
