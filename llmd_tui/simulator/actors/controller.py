"""The control loop: told that something changed, an actor looks at how things are and makes the difference."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from llmd_tui.kube.connection import KubeError
from llmd_tui.kube.errors import Unreachable
from llmd_tui.objects import Object, name, namespace
from llmd_tui.simulator.actors.meta import terminating
from llmd_tui.simulator.actors.pods import has_container, node_of, running_for
from llmd_tui.simulator.actors.world import World

Key: TypeAlias = tuple[str, str]
"""Namespace (empty for cluster-scoped objects) and name."""

log = logging.getLogger(__name__)


class Controller(ABC):
    """Calls `reconcile` for every key that changed, one after the other; again after a refused write."""

    kinds: ClassVar[tuple[str, ...]]

    def __init__(self, world: World) -> None:
        self.world = world
        self.view = world.cache
        self._dirty: dict[Key, None] = {}
        self._wake = asyncio.Event()
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        world.cache.listen(self.kinds, self._seen)

    @abstractmethod
    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        """Whose state depends on this object."""

    @abstractmethod
    async def reconcile(self, key: Key) -> None:
        """Makes the difference between how things are and how they should be."""

    def again(self, key: Key, seconds: float) -> None:
        """Looks at the key once more after some seconds of the clock, unless a later look is asked for."""
        if timer := self._timers.pop(key, None):
            timer.cancel()
        self._timers[key] = asyncio.get_running_loop().call_later(self.world.clock.wall(seconds), self._due, key)

    def program(self, key: Key, node: str, container: str) -> Object | None:
        """The pod on that node whose container has run long enough for its effect to show; else looks again in time."""
        needs = self.world.scenario.program(container).effect_seconds
        for pod in self.view.all("Pod"):
            if node_of(pod) == node and has_container(pod, container) and not terminating(pod):
                age = running_for(self.world, pod, container)
                if age is not None and age >= needs:
                    return pod
                if age is not None:
                    self.again(key, needs - age + 0.05)
        return None

    def _due(self, key: Key) -> None:
        self._timers.pop(key, None)
        self._dirty[key] = None
        self._wake.set()

    def _seen(self, kind: str, obj: Object) -> None:
        for key in self.keys(kind, obj):
            self._dirty[key] = None
            self._wake.set()

    async def run(self) -> None:
        await self.world.synced()
        while True:
            await self._wake.wait()
            await self.world.clock.sleep(self.world.seconds("controller"))
            self._wake.clear()
            keys, self._dirty = self._dirty, {}
            for key in keys:
                try:
                    await self.reconcile(key)
                except (KubeError, Unreachable) as error:
                    log.debug("%s: %s: %s", type(self).__name__, key, error)
                    self.again(key, 2)


def key_of(obj: Object) -> Key:
    return (namespace(obj) or "", name(obj))
