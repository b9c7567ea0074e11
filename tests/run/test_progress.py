"""The run as folded from its events."""

from datetime import UTC, datetime

from llmd_tui.events import (
    PhaseBlocked,
    PhaseDone,
    PhaseFailed,
    PhaseSkipped,
    PhaseStarted,
    PhaseWaiting,
    RunEnded,
    RunStarted,
)
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.schedule import phase_rows
from llmd_tui.run.verdict import Sentence, Situation, verdict


def phase(name: str, normal: float, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Phase:
    return Phase(name, "", (), (), Seconds(normal, 2 * normal), "", needs, after)


def said(progress: RunProgress, now: float) -> Sentence:
    return verdict(Situation(progress, datetime.fromtimestamp(now, UTC)))


def begun() -> RunProgress:
    ofed, driver = phase("ofed", 600), phase("driver", 480, after=("ofed",))
    server = phase("server", 300, needs=("driver",))
    progress = RunProgress(Plan(order([ofed, driver, server]), {}, Cost(None, "USD", "")))
    progress.apply(RunStarted(0, "r", ("ofed", "driver", "server"), False))
    progress.apply(PhaseStarted(0, "ofed", 600, 1200))
    progress.apply(PhaseStarted(10, "driver", 480, 960, beside=("ofed",)))
    return progress


def test_waiting_for_another_phase_counts_for_that_one() -> None:
    progress = begun()
    assert progress.phases["driver"].shown_state(400) == "waiting"
    assert progress.phases["driver"].elapsed(400) is None
    progress.apply(PhaseDone(500, "ofed", 500, False))
    assert progress.phases["driver"].elapsed(600) == 100
    progress.apply(PhaseDone(900, "driver", 400, False))
    assert progress.phases["driver"].seconds == 400


def test_time_left_follows_the_graph() -> None:
    progress = begun()
    assert progress.left(100) == 500 + 480 + 300
    progress.apply(PhaseDone(500, "ofed", 500, False))
    assert progress.left(500) == 480 + 300
    assert progress.time_left(500) == "about 13m left"


def test_the_sentence_says_failed_before_slow_before_running() -> None:
    progress = begun()
    progress.apply(PhaseWaiting(100, "ofed", "OFED on every node", 0))
    assert said(progress, 100).text == "Ofed runs for 1m40s."
    assert said(progress, 1300).state == "slow"
    progress.apply(PhaseFailed(1400, "ofed", 1400, "no image", "Take another."))
    progress.apply(PhaseBlocked(1400, "driver", "ofed"))
    sentence = said(progress, 1400)
    assert (sentence.state, sentence.text, sentence.key) == (
        "failed",
        "Stuck: ofed failed: no image",
        "r retry   f why",
    )


def test_the_end() -> None:
    progress = begun()
    for name in ("ofed", "driver"):
        progress.apply(PhaseDone(100, name, 100, False))
    progress.apply(PhaseSkipped(100, "server", "by hand"))
    progress.apply(RunEnded(100, "r", "done", 100))
    assert said(progress, 100).text == "All 2 phases are done after 1m40s."
    assert progress.time_left(100) == ""


def test_what_went_on_when_the_run_ended_was_cut_off() -> None:
    progress = begun()
    progress.apply(RunEnded(300, "r", "interrupted", 300))
    ofed, driver = progress.phases["ofed"], progress.phases["driver"]
    assert (ofed.shown_state(900), ofed.elapsed(900)) == ("slow", 300)
    assert (driver.shown_state(900), driver.elapsed(900)) == ("slow", None)
    rows = {row.key: row for row in phase_rows(progress, 900)}
    assert [name for name, row in rows.items() if row.cut_off] == ["ofed", "driver"]
    assert rows["ofed"].end == 300
    progress.apply(RunStarted(1000, "r", (), True))
    progress.apply(PhaseStarted(1000, "ofed", 600, 1200))
    assert (ofed.shown_state(1010), ofed.elapsed(1010)) == ("running", 10)
