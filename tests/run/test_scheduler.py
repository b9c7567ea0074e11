"""The order in which a run does things, and what is left when something fails or somebody stops it."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from llmd_tui import events as e
from llmd_tui.errors import UserError
from llmd_tui.plan.actions import Action
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.tokens import Tokens
from llmd_tui.run.world import Report
from tests.run.town import Sketch, Step, Town, plan_of
from tests.run.virtual import VirtualClock, run

LADDER = (
    Sketch("cluster", (Step(600, azure=True),)),
    Sketch("access", (), needs=("cluster",), lag=0),
    Sketch("network", (Step(20),), lag=300, needs=("access",)),
    Sketch("gpus", (Step(30),), lag=120, needs=("access",), after=("network",)),
    Sketch("serve", (Step(5),), lag=200, needs=("gpus",)),
    Sketch("aside", (Step(40),), needs=("access",)),
)


def scheduler(town: Town, tokens: Tokens | None = None) -> Scheduler:
    return Scheduler(plan_of(town.sketches), town, VirtualClock(), name="run", tokens=tokens)


async def at(seconds: float, do: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


def names(history: Sequence[e.Event], kind: type[e.Event]) -> list[str]:
    """The phases of the events of a kind."""
    return [getattr(event, "phase", "") for event in history if isinstance(event, kind)]


def play(town: Town, *deeds: tuple[float, str, tuple[str, ...]]) -> tuple[Scheduler, list[e.Event], str]:
    """A run, with methods of the scheduler called at these seconds. Returns its events too."""

    async def main() -> tuple[Scheduler, list[e.Event], str]:
        running = scheduler(town)
        for seconds, method, arguments in deeds:
            await at(seconds, lambda m=method, a=arguments: getattr(running, m)(*a))
        outcome = await running.start()
        return running, [event async for event in running.events()], outcome

    return run(main())


def time_of(history: Sequence[e.Event], kind: type[e.Event], phase: str) -> float:
    return next(event.at for event in history if isinstance(event, kind) and getattr(event, "phase", "") == phase)


def about(seconds: float) -> object:
    """Changes gather for a moment before they are judged."""
    return pytest.approx(seconds, abs=0.5)


def test_phases_start_as_soon_as_they_can() -> None:
    _, history, outcome = play(Town(LADDER))
    assert outcome == "done"
    assert time_of(history, e.PhaseStarted, "network") == time_of(history, e.PhaseStarted, "aside") == about(605)
    # Its `after` phase has acted by then, though it is not done.
    assert time_of(history, e.PhaseStarted, "gpus") == about(625)
    assert time_of(history, e.PhaseDone, "network") == about(925)
    # Done itself at 775, but not before what it comes after.
    assert time_of(history, e.PhaseDone, "gpus") == about(925)


def test_a_second_run_finds_everything_done() -> None:
    town = Town(LADDER)

    async def main() -> list[e.Event]:
        await scheduler(town).start()
        again = scheduler(town)
        assert await again.start(resumed=True) == "done"
        return [event async for event in again.events()]

    history = run(main())
    assert all(event.found for event in history if isinstance(event, e.PhaseDone))
    assert not any(event.changed for event in history if isinstance(event, e.ActionDone))
    assert not names(history, e.ActionStarted)
    assert sorted(town.made) == sorted(set(town.made))


def test_failure_blocks_what_needs_it_and_nothing_else() -> None:
    running, history, outcome = play(Town(LADDER, refuses={"network-0": 99}))
    assert outcome == "failed"
    failed = next(event for event in history if isinstance(event, e.PhaseFailed))
    assert (failed.phase, failed.message, failed.remedy) == ("network", "network-0 was refused.", "Try again.")
    blocked = {event.phase: event.by for event in history if isinstance(event, e.PhaseBlocked)}
    assert blocked == {"gpus": "network", "serve": "network"}
    assert running.state("aside") == "done"
    assert isinstance(history[-1], e.RunEnded)


def test_retry_while_others_run_goes_on() -> None:
    town = Town(LADDER, refuses={"network-0": 1})
    running, history, outcome = play(town, (620, "retry", ("network",)))
    assert outcome == "done"
    assert names(history, e.PhaseStarted).count("network") == 2
    assert running.state("serve") == "done"


def test_retry_after_the_end_and_start_again() -> None:
    town = Town(LADDER, refuses={"network-0": 1})

    async def main() -> list[str]:
        running = scheduler(town)
        outcomes = [await running.start()]
        running.retry("network")
        outcomes.append(await running.start(resumed=True))
        return outcomes

    assert run(main()) == ["failed", "done"]
    assert town.made.count("cluster-0") == 1


def test_skip_of_a_failed_phase_lets_the_rest_go_on() -> None:
    town = Town(LADDER, refuses={"network-0": 99})
    running, history, outcome = play(town, (620, "skip", ("network", "by hand")))
    assert outcome == "done"
    assert running.state("network") == "skipped"
    assert next(event.reason for event in history if isinstance(event, e.PhaseSkipped)) == "by hand"


def test_skip_of_a_waiting_phase() -> None:
    _, history, outcome = play(Town(LADDER), (700, "skip", ("network", "enough")))
    assert outcome == "done"
    assert time_of(history, e.PhaseDone, "gpus") < 800


def test_skip_before_the_start() -> None:
    town = Town(LADDER)

    async def main() -> list[e.Event]:
        running = scheduler(town)
        running.skip("aside", "--skip")
        assert await running.start() == "done"
        return [event async for event in running.events()]

    history = run(main())
    assert names(history, e.PhaseSkipped) == ["aside"]
    assert "aside-0" not in town.asked


def test_what_is_left_when_others_are_skipped_still_waits_for_access() -> None:
    town = Town(LADDER)

    async def main() -> list[e.Event]:
        running = scheduler(town)
        for phase in ("network", "gpus", "aside"):
            running.skip(phase, "--only serve")
        assert await running.start() == "done"
        return [event async for event in running.events()]

    history = run(main())
    assert time_of(history, e.PhaseStarted, "serve") == time_of(history, e.PhaseDone, "access")


def test_nothing_reaches_a_cluster_whose_access_failed() -> None:
    class Closed(Town):
        async def connect(self, report: Report) -> None:
            raise UserError("The API server refuses.", "Log in.")

    running, history, outcome = play(Closed(LADDER), (1, "skip", ("network", "")), (1, "skip", ("gpus", "")))
    assert outcome == "failed"
    assert {event.phase: event.by for event in history if isinstance(event, e.PhaseBlocked)} == {
        "serve": "access",
        "aside": "access",
    }
    assert running.state("cluster") == "done"


def test_stop_lets_azure_end_and_begins_nothing_more() -> None:
    town = Town(LADDER)
    running, history, outcome = play(town, (100, "stop", ()))
    assert outcome == "interrupted"
    stopping = next(event for event in history if isinstance(event, e.RunStopping))
    assert stopping.in_flight == ("cluster",)
    assert stopping.message == "Azure goes on with cluster-0, about 8m."
    assert town.made == ["cluster-0"]
    assert history[-1].at == 600
    assert running.state("cluster") == "pending"


def test_stop_does_not_wait_for_waits() -> None:
    _, history, outcome = play(Town(LADDER), (700, "stop", ()))
    assert (outcome, history[-1].at) == ("interrupted", 700)


def test_cancel_ends_at_once_and_azure_goes_on() -> None:
    town = Town(LADDER)
    _, history, outcome = play(town, (100, "stop", ()), (130, "cancel", ()))
    assert (outcome, history[-1].at) == ("interrupted", 130)
    assert town.asked == ["cluster-0"]


def test_cancelled_task_says_how_it_ended() -> None:
    town = Town(LADDER)

    async def main() -> e.Event:
        running = scheduler(town)
        task = asyncio.create_task(running.start())
        await asyncio.sleep(50)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return [event async for event in running.events()][-1]

    ended = run(main())
    assert isinstance(ended, e.RunEnded)
    assert (ended.outcome, ended.at) == ("interrupted", 50)


def test_pause_begins_nothing_and_goes_on() -> None:
    town = Town(LADDER)
    _, history, outcome = play(town, (100, "pause", ()), (2000, "resume", ()))
    assert outcome == "done"
    assert time_of(history, e.PhaseDone, "cluster") == about(605)
    assert time_of(history, e.PhaseStarted, "access") == 2000


def test_a_late_listener_misses_nothing() -> None:
    async def main() -> tuple[list[e.Event], list[e.Event]]:
        running = scheduler(Town(LADDER))

        async def listen(after: float) -> list[e.Event]:
            await asyncio.sleep(after)
            return [event async for event in running.events()]

        early, late = asyncio.create_task(listen(0)), asyncio.create_task(listen(700))
        await running.start()
        return await early, await late

    early, late = run(main())
    assert early == late


def test_waiting_says_what_for_and_since_when() -> None:
    _, history, _ = play(Town((Sketch("one", lag=50, hold=30),)))
    waiting = [event for event in history if isinstance(event, e.PhaseWaiting)]
    texts = [event.waits_for.split(":")[0] for event in waiting]
    assert texts == ["one to be done", "one to be done to stay so for 30s"]
    assert waiting[0].since == 10
    assert history[-1].at == about(90)


def test_what_was_seen_before_the_connection_broke_is_not_believed() -> None:
    town = Town((Sketch("one", lag=50),))

    async def main() -> list[e.Event]:
        loop = asyncio.get_running_loop()
        loop.call_later(20, town.break_off, "connection refused")
        loop.call_later(500, town.break_off, "")
        running = scheduler(town)
        await running.start()
        return [event async for event in running.events()]

    history = run(main())
    waiting = [(event.waits_for.split(":")[0], event.error) for event in history if isinstance(event, e.PhaseWaiting)]
    assert waiting == [
        ("one to be done", ""),
        ("one to be done", "connection refused"),
        ("one to be done to be seen again", "connection refused"),
    ]
    assert time_of(history, e.PhaseDone, "one") == about(500)


def test_a_fault_of_ours_is_a_failure_without_traceback(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Town):
        async def look(self, action: Action, report: Report) -> bool:
            raise KeyError("thing")

    _, history, outcome = play(Broken(LADDER))
    failed = next(event for event in history if isinstance(event, e.PhaseFailed))
    assert outcome == "failed"
    assert failed.message == "KeyError: 'thing'"
    assert "Traceback" in caplog.text


def test_secrets_do_not_leave_the_engine() -> None:
    class Leaky(Town):
        async def look(self, action: Action, report: Report) -> bool:
            report.output("token is s3cret")
            return await super().look(action, report)

    _, history, _ = play(Leaky(LADDER))
    assert "s3cret" not in repr(history)
    assert "token is ***" in repr(history)


def test_time_beside_another_phase_counts_for_that_one() -> None:
    _, history, _ = play(Town(LADDER))
    started = {event.phase: event for event in history if isinstance(event, e.PhaseStarted)}
    assert (started["gpus"].beside, started["network"].beside) == (("network",), ())
    done = {event.phase: event for event in history if isinstance(event, e.PhaseDone)}
    assert done["network"].seconds == about(320)
    assert done["gpus"].seconds == about(done["gpus"].at - done["network"].at)


def test_time_beside_a_skipped_phase_begins_with_the_skipping() -> None:
    _, history, _ = play(Town(LADDER), (700, "skip", ("network", "by hand")))
    done = {event.phase: event for event in history if isinstance(event, e.PhaseDone)}
    assert done["gpus"].seconds == about(done["gpus"].at - 700)
