"""The run's report, and all that can be taken along: complete, and without a secret."""

import json
from pathlib import Path

import pytest

from llmd_tui import events as e
from llmd_tui.clock import Clock
from llmd_tui.commands.takeaway import Takeaway
from llmd_tui.config.answers import Answers
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import plan_of
from llmd_tui.render.html import to_html
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.journal import Journal, read, summary
from llmd_tui.run.report import document, report, write_report
from llmd_tui.run.run import Run
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.surroundings import Surroundings
from tests.answers import KUBECONFIG
from tests.render.test_checklist import Elements
from tests.run.checked import checked_plan, town

HOSTILE = "[red]<script>alert(1)</script>\x1b[31m | `x"
CANARY = "s3cret"
EVENTS = (
    e.RunStarted(0, "r", ("gpu-operator", "validate"), resumed=False),
    e.PhaseStarted(0, "gpu-operator", 300, 600),
    e.FindingSeen(100, "gpu-operator", "peermem", "failed", HOSTILE, "failed", "OFED came late", "Wait.", "kubectl"),
    e.PhaseFailed(200, "gpu-operator", 200, HOSTILE, "Look."),
    e.RunEnded(200, "r", "failed", 200),
    e.RunStarted(440, "r", ("gpu-operator", "validate"), resumed=False),
    e.PhaseStarted(445, "gpu-operator", 300, 600),
    e.FindingGone(450, "gpu-operator", "peermem", HOSTILE, ""),
    e.PhaseDone(500, "gpu-operator", 55, found=False),
    e.CheckWaived(510, "validate", "services", "ticket 7"),
    e.CheckDone("services", "S", "warn", "none", "Look.", "kubectl s", 1.0, "ticket 7", at=511, phase="validate"),
    e.RunEnded(520, "r", "done", 80),
)  # fmt: skip


@pytest.fixture
def directory() -> RunDirectory:
    made = RunDirectory.create(Terms("llmd"), KUBECONFIG, {"phases": []})
    made.unlock()
    return made


def test_it_tells_times_findings_checks_and_waivers() -> None:
    text = report("r", EVENTS)
    for words in (
        "done after 8m40s.",
        "| gpu-operator | ✓ done | 55s, and 4m05s stuck | 5m |",
        "## Where the time went",
        "stuck for 4m05s",
        "## Findings",
        "failed, held up gpu-operator, gone.",
        "OFED came late",
        "▲ waived",
        "| services | ticket 7 |",
    ):
        assert words in text, words
    assert "<script" not in text


def test_as_html_nothing_of_it_is_markup() -> None:
    page = Elements(to_html(document("r", EVENTS)))
    assert "script" not in page.tags
    assert page.open == []
    assert any("<script>alert(1)</script>" in text for text in page.texts)


@pytest.mark.parametrize("count", range(len(EVENTS)))
def test_there_is_one_at_any_time(count: int) -> None:
    assert report("r", EVENTS[:count]).startswith("# Run r\n")


def test_both_are_written_for_the_owner_alone(directory: RunDirectory) -> None:
    write_report(directory)
    assert {file.stat().st_mode & 0o777 for file in directory.path.glob("report.*")} == {0o600}
    assert {file.suffix for file in directory.path.glob("report.*")} == {".md", ".html"}


async def test_no_secret_is_in_anything_that_is_taken_along(
    directory: RunDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    evidence = {name: f"{name} says {CANARY}" for name in ("services", "helm")}
    world = town(says={"services": ["fail"]}, evidence=evidence)
    world.refuses["model-server-0"] = 1
    journal = Journal(directory)
    run = Scheduler(checked_plan(), world, Clock(), name=directory.id, sink=journal.write)
    await run.start()
    run.retry("model-server")
    await run.start()
    run.waive("validate", "services", f"because of {CANARY}")
    await run.start()
    journal.close()
    choice = choose(Answers.parse(KUBECONFIG, "answers.yaml").config())
    things = Takeaway("llmd", choice, plan_of(choice), run.checklist, directory.path, 0)
    for thing in things.things:
        things.write(thing.key, tmp_path)
    write_report(directory)
    files = [file for root in (tmp_path, directory.path) for file in root.rglob("*") if file.is_file()]
    assert len(files) > 20
    assert [file.name for file in files if CANARY in file.read_text(errors="replace")] == []
    assert "services says ***" in (tmp_path / "llmd-checks.json").read_text()


def test_what_is_there_already_stays(directory: RunDirectory, tmp_path: Path) -> None:
    choice = choose(Answers.parse(KUBECONFIG, "answers.yaml").config())
    plan = plan_of(choice)
    things = Takeaway("a/b", choice, plan, ChecklistProgress(plan), directory.path, 0)
    (tmp_path / "a-b.yaml").write_text("mine")
    first = things.write("answers", tmp_path)
    assert first.name == "a-b-2.yaml"
    assert things.write("answers", tmp_path) == first, "the same is not written twice"
    assert things.write("bundle", tmp_path).name == "a-b"
    assert things.write("bundle", tmp_path).name == "a-b"
    assert things.told(tmp_path / "a-b").startswith("a-b/, ")
    assert (tmp_path / "a-b.yaml").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_told(directory: RunDirectory, tmp_path: Path) -> None:
    choice = choose(Answers.parse(KUBECONFIG, "answers.yaml").config())
    plan = plan_of(choice)
    things = Takeaway("llmd", choice, plan, ChecklistProgress(plan), directory.path, 0)
    with pytest.raises(UserError, match="cannot be written"):
        things.write("checks.md", tmp_path / "nowhere")


async def test_waivers_survive_the_process(directory: RunDirectory) -> None:
    journal = Journal(directory)
    for event in EVENTS:
        journal.write(event)
    journal.close()
    choice = choose(Answers.parse(KUBECONFIG, "answers.yaml").config())
    run = Run(plan_of(choice), Surroundings(choice.config.target, Clock()), directory, Clock())
    assert run.checklist.waived == {"services": "ticket 7"}
    await run.close()


def test_a_check_repeated_after_the_end_does_not_change_how_it_ended(directory: RunDirectory) -> None:
    journal = Journal(directory)
    for event in (*EVENTS, e.CheckStarted(600, "validate", "services"), EVENTS[-2]):
        journal.write(event)
    journal.close()
    assert summary(directory).outcome == "done"
    assert "done after" in report(directory.id, read(directory))
    assert json.loads(directory.journal.read_text().splitlines()[-1])["event"] == "check_done"
