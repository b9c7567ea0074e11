"""Runs, files and the draft of earlier starts: read in rows, whatever state their files are in."""

import json
import os
import stat
from pathlib import Path

import pytest

from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.draft.draft import Draft
from llmd_tui.events import Event, PhaseDone, PhaseFailed, PhaseStarted, RunEnded, RunStarted
from llmd_tui.plan.make import make_plan
from llmd_tui.plan.output import plan_json
from llmd_tui.presets.loading import folder
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.journal import Journal, summary
from llmd_tui.start.files import answers_files
from llmd_tui.start.kept import forget, keep, kept
from llmd_tui.start.runs import past_runs

PRESET = folder("configs", "h100-pd-disaggregation.yaml").read_text(encoding="utf-8")
PHASES = ("preflight", "gpu-pool", "gpu-operator")


def left(*events: Event, simulate: str | None = None) -> RunDirectory:
    """A run directory as a run leaves it."""
    config = Layered(environment={}, file=Answers.parse(PRESET, "preset")).config()
    directory = RunDirectory.create(Terms("llm-d", simulate), PRESET, plan_json(make_plan(config)))
    journal = Journal(directory)
    for event in events:
        journal.write(event)
    journal.close()
    directory.unlock()
    return directory


def begun(*phases: str) -> list[Event]:
    started: list[Event] = [RunStarted(100, "run", PHASES, resumed=False)]
    return started + [PhaseStarted(110, phase, 60, 120) for phase in phases]


def test_a_run_that_was_killed_says_where_and_what_it_costs() -> None:
    left(*begun("preflight", "gpu-pool"), PhaseDone(130, "preflight", 20, found=False))
    (run,) = past_runs()
    assert (run.outcome, run.at, run.region, run.cluster) == ("interrupted", "gpu-pool", "eastus2", "llm-d")
    assert run.seconds == 30
    assert run.per_hour == 197.51
    assert run.resumable


def test_before_the_node_pool_nothing_is_paid() -> None:
    left(*begun("preflight"), RunEnded(130, "run", "interrupted", 30))
    (run,) = past_runs()
    assert run.per_hour is None


def test_the_failed_phase_is_named_and_attempts_add_up() -> None:
    end = RunEnded(160, "run", "failed", 60)
    again = RunStarted(500, "run", PHASES, resumed=True)
    last = RunEnded(540, "run", "failed", 40)
    left(*begun("gpu-pool", "gpu-operator"), PhaseFailed(150, "gpu-pool", 40, "no", "yes"), end, again, last)
    (run,) = past_runs()
    assert (run.outcome, run.at, run.seconds) == ("failed", "gpu-pool", 100)


def test_a_run_whose_files_are_broken_is_left_out() -> None:
    good, cut, bad = left(), left(*begun("preflight")), left()
    (bad.path / "run.json").write_text("{")
    with cut.journal.open("a") as journal:
        journal.write('{"event": "phase_do')
    assert {run.id for run in past_runs()} == {good.id, cut.id}


def test_a_run_that_goes_on_is_not_to_resume() -> None:
    directory = left(*begun("preflight"))
    directory.lock()
    (run,) = past_runs()
    assert run.outcome == "running"
    assert not run.resumable
    directory.unlock()


def test_a_run_that_is_done_is_done_while_it_is_looked_at() -> None:
    directory = left(*begun("preflight"), RunEnded(160, "run", "done", 60))
    directory.lock()
    (run,) = past_runs()
    assert run.outcome == "done"
    directory.unlock()


def test_a_run_that_was_destroyed_costs_nothing_and_is_not_to_resume() -> None:
    directory = left(*begun("preflight", "gpu-pool"))
    directory.note_destroyed()
    (run,) = past_runs()
    assert (run.outcome, run.per_hour, run.resumable) == ("destroyed", None, False)
    assert summary(directory).outcome == "destroyed"
    directory.note_made_again()
    (run,) = past_runs()
    assert (run.outcome, run.per_hour) == ("interrupted", 197.51)


def test_answers_files_newest_first_and_nothing_else(tmp_path: Path) -> None:
    for age, name in enumerate(("new.yaml", "old.yml")):
        (tmp_path / name).write_text(PRESET)
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / "other.yaml").write_text("apiVersion: v1\nkind: Pod\n")
    (tmp_path / "broken.yaml").write_text("apiVersion: llmd-tui/v1\n  x: [")
    (tmp_path / "large.yaml").write_text(PRESET + "#" * 100_000)
    (tmp_path / "binary.yaml").write_bytes(b"llmd-tui/v1\xff")
    (tmp_path / "odd.yaml").write_text("apiVersion: llmd-tui/v1\npool: 7\npath: [a]\n")
    os.utime(tmp_path / "odd.yaml", (1, 1))
    first, second, odd = answers_files(tmp_path)
    assert (first.name, second.name, odd.name) == ("new.yaml", "old.yml", "odd.yaml")
    assert (first.well_lit_path, first.size, first.nodes) == ("pd-disaggregation", "Standard_ND96isr_H100_v5", 2)
    assert (odd.well_lit_path, odd.size, odd.nodes) == ("", "", 0)


def test_of_runs_with_the_same_answers_the_newest_alone(tmp_path: Path) -> None:
    left()
    newest = left()
    (found,) = answers_files(tmp_path)
    assert found.run == newest.id


def test_no_directory_is_no_error(tmp_path: Path) -> None:
    assert answers_files(tmp_path / "gone") == []


def test_a_draft_comes_back_as_it_was() -> None:
    draft = Draft.begin()
    draft.aim("existing")
    draft.set("pool.size", "Standard_ND96isr_H100_v5")
    draft.say("path.name", "pd-disaggregation", "file")
    keep(draft, "path")
    again = kept()
    assert again
    assert (again.step, again.words) == ("path", "ND96isr_H100_v5, pd-disaggregation")
    restored = again.draft()
    assert restored.answers.text == draft.answers.text
    assert restored.target == "existing"
    assert restored.value("path.name").source == "file"
    forget()
    assert kept() is None


def test_a_draft_is_for_its_owner_and_holds_references_alone() -> None:
    draft = Draft.begin()
    draft.set("huggingFaceToken", "hf_canarycanarycanary")
    draft.set("huggingFaceToken", "env:MY_TOKEN")
    keep(draft, "options")
    file = Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui" / "draft.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "env:MY_TOKEN" in file.read_text()
    assert "canary" not in file.read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 99}', '{"format": 1, "target": "moon"}', "\0"])
def test_a_broken_draft_is_none(text: str) -> None:
    file = Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui" / "draft.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert kept() is None


def test_a_disk_that_cannot_be_written_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    keep(Draft.begin(), "target")
    assert kept() is None


def test_the_draft_is_written_in_one_step() -> None:
    keep(Draft.begin(), "target")
    folder_ = Path(os.environ["XDG_STATE_HOME"]) / "llmd-tui"
    assert [path.name for path in folder_.iterdir()] == ["draft.json"]
    assert json.loads((folder_ / "draft.json").read_text())["step"] == "target"
