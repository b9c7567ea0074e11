"""The whole program in a real terminal, on the simulators."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import pexpect
import pytest

from llmd_tui.config.answers import Answers
from tests.cli.program import llmd_tui, runs_left

ROOT = Path(__file__).parents[2]
ENDS = {"dumb": (": $", ""), "xterm-256color": (":\x1b", "\x1b[?2004l")}
"""What follows a prompt, and its answer: in a dumb terminal nothing, else what prompt_toolkit does to the screen."""


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Generator[Mapping[str, str]]:
    """The variables that lead to them."""
    with subprocess.Popen(
        [sys.executable, "-m", "llmd_tui.simulator.run", "smooth", "--speed", "1000"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        yield {
            "LLMD_TUI_ARM_ENDPOINT": told["arm"],
            "KUBECONFIG": told["kubeconfig"],
            "LLMD_TUI_HELM": told["helm"],
            "LLMD_TUI_MANIFESTS": told["manifests"],
            "LLMD_TUI_CLOCK": told["clock"],
            "HF_TOKEN": "simulated",
        }
        process.terminate()


class Terminal:
    """The program with --plain, 80 columns wide."""

    def __init__(
        self, cwd: Path, env: Mapping[str, str], term: str, *, command: Sequence[str] = (), more: Sequence[str] = ()
    ) -> None:
        self._end, self._after = ENDS[term]
        self._heard = io.StringIO()
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "llmd_tui", *command, "--plain", *more],
            env={**os.environ, **env, "PYTHONPATH": str(ROOT), "TERM": term},
            cwd=str(cwd),
            encoding="utf-8",
            dimensions=(24, 80),
            timeout=60,
        )
        self.child.logfile_read = self._heard

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def heard(self) -> str:
        """All that the terminal got."""
        return self._heard.getvalue()

    def through(self, question: str, typed: str) -> None:
        """Takes what is in the brackets, until a question comes."""
        for _ in range(40):
            self.child.expect(rf"\[[^\]\r\n]*\]{self._end}")
            if f"{self.child.before}{self.child.after}".rstrip(": ").endswith(question):
                self.child.sendline(typed)
                return
            self.child.sendline("")
        raise AssertionError(f"{question} did not come")

    def prompt(self, question: str) -> str:
        """Waits for a question; what was said before it."""
        self.child.expect_exact(question)
        before = str(self.child.before)
        self.child.expect(self._end)
        return before

    def answer(self, question: str, typed: str = "") -> str:
        before = self.prompt(question)
        self.child.sendline(typed)
        if self._after:
            self.child.expect_exact(self._after)
        return before

    def walk(self) -> str:
        """To the plan, with what is in the brackets but for a size; what was said on the way."""
        said = [self.answer("Number or name [New AKS cluster]"), self.answer("Resource group [llmd]", "rg")]
        said += [self.answer("Cluster name [llmd]"), self.answer("Number or name [eastus2]")]
        said += [self.answer("Number or name [ND96isr_H100_v5]", "NC24ads_A100_v4")]
        said += [self.answer("How many nodes of NC24ads_A100_v4 [", "1"), self.answer("Number or name [gpu-operator]")]
        said += [self.answer("Number or name [Ubuntu 24.04]"), self.answer("Number or name [optimized-baseline]")]
        said += [self.answer("Number or name [Qwen/"), self.answer("[none]"), self.answer("yes or no [no]")]
        return "".join(said)

    def end(self) -> tuple[int | None, str]:
        """Exit code, and what was said last."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus, str(self.child.before)


def test_questionary_reads_the_lines(simulators: Mapping[str, str], tmp_path: Path) -> None:
    with Terminal(tmp_path, simulators, "xterm-256color") as terminal:
        said = terminal.walk()
        terminal.answer("Write the answers to a file, or none [llmd.yaml]", "mine.yaml")
        terminal.answer("q leaves [q]", "q")
        code, last = terminal.end()
    assert (code, runs_left()) == (0, [])
    assert "Nothing was created." in last
    assert "Not possible now, " in said
    answers = Answers.load(tmp_path / "mine.yaml")
    assert answers.get("pool") == {"size": "Standard_NC24ads_A100_v4", "nodes": 1}
    assert answers.get("target.azure.resourceGroup") == "rg"


def test_a_dumb_terminal_up_to_the_run(simulators: Mapping[str, str], tmp_path: Path) -> None:
    with Terminal(tmp_path, simulators, "dumb") as terminal:
        said = terminal.walk()
        terminal.answer("Write the answers to a file, or none [llmd.yaml]", "none")
        said += terminal.answer("q leaves [q]", "y")
        said += terminal.answer("q leaves [q]", "Y")
        terminal.child.expect_exact("START preflight")
        terminal.child.expect_exact("DONE preflight")
        terminal.child.sendintr()
        code, last = terminal.end()
    assert code == 130
    (name,) = runs_left()
    assert f"`llmd-tui resume {name}`" in last
    assert list(tmp_path.iterdir()) == []
    assert "\x1b" not in said + last
    assert "Not taken: Give Y, c, o or q; Y is a capital, because it buys." in said


def test_a_failure_is_explained_and_the_user_decides(tmp_path: Path) -> None:
    """On a quota that shrinks between the plan and the order."""
    env = {"HF_TOKEN": "hf_simulated"}
    after = "resume goes on later [q]"
    with Terminal(tmp_path, env, "dumb", command=("demo",), more=("--scenario", "quota-at-put")) as terminal:
        terminal.through("leaves [q]", "Y")
        failed = terminal.answer(after, "c")
        checks = terminal.answer(after, "<")
        terminal.answer(after, "r")
        again = terminal.answer(after, "S")
        skipped = terminal.answer(after, "q")
        code, last = terminal.end()
    assert code == 1
    assert "FAILED cluster" in failed
    assert "BLOCKED by cluster: access, " in failed
    lines = [line.partition(":")[0] for line in failed.splitlines()]
    at = lines.index("STUCK cluster")
    assert lines[at : at + 4] == ["STUCK cluster", "cause", "remedy", "command"]
    assert "azure-quota: pass, " in checks
    assert "START cluster" in again
    assert "SKIP cluster: skipped by hand" in skipped
    assert "START access" in skipped
    assert "resume" in last
    assert "\x1b" not in terminal.heard


@pytest.mark.parametrize(("term", "leave"), [("dumb", "d"), ("xterm-256color", "c")])
def test_leaving_at_a_question(simulators: Mapping[str, str], tmp_path: Path, term: str, leave: str) -> None:
    with Terminal(tmp_path, simulators, term) as terminal:
        terminal.prompt("Number or name [New AKS cluster]")
        terminal.child.sendcontrol(leave)
        code, last = terminal.end()
    assert code == 130
    assert "Nothing was created." in last
    assert "Traceback" not in last
    assert (runs_left(), list(tmp_path.iterdir())) == ([], [])


def test_no_terminal(tmp_path: Path) -> None:
    said = llmd_tui("--plain", cwd=tmp_path)
    assert (said.code, said.out) == (2, "")
    assert "needs a terminal" in said.err
