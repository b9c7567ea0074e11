"""What all operators have in common: they work while the container of their pod runs, and not before."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar

from llmd_tui.objects import Object, matches
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.meta import terminating
from llmd_tui.simulator.actors.pods import running_for

_ALL: Key = ("", "")


class Operator(Controller):
    """`selector` and `container` tell its own pod; it looks at everything whenever one of its kinds changes."""

    selector: ClassVar[Mapping[str, str]]
    container: ClassVar[str]

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        yield _ALL

    def look_again(self, seconds: float) -> None:
        self.again(_ALL, seconds)

    async def reconcile(self, key: Key) -> None:
        needs = self.world.scenario.program(self.container).effect_seconds
        ages = [
            age
            for pod in self.view.all("Pod")
            if matches(pod, self.selector) and not terminating(pod)
            if (age := running_for(self.world, pod, self.container)) is not None
        ]
        if any(age >= needs for age in ages):
            await self.operate()
        elif ages:
            self.look_again(needs - max(ages) + 0.05)

    @abstractmethod
    async def operate(self) -> None:
        """One pass over everything that is its business."""
