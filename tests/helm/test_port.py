"""The port against stand-ins for the command, at the process boundary."""

import asyncio
import sys
from pathlib import Path

import pytest

from llmd_tui import helm as port
from llmd_tui.errors import UserError
from llmd_tui.helm import Helm, HelmError


def stand_in(folder: Path, script: str) -> list[str]:
    """A command that runs a Python script with helm's arguments; `get metadata` finds no release."""
    file = folder / "helm.py"
    file.write_text(f"""
import json, os, pathlib, signal, sys, time
if sys.argv[1:3] == ["get", "metadata"]:
    sys.exit("Error: release: not found")
{script}
""")
    return [sys.executable, str(file)]


async def upgrade(command: list[str], lines: list[str], **values: object) -> None:
    await Helm(command).upgrade("r", "n", "oci://example.com/c", "1.2.3", values, on_line=lines.append)


async def test_values_go_in_by_stdin_and_nowhere_else(tmp_path: Path) -> None:
    lines: list[str] = []
    await upgrade(stand_in(tmp_path, "print(sys.argv[1:]); print(json.load(sys.stdin))"), lines, token="canary")
    arguments, values = lines
    assert values == "{'token': 'canary'}"
    assert "canary" not in arguments
    for word in ("--values=-", "--install", "--create-namespace", "--namespace=n", "--version=1.2.3", "--reset-values"):
        assert word in arguments
    assert "'--wait" not in arguments


async def test_cluster_and_repository(tmp_path: Path) -> None:
    lines: list[str] = []
    tried = Helm(stand_in(tmp_path, "print(sys.argv[1:])"), Path("/some/kubeconfig"), "there")
    await tried.upgrade("r", "n", "c", "1", {}, repository="https://example.com/charts", on_line=lines.append)
    for word in ("--kubeconfig=/some/kubeconfig", "--kube-context=there", "--repo=https://example.com/charts"):
        assert word in lines[0]


async def test_lines_come_as_they_are_printed(tmp_path: Path) -> None:
    script = """
print("first", flush=True)
while not pathlib.Path(__file__).with_name("seen").exists():
    time.sleep(0.01)
print("second", file=sys.stderr)
"""
    lines: list[str] = []

    def on_line(line: str) -> None:
        lines.append(line)
        (tmp_path / "seen").touch()

    await Helm(stand_in(tmp_path, script)).upgrade("r", "n", "c", "", {}, on_line=on_line)
    assert lines == ["first", "second"]


async def test_judged_by_exit_code_not_by_stderr(tmp_path: Path) -> None:
    lines: list[str] = []
    await upgrade(stand_in(tmp_path, "print('W1121 warnings.go: deprecated', file=sys.stderr)"), lines)
    assert lines == ["W1121 warnings.go: deprecated"]


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        ("W1121 noise\\nError: first\\n  cause", "first cause"),
        ("one\\ntwo", "one two"),
        ("", "it said nothing"),
        ("Error: " + "\\n".join("abcdefg"), "a b c d e"),
    ],
)
async def test_failure_carries_the_last_words(tmp_path: Path, stderr: str, message: str) -> None:
    with pytest.raises(HelmError) as raised:
        await upgrade(stand_in(tmp_path, f"print('{stderr}', file=sys.stderr); sys.exit(1)"), [])
    assert raised.value.message == f"helm upgrade r failed: {message}"
    assert "helm history r --namespace n" in raised.value.remedy


async def test_large_values_that_nobody_reads(tmp_path: Path) -> None:
    with pytest.raises(HelmError, match="unknown flag"):
        await upgrade(stand_in(tmp_path, "sys.exit('Error: unknown flag')"), [], text="x" * 1_000_000)


async def test_no_helm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match=r"helm cannot be run: No such file or directory\. Install Helm 3 or 4"):
        await Helm().version()


async def test_something_else_called_helm(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"does not look like helm: it says 'hello'\."):
        await Helm(stand_in(tmp_path, "print('hello')")).version()
    with pytest.raises(UserError, match="does not print JSON"):
        await Helm(stand_in(tmp_path, "print('hello')")).values("r", "n")


async def test_a_helm_that_does_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"helm\.py does not work: no library\. Install Helm"):
        await Helm(stand_in(tmp_path, "sys.exit('no library')")).version()
    monkeypatch.setenv("LLMD_TUI_HELM", "helm'")
    with pytest.raises(UserError, match=r"LLMD_TUI_HELM is not a command: helm' \(No closing quotation\)\."):
        Helm()


async def test_command_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    python, script = stand_in(folder, "print('v3.22.0')")
    monkeypatch.setenv("LLMD_TUI_HELM", f"{python} '{script}'")
    assert await Helm().version() == (3, 22)


async def test_cancelled_with_sigterm_first(tmp_path: Path) -> None:
    script = """
def ended(*_):
    pathlib.Path(__file__).with_name("terminated").touch()
    sys.exit(1)
signal.signal(signal.SIGTERM, ended)
print("ready", flush=True)
signal.pause()
"""
    await _cancelled(tmp_path, script)
    assert (tmp_path / "terminated").exists()


async def test_killed_when_it_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "_GRACE", 0.1)
    script = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(__file__).with_name("pid").write_text(str(os.getpid()))
print("ready", flush=True)
while True:
    signal.pause()
"""
    await _cancelled(tmp_path, script)
    with pytest.raises(ProcessLookupError):
        port.os.kill(int((tmp_path / "pid").read_text()), 0)


async def _cancelled(folder: Path, script: str) -> None:
    ready = asyncio.Event()
    running = Helm(stand_in(folder, script)).upgrade("r", "n", "c", "", {}, on_line=lambda _: ready.set())
    task = asyncio.create_task(running)
    await ready.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
