"""Runs of Azure's phases: the real SDK on the simulated Azure, interrupted and taken up again."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from llmd_tui import events as e
from llmd_tui.config.model import Azure, Target
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.journal import read
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.azure.cloud import SUBSCRIPTION, action, pool_properties, put_cluster, put_group, put_pool, simulated

PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService/register"
FEATURE = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/AKSInfinibandSupport/register"
)
TARGET = Target(azure=Azure(subscription=SUBSCRIPTION, resource_group="llmd", region="eastus2", cluster="llmd"))


def phase(name: str, *actions: Arm, needs: tuple[str, ...] = ()) -> Phase:
    return Phase(name, "", actions, (), Seconds(300, 900), "", needs)


PLAN = Plan(
    order(
        [
            phase(
                "features",
                action("POST", FEATURE, None, "2021-07-01"),
                action("POST", PROVIDER, None, "2021-04-01"),
            ),
            phase("cluster", put_group(), put_cluster({"name": "gpu", **pool_properties()}), needs=("features",)),
            phase("gpu-pool", put_pool(), needs=("cluster",)),
        ]
    ),
    {},
    Cost(None, "USD", ""),
)


class Runs:
    """Runs of one directory, one after the other, on one Azure that remembers what it was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, speed: float) -> None:
        self.requests: list[dict[str, Any]] = []
        self.directory = RunDirectory.create(Terms("llmd"), "", {})
        self._azure = simulated(monkeypatch, speed=speed, record=self.requests.append)

    async def __aenter__(self) -> "Runs":
        self.arm, self.cloud = await self._azure.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._azure.__aexit__(None, None, None)
        self.directory.unlock()

    async def run(self, until: Callable[[e.Event], bool] = lambda _: False, how: str = "cancel") -> list[e.Event]:
        """Runs; interrupts when `until` says so of an event. Returns the events."""
        # Each run logs in anew, as a new process does.
        arm = await type(self.arm).connect(SUBSCRIPTION, clock=self.arm.clock)
        run = Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), self.directory, arm.clock)

        async def watch() -> None:
            async for event in run.events():
                if until(event):
                    getattr(run, how)()

        watching = asyncio.create_task(watch())
        await run.start()
        await watching
        history = [event async for event in run.events()]
        await run.close()
        return history

    def sent(self, method: str) -> list[str]:
        """What was sent, by the last parts of the path."""
        return [r["path"].rpartition("/")[2] for r in self.requests if r["method"] == method]


def waits_for(text: str) -> Callable[[e.Event], bool]:
    return lambda event: isinstance(event, e.PhaseWaiting) and text in event.waits_for


def outcome(history: list[e.Event]) -> str:
    last = history[-1]
    assert isinstance(last, e.RunEnded)
    return last.outcome


async def test_from_nothing_to_a_pool_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        assert outcome(await runs.run()) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd"], "the pool came with the cluster"
        before = len(runs.sent("PUT") + runs.sent("POST"))
        again = await runs.run()
        assert outcome(again) == "done"
        assert all(event.found for event in again if isinstance(event, e.PhaseDone))
        assert len(runs.sent("PUT") + runs.sent("POST")) == before


async def test_cancelled_while_azure_creates_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=600) as runs:
        first = await runs.run(until=waits_for("cluster llmd: InProgress"))
        assert outcome(first) == "interrupted"
        stopping = next(event for event in first if isinstance(event, e.RunStopping))
        assert "Azure goes on creating cluster llmd" in stopping.message
        assert json.loads(runs.directory.tokens.read_text())["operations"]
        assert outcome(await runs.run()) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd"]
    assert [type(event) for event in read(runs.directory)].count(e.RunStarted) == 2


async def test_machines_that_azure_did_not_have_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="no-capacity", on="PUT .*/managedClusters/llmd$"))
        first = await runs.run()
        assert outcome(first) == "failed"
        (failure,) = [event for event in first if isinstance(event, e.PhaseFailed)]
        assert "AllocationFailed" in failure.message
        assert "fewer nodes" in failure.remedy
        assert "llmd-tui capacity --size Standard_ND96isr_H100_v5 --nodes 2" in failure.remedy
        assert outcome(await runs.run()) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd", "llmd"], "the group once, the cluster twice"


async def test_a_login_that_ends_in_the_middle_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        runs.cloud.faults.add(AzureFault(fault="expired-token", on="/operations/", skip=3, times=2))
        first = await runs.run()
        assert outcome(first) == "failed"
        (failure,) = [event for event in first if isinstance(event, e.PhaseFailed)]
        assert "az login" in failure.remedy
        assert outcome(await runs.run()) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd"], "the operation was followed, not begun anew"


async def test_an_operation_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=600) as runs:
        runs.cloud.faults.add(AzureFault(fault="never-ends", on="PUT .*/managedClusters/llmd$"))
        arm = await type(runs.arm).connect(SUBSCRIPTION, clock=runs.arm.clock)
        run = Run(PLAN, Surroundings(TARGET, arm.clock, arm=arm), runs.directory, arm.clock)
        given_up: list[str] = []

        async def watch() -> None:
            async for event in run.events():
                if waits_for("cluster llmd: InProgress")(event) and not given_up:
                    given_up.extend([await run.abort("cluster"), await run.abort("gpu-pool")])

        watching = asyncio.create_task(watch())
        assert await run.start() == "failed"
        await watching
        await run.close()
        assert given_up == ["cluster llmd", ""]
        assert outcome(await runs.run()) == "done"
        assert runs.sent("PUT") == ["llmd", "llmd", "llmd"]


async def test_stopped_while_azure_creates_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Runs(monkeypatch, speed=6000) as runs:
        first = await runs.run(until=waits_for("cluster llmd: InProgress"), how="stop")
        assert outcome(first) == "interrupted"
        stopping = next(event for event in first if isinstance(event, e.RunStopping))
        assert stopping.in_flight == ("cluster",)
        ended = [event for event in first if isinstance(event, e.ActionDone) and event.phase == "cluster"]
        assert len(ended) == 2, "the cluster was waited for"
        assert outcome(await runs.run()) == "done"


async def test_the_provider_hears_of_a_feature_that_was_registered_while_nobody_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Runs(monkeypatch, speed=600) as runs:
        await runs.run(until=waits_for("feature AKSInfinibandSupport"))
        assert [path for path in runs.requests if path["path"] == PROVIDER] == []
        # Azure goes on: by the time of the next run the feature is registered.
        while await runs.arm.look(action("POST", FEATURE, None, "2021-07-01")) != "done":
            await runs.arm.clock.sleep(5)
        assert outcome(await runs.run()) == "done"
        assert len([path for path in runs.requests if path["path"] == PROVIDER]) == 1
