"""Checks in a run: told as they look, repeated, waived; the run goes on when none is in the way."""

import asyncio
from collections.abc import Callable

from llmd_tui import events as e
from llmd_tui.clock import Clock
from llmd_tui.plan.graph import Plan
from llmd_tui.run.checked import checklist_verdict, counted
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.scheduler import Scheduler
from tests.run.checked import LEFT_OUT, PREFLIGHT, VALIDATION, CheckedTown, checked_plan, town


class Stand:
    """A run and what was heard of it."""

    def __init__(self, world: CheckedTown, plan: Plan | None = None) -> None:
        self.plan = plan or checked_plan()
        self.heard: list[e.Event] = []
        self.news = asyncio.Event()
        self.progress = RunProgress(self.plan)
        self.world = world
        self.run = Scheduler(self.plan, world, Clock(), name="run", sink=self._hear)

    def _hear(self, event: e.Event) -> None:
        self.heard.append(event)
        self.progress.apply(event)
        self.news.set()

    @property
    def says(self) -> str:
        sentence = checklist_verdict(self.progress, self.run.clock.time())
        return f"{sentence.state}: {sentence.text}"

    def result(self, check: str) -> str:
        line = self.progress.checklist.find("validate", check) or self.progress.checklist.find("preflight", check)
        assert line
        return "waived" if line.done and line.done.waived else line.done.result if line.done else "next"

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.news.clear()
                await self.news.wait()


async def test_all_checks_are_there_from_the_start_and_say_when_they_look() -> None:
    stand = Stand(town(holds={"services": asyncio.Event()}))
    assert [line.id for line in stand.progress.checklist.lines.values()] == [*PREFLIGHT, *VALIDATION]
    assert stand.progress.checklist.left_out == LEFT_OUT
    assert stand.says == "pending: 0 of 6 checks passed, none failed."
    running = asyncio.create_task(stand.run.start())
    await stand.until(lambda: bool(stand.progress.checklist.running) and stand.result("endpoint-picker") == "pass")
    await stand.until(lambda: [line.id for line in stand.progress.checklist.running] == ["services"])
    assert stand.says == "running: 4 of 6 checks passed, none failed."
    assert stand.result("inference-request") == "next"
    stand.world.checking.holds["services"].set()
    assert await running == "done"
    assert stand.says == "done: 6 of 6 checks passed, none failed."
    kinds = [
        (type(event).__name__, event.id) for event in stand.heard if isinstance(event, e.CheckStarted | e.CheckDone)
    ]
    assert kinds[:4] == [
        ("CheckStarted", "helm"),
        ("CheckDone", "helm"),
        ("CheckStarted", "permissions"),
        ("CheckDone", "permissions"),
    ]


async def test_a_failed_check_that_passes_when_repeated_lets_the_run_go_on() -> None:
    stand = Stand(town(says={"services": ["fail", "pass"]}))
    assert await stand.run.start() == "failed"
    assert stand.says == "failed: services failed: services was looked at."
    assert not stand.run.can_go_on
    await stand.run.repeat_check("validate", "services")
    assert stand.result("services") == "pass"
    assert stand.run.can_go_on
    assert await stand.run.start() == "done"


async def test_repeating_changes_nothing_else() -> None:
    stand = Stand(town(says={"endpoint-picker": ["pass", "warn"]}))
    assert await stand.run.start() == "done"
    looked = len(stand.world.checking.looked)
    await stand.run.repeat_check("validate", "endpoint-picker")
    assert stand.world.checking.looked[looked:] == ["endpoint-picker"]
    assert stand.result("endpoint-picker") == "warn"
    assert not stand.run.can_go_on
    assert stand.says == "done: 5 of 6 checks passed, 1 warning, none failed."


