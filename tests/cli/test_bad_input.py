"""What is wrong is said; nothing is written, nothing is created, and no traceback comes out."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from llmd_tui.cli import main
from tests.answers import AZURE, KUBECONFIG
from tests.cli.program import Said, llmd_tui, runs_left

TOKEN = {"HF_TOKEN": "hf_canary0123456789abcdef"}
HELM = {
    "LLMD_TUI_HELM": f"{sys.executable} -m llmd_tui.simulator.helm",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}


Refused = Callable[..., None]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refused:
    """Calls the program in this process, where a traceback would be the test's own; judges how it refused."""
    monkeypatch.chdir(tmp_path)

    def call(arguments: str, *words: str, env: Mapping[str, str] | None = None) -> None:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        try:
            code = main(arguments.split())
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        judge(Said(int(code or 0), out, err), *words)

    return call


def judge(said: Said, *words: str) -> None:
    assert said.code == 2, said
    assert said.out == ""
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err
    assert len(said.err.splitlines()) <= 12
    assert runs_left() == []
    assert TOKEN["HF_TOKEN"] not in said.err


@pytest.fixture
def answers(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(AZURE)


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_no_such_file(command: str, refused: Refused) -> None:
    refused(f"{command} -f absent.yaml", "absent.yaml", "does not exist")


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
def test_answers_that_cannot_be(text: str, said: str, tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "answers.yaml").write_text(text)
    refused("apply -f answers.yaml --yes", said)


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("plan -f answers.yaml --set pool.nodes", "--set FIELD=VALUE"),
        ("plan -f answers.yaml --set pool.nods=3", "pool.nods"),
        ("apply -f answers.yaml --yes --skip gateways", "gateway"),
        ("apply -f answers.yaml --yes --skip access", "cannot be skipped"),
        ("apply -f answers.yaml --yes --speed 0", "0.1"),
        ("apply -f answers.yaml --yes --simulate nonsense", "nonsense is not a scenario"),
        ("nonsense", "nonsense"),
    ],
)
def test_arguments_that_cannot_be(arguments: str, said: str, refused: Refused) -> None:
    refused(arguments, said)


@pytest.mark.usefixtures("answers")
def test_no_terminal(refused: Refused) -> None:
    refused("apply -f answers.yaml", "--yes", env=TOKEN)


@pytest.mark.parametrize("arguments", [[], ["demo"]])
def test_no_terminal_for_the_wizard(arguments: list[str], tmp_path: Path) -> None:
    judge(llmd_tui(*arguments, cwd=tmp_path), "needs a terminal", "plan -f FILE")


@pytest.mark.usefixtures("answers")
def test_a_missing_token(refused: Refused) -> None:
    refused("apply -f answers.yaml --yes", "HF_TOKEN is not set", "Set it in the shell", env=HELM)


@pytest.mark.usefixtures("answers")
def test_no_helm(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "bin").mkdir()
    env = {**TOKEN, "PATH": str(tmp_path / "bin")}
    refused("apply -f answers.yaml --yes", "helm cannot be run", "Install Helm", env=env)


@pytest.mark.usefixtures("answers")
def test_a_dead_endpoint(refused: Refused) -> None:
    dead = {**TOKEN, **HELM, "LLMD_TUI_ARM_ENDPOINT": "http://127.0.0.1:1"}
    refused("apply -f answers.yaml --yes", "No answer from Azure", env=dead)


@pytest.fixture
def kubeconfig(tmp_path: Path) -> dict[str, str]:
    """Answers for the context `mine`, and a kubeconfig that has it, of a server that does not answer."""
    (tmp_path / "answers.yaml").write_text(KUBECONFIG)
    (tmp_path / "config").write_text(
        "apiVersion: v1\nkind: Config\n"
        "contexts: [{name: mine, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    return {**TOKEN, **HELM, "KUBECONFIG": str(tmp_path / "config")}


def test_a_kubeconfig_that_points_nowhere(kubeconfig: dict[str, str], refused: Refused) -> None:
    refused("apply -f answers.yaml --yes", "127.0.0.1:1", env=kubeconfig)
    refused("validate -f answers.yaml", "127.0.0.1:1", env=kubeconfig)


def test_a_context_that_is_not_there(kubeconfig: dict[str, str], refused: Refused) -> None:
    refused("apply -f answers.yaml --yes --context other", "has no context other", "mine", env=kubeconfig)


def test_a_rehearsal_of_a_cluster_that_exists(kubeconfig: dict[str, str], refused: Refused) -> None:
    refused("apply -f answers.yaml --yes --simulate", "takes a config with target.azure", env=kubeconfig)


def test_no_kubeconfig(kubeconfig: dict[str, str], tmp_path: Path, refused: Refused) -> None:
    env = kubeconfig | {"KUBECONFIG": str(tmp_path / "absent")}
    refused("apply -f answers.yaml --yes", "no kubeconfig at", env=env)


@pytest.mark.usefixtures("answers")
def test_a_place_that_is_taken(tmp_path: Path, refused: Refused) -> None:
    refused(f"export -f answers.yaml --to {tmp_path}", "is not an empty directory")


def test_resume_without_a_run(refused: Refused) -> None:
    refused("resume", "no run to take up again")
    refused("resume 20260101-000000-x", "There is no run 20260101-000000-x")


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
