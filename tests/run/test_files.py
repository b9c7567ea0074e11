"""Run directories, journals, tokens: what the next process finds."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeAlias

import pytest

from llmd_tui import events as e
from llmd_tui.errors import UserError
from llmd_tui.plan.actions import Arm
from llmd_tui.run.directory import RunDirectory, Terms, directories, find
from llmd_tui.run.journal import Journal, read, summary
from llmd_tui.run.report import report
from llmd_tui.run.tokens import Tokens

TERMS = Terms("llmd")
Create: TypeAlias = Callable[..., RunDirectory]


@pytest.fixture
def create() -> Generator[Create]:
    """Makes run directories, whose locks do not outlive the test."""
    made: list[RunDirectory] = []

    def make(answers: str = "") -> RunDirectory:
        made.append(RunDirectory.create(TERMS, answers, {"phases": []}))
        return made[-1]

    yield make
    for directory in made:
        directory.unlock()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_directory_is_its_owners_alone_and_listed_newest_first(create: Create) -> None:
    first = create("a: 1\n")
    second = create("a: 2\n")
    assert first.id != second.id
    assert [directory.id for directory in directories()] == sorted([first.id, second.id], reverse=True)
    assert mode(first.path) == 0o700
    assert {mode(path) for path in first.path.iterdir() if path.name.endswith((".yaml", ".json"))} == {0o600}
    assert find(first.id).answers.read_text() == "a: 1\n"
    assert find(first.id).terms == TERMS


def test_an_unwritable_state_directory_falls_back_to_the_temporary_one(
    create: Create, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    made = create()
    assert made.path.is_relative_to(tmp_path / "temporary")
    assert find(made.id).path == made.path


def test_an_unknown_run_is_named_with_those_that_are_known(create: Create) -> None:
    made = create()
    with pytest.raises(UserError, match=made.id):
        find("nothing")


def test_a_run_belongs_to_one_process(create: Create) -> None:
    made = create()
    code = (
        "import sys; from pathlib import Path; from llmd_tui.errors import UserError\n"
        "from llmd_tui.run.directory import RunDirectory\n"
        "directory = RunDirectory(Path(sys.argv[1]))\n"
        "assert directory.locked()\n"
        "try: directory.lock()\n"
        "except UserError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code, str(made.path)], capture_output=True, text=True, check=True)
    assert f"is being run by process {os.getpid()}" in said.stdout
    made.unlock()
    assert not made.locked()
    made.lock()


def test_the_journal_comes_back_and_a_half_written_line_does_not_matter(create: Create) -> None:
    made = create()
    journal = Journal(made)
    written: list[e.Event] = [
        e.RunStarted(10, made.id, ("crds", "lws"), resumed=False),
        e.PhaseStarted(10, "crds", 15, 60),
        e.Output(11, "crds", "a line of helm"),
        e.PhaseDone(12, "crds", 2, found=False),
        e.PhaseFailed(13, "lws", 3, "no space", "make room"),
    ]
    for event in written:
        journal.write(event)
    with made.journal.open("a") as file:
        file.write('{"event": "run_end')
    assert read(made) == written
    assert "a line of helm" in (made.path / "logs" / "crds.log").read_text()
    row = summary(made)
    assert (row.outcome, row.done, row.phases) == ("running", 1, 2)
    made.unlock()
    assert summary(made).outcome == "interrupted"
    assert summary(made).resumable
    journal.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_ends_the_journal_and_not_the_run(create: Create) -> None:
    made = create()
    made.journal.symlink_to("/dev/full")
    journal = Journal(made)
    for _ in range(3):
        journal.write(e.PhaseStarted(10, "crds", 15, 60))
    journal.close()


def test_the_last_word_counts_in_summary_and_report(create: Create) -> None:
    made = create()
    journal = Journal(made)
    for event in (
        e.RunStarted(0, made.id, ("crds", "lws", "route"), resumed=False),
        e.PhaseStarted(0, "crds", 15, 60),
        e.PhaseDone(20, "crds", 20, found=False),
        e.PhaseFailed(30, "lws", 10, "no space", "make room"),
        e.PhaseBlocked(30, "route", "lws"),
        e.RunEnded(30, made.id, "failed", 30),
        e.RunStarted(100, made.id, ("crds", "lws", "route"), resumed=True),
        e.PhaseDone(101, "crds", 1, found=True),
        e.PhaseDone(160, "lws", 59, found=False),
        e.CheckDone("c1", "A | B", "pass", "2 of 2", "", "", at=161, phase="route"),
        e.PhaseSkipped(161, "route", "by hand"),
        e.RunEnded(161, made.id, "done", 61),
    ):
        journal.write(event)
    journal.close()
    made.unlock()
    assert summary(made).outcome == "done"
    assert summary(made).done == 3
    text = report(made.id, read(made))
    assert "| crds | ✓ done | 20s | 15s |" in text
    assert "| lws | ✓ done | 59s |  |" in text
    assert "| route | – skipped: by hand |  |  |" in text
    assert "## lws failed" not in text
    assert "| ✓ pass | `c1`: A \\| B | 2 of 2 | 0s |" in text
    assert "done after 2m41s, 1m10s of it interrupted." in text


def test_tokens_survive_the_process_and_go_with_the_operation(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    put = Arm("PUT", "/subscriptions/s", "1", {}, ())
    first = Tokens(file)
    first.begin("cluster")
    first.keep(put, "again")
    assert mode(file) == 0o600
    second = Tokens(file)
    assert second.get(put) == "again"
    assert second.begun("cluster")
    second.drop(put)
    second.finish("cluster")
    assert Tokens(file).get(put) is None
    assert not Tokens(file).begun("cluster")


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"begun": 1, "operations": 2}'])
def test_damaged_tokens_are_as_good_as_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(text)
    assert not Tokens(file).begun("cluster")