async def test_a_waived_check_lets_the_run_go_on_and_keeps_its_reason() -> None:
    stand = Stand(town(says={"services": ["fail"]}))
    assert await stand.run.start() == "failed"
    stand.run.waive("validate", "services", "known, ticket 7")
    assert stand.result("services") == "waived"
    assert await stand.run.start() == "done"
    line = stand.progress.checklist.lines["validate/services"].done
    assert line
    assert (line.result, line.waived) == ("warn", "known, ticket 7")
    assert stand.says == "done: 5 of 6 checks passed, 1 waived, none failed."
    report = stand.progress.checklist.report(0, "Checklist")
    assert [said.waived for said in report.lines if said.id == "services"] == ["known, ticket 7"]


async def test_two_failed_checks_are_waived_one_by_one() -> None:
    stand = Stand(town(says={"services": ["fail"], "endpoint-picker": ["fail"]}))
    assert await stand.run.start() == "failed"
    stand.run.waive("validate", "services", "one")
    assert not stand.run.can_go_on
    stand.run.waive("validate", "endpoint-picker", "two")
    assert stand.run.can_go_on
    assert await stand.run.start() == "done"


async def test_what_is_waived_before_its_phase_ends_does_not_fail_it() -> None:
    stand = Stand(town(says={"endpoint-picker": ["fail"]}, holds={"services": asyncio.Event()}))
    running = asyncio.create_task(stand.run.start())
    await stand.until(lambda: stand.result("endpoint-picker") == "fail")
    stand.run.waive("validate", "endpoint-picker", "fine")
    stand.world.checking.holds["services"].set()
    assert await running == "done"


async def test_a_waiver_of_the_file_counts_from_the_start() -> None:
    stand = Stand(town(says={"permissions": ["fail"]}), checked_plan(waived={"permissions": "by the answers file"}))
    assert await stand.run.start() == "done"
    assert stand.result("permissions") == "waived"


async def test_a_failed_phase_before_says_why_nothing_is_looked_at() -> None:
    world = town()
    world.refuses["model-server-0"] = 1
    stand = Stand(world)
    assert await stand.run.start() == "failed"
    assert stand.says == "failed: 4 checks cannot look: validate is blocked by model-server, which failed."
    stand.run.retry("model-server")
    assert await stand.run.start() == "done"


async def test_an_interrupted_checklist_says_what_is_open() -> None:
    stand = Stand(town(holds={"services": asyncio.Event()}))
    running = asyncio.create_task(stand.run.start())
    await stand.until(lambda: [line.id for line in stand.progress.checklist.running] == ["services"])
    stand.run.cancel()
    assert await running == "interrupted"
    assert stand.progress.checklist.running == []
    assert stand.says == "slow: The run was interrupted before 2 checks could look."
    assert stand.progress.checklist.report(0, "t").waiting == ("services", "inference-request")


async def test_a_skipped_phase_has_no_checks_to_go() -> None:
    stand = Stand(town())
    stand.run.skip("validate", "by hand")
    assert await stand.run.start() == "done"
    sentence = checklist_verdict(stand.progress, 0)
    assert (sentence.state, sentence.usual) == ("done", "validate was skipped: by hand.")


async def test_a_check_that_takes_long_is_called_slow() -> None:
    stand = Stand(town(holds={"services": asyncio.Event()}))
    running = asyncio.create_task(stand.run.start())
    await stand.until(lambda: bool(stand.progress.checklist.running) and stand.result("endpoint-picker") == "pass")
    sentence = checklist_verdict(stand.progress, stand.run.clock.time() + 100)
    assert sentence.state == "slow"
    assert "longer than usual" in sentence.text
    assert counted(stand.progress.checklist) in sentence.usual
    stand.run.cancel()
    await running


async def test_who_listens_for_ever_hears_what_comes_after_the_end() -> None:
    stand = Stand(town())
    assert await stand.run.start() == "done"
    before = [type(event).__name__ async for event in stand.run.events()]
    assert before[-1] == "RunEnded"
    await stand.run.repeat_check("validate", "services")
    heard: list[str] = []
    async for event in stand.run.events(len(before), forever=True):
        heard.append(type(event).__name__)
        if len(heard) == 2:
            break
    assert heard == ["CheckStarted", "CheckDone"]
