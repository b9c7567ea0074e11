"""Random graphs: whatever the plan, the durations, the failures and the moment of the interruption."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui import events as e
from llmd_tui.plan.actions import Action
from llmd_tui.plan.graph import Plan
from llmd_tui.run.scheduler import Scheduler
from llmd_tui.run.tokens import Tokens
from llmd_tui.run.world import Report
from tests.examples import examples
from tests.run.town import Sketch, Step, Town, plan_of
from tests.run.virtual import VirtualClock, run

seconds = st.integers(1, 300).map(float)
steps = st.lists(st.builds(Step, seconds, st.booleans()), max_size=3).map(tuple)


@st.composite
def sketches(draw: st.DrawFn) -> list[Sketch]:
    """Up to nine phases; each may need, or come after, any of those before it."""
    made: list[Sketch] = []
    for number in range(draw(st.integers(1, 9))):
        earlier = [sketch.name for sketch in made]
        needs = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        others = [name for name in earlier if name not in needs]
        after = draw(st.lists(st.sampled_from(others), unique=True, max_size=2)) if others else []
        hold = draw(st.sampled_from([0.0, 20.0]))
        made.append(Sketch(f"p{number}", draw(steps), draw(seconds), tuple(needs), tuple(after), hold))
    return made


class Watchful(Town):
    """Checks at each change that everything that must precede it has happened."""

    plan: Plan

    async def carry_out(self, action: Action, report: Report) -> bool:
        phase = self.plan.by_name[report.phase]
        for name in phase.needs:
            assert self.is_done(name), f"{phase.name} began before {name} was done"
        for name in phase.after:
            assert self.has_acted(name), f"{phase.name} began before {name} had acted"
        return await super().carry_out(action, report)

    def is_done(self, phase: str) -> bool:
        return self.view.get("ConfigMap", f"{phase}-done", "town") is not None

    def has_acted(self, phase: str) -> bool:
        return all(thing in self.made for thing in self.steps if thing.startswith(f"{phase}-"))


def town_of(drawn: list[Sketch], refuses: dict[str, int] | None = None) -> Watchful:
    town = Watchful(drawn, refuses or {})
    town.plan = plan_of(drawn)
    return town


def ideal_seconds(drawn: list[Sketch]) -> float:
    """When the last phase would be done if nothing ever waited for anything but what it must."""
    acted: dict[str, float] = {}
    done: dict[str, float] = {}
    for sketch in drawn:
        begin = max([done[n] for n in sketch.needs] + [acted[n] for n in sketch.after] + [0.0])
        acted[sketch.name] = begin + sum(step.seconds for step in sketch.steps)
        own = acted[sketch.name] + (sketch.lag if sketch.steps else 0) + sketch.hold
        done[sketch.name] = max([own] + [done[n] for n in sketch.after])
    return max(done.values())


@given(sketches())
def test_everything_is_done_once_in_order_and_without_idle_time(drawn: list[Sketch]) -> None:
    async def main() -> None:
        town = town_of(drawn)
        running = Scheduler(town.plan, town, VirtualClock(), name="run")
        assert await running.start() == "done"
        assert all(town.is_done(sketch.name) for sketch in drawn)
        assert sorted(town.made) == sorted(town.steps)
        taken = asyncio.get_running_loop().time()
        assert ideal_seconds(drawn) <= taken + 1e-6
        assert taken <= ideal_seconds(drawn) + 0.1 * len(drawn)

    run(main())


@given(sketches(), st.data())
def test_a_failure_stops_only_what_depends_on_it(drawn: list[Sketch], data: st.DataObject) -> None:
    things = [f"{sketch.name}-{n}" for sketch in drawn for n in range(len(sketch.steps))]
    refused = data.draw(st.sets(st.sampled_from(things), max_size=3)) if things else set()
    failing = {thing.partition("-")[0] for thing in refused}
    hit: set[str] = set()
    for sketch in drawn:
        if sketch.name in failing or hit & {*sketch.needs, *sketch.after}:
            hit.add(sketch.name)

    async def main() -> None:
        town = town_of(drawn, dict.fromkeys(refused, 99))
        running = Scheduler(town.plan, town, VirtualClock(), name="run")
        assert await running.start() == ("failed" if failing else "done")
        states = {sketch.name: running.state(sketch.name) for sketch in drawn}
        assert {name for name, state in states.items() if state != "done"} == hit
        assert {name for name in hit if states[name] == "failed"} <= failing
        assert all(states[name] == "failed" or states[name] == "blocked" for name in hit)
        # Every cause is repaired: retrying the failures is enough.
        town.refuses.clear()
        while "failed" in (states := {s.name: running.state(s.name) for s in drawn}).values():
            for name, state in states.items():
                if state == "failed":
                    running.retry(name)
            await running.start(resumed=True)
        assert sorted(town.made) == sorted(town.steps)

    run(main())


@settings(max_examples=examples(200))
@given(sketches(), st.lists(st.tuples(st.integers(0, 900), st.sampled_from(["stop", "cancel", "kill"])), max_size=4))
def test_interrupted_anywhere_a_resumed_run_finishes_and_does_nothing_twice(
    drawn: list[Sketch], interruptions: list[tuple[int, str]]
) -> None:
    async def main() -> None:
        town = town_of(drawn)
        tokens = Tokens()
        for seconds, how in interruptions:
            running = Scheduler(town.plan, town, VirtualClock(), name="run", tokens=tokens)
            task = asyncio.create_task(running.start())
            asyncio.get_running_loop().call_later(seconds, task.cancel if how == "kill" else getattr(running, how))
            await asyncio.gather(task, return_exceptions=True)
            last = [event async for event in running.events()][-1]
            assert isinstance(last, e.RunEnded)
            if last.outcome == "done":
                break
            assert last.outcome == "interrupted"
        running = Scheduler(town.plan, town, VirtualClock(), name="run", tokens=tokens)
        assert await running.start(resumed=True) == "done"
        assert sorted(town.made) == sorted(town.steps)
        azure = [thing for thing in town.asked if town.steps[thing].azure]
        assert len(azure) == len(set(azure))

    run(main())


@given(sketches(), st.integers(0, 600), st.integers(0, 600))
def test_a_pause_only_costs_time(drawn: list[Sketch], begin: int, length: int) -> None:
    async def main() -> None:
        town = town_of(drawn)
        running = Scheduler(town.plan, town, VirtualClock(), name="run")
        loop = asyncio.get_running_loop()
        begun: list[list[str]] = []
        loop.call_later(begin, running.pause)
        for moment in (begin + 0.5, begin + length + 0.5):
            loop.call_later(moment, lambda: begun.append(list(town.asked)))
        loop.call_later(begin + length + 1, running.resume)
        assert await running.start() == "done"
        assert sorted(town.made) == sorted(town.steps)
        assert len(begun) < 2 or begun[0] == begun[1]
        assert loop.time() <= ideal_seconds(drawn) + length + 1 + 0.1 * len(drawn)

    run(main())
