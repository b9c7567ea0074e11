"""A small simulated world for the scheduler: actions take time, leave things behind, and may refuse.

An Apply is broken off when it is cancelled; an Arm request goes on by itself, as Azure does. A phase is done a while
after its last action, when its controller says so.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from llmd_tui.errors import UserError
from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Action, Apply, Arm, Wait
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.run.world import Report

FREE = Cost(None, "USD", "2026-11-21")


@dataclass(frozen=True)
class Step:
    """One action: how long it takes, and whether Azure does it."""

    seconds: float
    azure: bool = False


@dataclass(frozen=True)
class Sketch:
    """A phase in short; `lag` is how long after its last action it takes to be done."""

    name: str
    steps: tuple[Step, ...] = (Step(10),)
    lag: float = 5
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    hold: float = 0


def config_map(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "town"}}


def thing(action: Action) -> str:
    """What an action makes."""
    if isinstance(action, Arm):
        return action.path
    assert isinstance(action, Apply)
    return action.objects[0]["metadata"]["name"]


def plan_of(sketches: Sequence[Sketch]) -> Plan:
    phases = (
        Phase(
            name=sketch.name,
            why="",
            undo="",
            actions=tuple(
                Arm("PUT", f"{sketch.name}-{n}", "1", {}, ("az", sketch.name, str(n)))
                if step.azure
                else Apply((config_map(f"{sketch.name}-{n}"),))
                for n, step in enumerate(sketch.steps)
            ),
            done=(
                Wait(
                    "exists",
                    f"{sketch.name} to be done",
                    {"kind": "ConfigMap", "name": f"{sketch.name}-done", "namespace": "town"},
                    hold=sketch.hold,
                ),
            ),
            seconds=Seconds(sum(step.seconds for step in sketch.steps) + sketch.lag, 1000),
            needs=sketch.needs,
            after=sketch.after,
        )
        for sketch in sketches
    )
    return Plan(order(phases), {}, FREE)


@dataclass
class Town:
    """Satisfies `llmd_tui.run.world.World`. It outlives the runs that build in it."""

    sketches: Sequence[Sketch]
    refuses: dict[str, int] = field(default_factory=dict[str, int])
    """How many times an action of this name fails before it works."""
    view: Store = field(default_factory=Store)
    made: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])
    connected: int = 0
    works: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _trouble: str = ""

    def __post_init__(self) -> None:
        self.steps = {f"{s.name}-{n}": step for s in self.sketches for n, step in enumerate(s.steps)}
        self.last = {f"{s.name}-{len(s.steps) - 1}": s for s in self.sketches}
        for sketch in self.sketches:
            if not sketch.steps:
                self._add(f"{sketch.name}-done")

    async def look(self, action: Action, report: Report) -> bool:
        await asyncio.sleep(0)
        return thing(action) in self.made

    async def carry_out(self, action: Action, report: Report) -> bool:
        name = thing(action)
        if self.refuses.get(name, 0) > 0:
            self.refuses[name] -= 1
            raise UserError(f"{name} was refused.", "Try again.")
        if not self.steps[name].azure:
            self.asked.append(name)
            await asyncio.sleep(self.steps[name].seconds)
            self._make(name)
            return True
        if name not in self.works:
            self.asked.append(name)
            self.works[name] = asyncio.Event()
            asyncio.get_running_loop().call_later(self.steps[name].seconds, self._make, name)
        report.keep_token("token")
        await self.works[name].wait()
        return True

    async def connect(self, report: Report) -> None:
        self.connected += 1

    def break_off(self, error: str) -> None:
        """Nothing is heard of the cluster any more; with an empty error it is again."""
        self._trouble = error
        self._tell()

    async def changed(self) -> None:
        await self._news.wait()

    def trouble(self) -> str:
        return self._trouble

    def redact(self, text: str) -> str:
        return text.replace("s3cret", "***")

    def goes_on(self, actions: Sequence[Action]) -> str:
        return " ".join(f"Azure goes on with {thing(action)}." for action in actions if isinstance(action, Arm))

    async def close(self) -> None:
        """Nothing to close."""

    def _make(self, name: str) -> None:
        self.made.append(name)
        if name in self.works:
            self.works[name].set()
        if sketch := self.last.get(name):
            asyncio.get_running_loop().call_later(sketch.lag, self._add, f"{sketch.name}-done")

    def _add(self, name: str) -> None:
        self.view.apply("ConfigMap", "ADDED", config_map(name))
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
