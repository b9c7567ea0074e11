"""Where the time of a run went."""

from llmd_tui import events as e
from llmd_tui.run.times import Part, Times

PHASES = ("crds", "gateway")


def folded(*events: e.Event) -> Times:
    times = Times()
    for event in events:
        times.apply(event)
    return times


def started(at: float, *, resumed: bool = False) -> e.RunStarted:
    return e.RunStarted(at, "run", PHASES, resumed=resumed)


def test_a_failure_is_stuck_until_its_phase_begins_again() -> None:
    times = folded(
        started(0),
        e.PhaseStarted(0, "crds", 15, 60),
        e.PhaseFailed(20, "crds", 20, "no space", "make room"),
        e.RunEnded(20, "run", "failed", 20),
        started(100),
        e.PhaseStarted(101, "crds", 15, 60),
        e.PhaseDone(131, "crds", 30, found=False),
        e.RunEnded(131, "run", "done", 31),
    )
    crds = times.phases["crds"]
    assert crds.parts == [Part(20), Part(81, "no space"), Part(30)]
    assert (crds.seconds, crds.stuck, crds.beyond) == (131, 81, 0)
    assert times.seconds(9999) == 131


def test_time_in_which_nobody_ran_it_is_nobodys() -> None:
    times = folded(
        started(0),
        e.PhaseStarted(0, "crds", 15, 60),
        e.PhaseFailed(20, "crds", 20, "no space", "make room"),
        e.RunEnded(30, "run", "interrupted", 30),
        started(1030, resumed=True),
        e.PhaseStarted(1040, "crds", 15, 60),
        e.PhaseDone(1050, "crds", 10, found=False),
    )
    assert times.phases["crds"].stuck == 20
    assert times.seconds(1060) == 60


def test_a_phase_that_is_found_done_keeps_the_time_that_it_took() -> None:
    times = folded(
        started(0),
        e.PhaseStarted(0, "crds", 15, 60),
        e.PhaseDone(90, "crds", 90, found=False),
        e.RunEnded(90, "run", "interrupted", 90),
        started(100, resumed=True),
        e.PhaseStarted(100, "crds", 15, 60),
        e.PhaseDone(101, "crds", 1, found=True),
        e.PhaseSkipped(101, "gateway", "by hand"),
    )
    assert times.phases["crds"].seconds == 90
    assert times.phases["crds"].beyond == 30
    assert [phase.phase for phase in times.taken] == ["crds"]


def test_nothing_began() -> None:
    assert Times().seconds(7) == 0
    assert Times().taken == []
