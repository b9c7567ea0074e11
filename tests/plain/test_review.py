"""The plan, the file and the run that come after the questions."""

from pathlib import Path

import pytest

from llmd_tui.config.answers import Answers
from llmd_tui.draft.draft import Draft
from llmd_tui.errors import UserError
from llmd_tui.plain.review import WHAT_NEXT
from llmd_tui.plain.wizard import start
from llmd_tui.simulator.arm import ArmServer
from llmd_tui.start.kept import kept
from tests.cli.program import runs_left
from tests.plain.script import LEAVE, Script

FILE = "Write the answers to a file"


def started(script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    monkeypatch.setattr("llmd_tui.plain.wizard.asker", lambda: script)
    monkeypatch.chdir(tmp_path)
    code = start(answers=None, demo=False, scenario="")
    assert script.left == {}
    return code


def test_the_plan_in_lines(
    azure: ArmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Script(
        {"Well-lit path": "1", FILE: ["none", "none"], WHAT_NEXT: ["c", "o", "q"], "Change what?": ["drivers", "done"]}
    )
    assert started(script, monkeypatch, tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    (plan, changed) = [number for number, line in enumerate(lines) if line.startswith("Plan: ")]
    assert "  cluster: about 10m; done after about 12m; after features; on the critical path" in lines[plan:changed]
    assert "  resource group: llmd" in lines[plan:changed]
    assert "  AKS Standard tier: $0.10/h" in lines[plan:changed]
    assert any(line.startswith("  az aks create ") for line in lines[plan:changed])
    assert lines[-2:] == ["Nothing was created.", "Your answers are kept; the next start offers them."]
    assert (runs_left(), list(tmp_path.iterdir())) == ([], [])


def test_the_file_is_the_draft_and_replaces_nothing(
    azure: ArmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "llmd.yaml").write_text("mine")
    assert started(Script({FILE: [str(tmp_path / "no" / "such.yaml"), ""]}), monkeypatch, tmp_path) == 0
    out = capsys.readouterr().out
    assert "Not taken: " in out
    assert "Written to llmd-2.yaml." in out
    assert (tmp_path / "llmd.yaml").read_text() == "mine"
    written = Answers.load(tmp_path / "llmd-2.yaml")
    assert written.text == Draft.begin(tmp_path / "llmd-2.yaml").whole().text
    assert written.get("path.name") == "optimized-baseline"


def test_what_the_run_lacks_is_told_and_asked_again(
    azure: ArmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLMD_TUI_HELM", str(tmp_path / "absent"))
    assert started(Script({FILE: "none", WHAT_NEXT: ["Y", "q"]}), monkeypatch, tmp_path) == 0
    assert "Failed: " in capsys.readouterr().out
    assert runs_left() == []


def test_leaving_leaves_nothing(azure: ArmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        started(Script({FILE: LEAVE}), monkeypatch, tmp_path)
    assert (runs_left(), list(tmp_path.iterdir())) == ([], [])


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        start(answers=tmp_path / "absent.yaml", demo=False, scenario="")


def test_what_was_left_is_offered_and_forgotten_with_its_run(
    azure: ArmServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        started(Script({"Cluster name": "mine", "Region": LEAVE}), monkeypatch, tmp_path)
    assert "Your answers are kept; the next start offers them." in capsys.readouterr().out
    offer = "A draft of "
    again = Script({offer: ["<", "yes"], FILE: "none"})
    assert started(again, monkeypatch, tmp_path) == 0
    assert "Cluster name [mine]" in again.asked
    left = kept()
    assert left and left.draft().answers.get("target.azure.cluster") == "mine"
    fresh = Script({offer: "no", FILE: "none", "Region": LEAVE})
    with pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr("llmd_tui.plain.wizard.asker", lambda: fresh)
        start(answers=None, demo=False, scenario="")
    assert "Cluster name [llmd]" in fresh.asked
    file = tmp_path / "a.yaml"
    file.write_text(left.answers)
    with pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr("llmd_tui.plain.wizard.asker", lambda: Script({"Where": LEAVE}))
        start(answers=file, demo=False, scenario="")
