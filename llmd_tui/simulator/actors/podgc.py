"""The pod garbage collector: takes away the pods of nodes that are gone."""

from collections.abc import Iterable

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.pods import node_of
from llmd_tui.simulator.actors.world import World

# kube-controller-manager believes that a node is gone after this long.
_QUARANTINE_SECONDS = 40


class PodCollector(Controller):
    """By node."""

    kinds = ("Node", "Pod")

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._gone: dict[str, float] = {}

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        node = name(obj) if kind == "Node" else node_of(obj)
        if node and self.view.get("Node", node) is None:
            yield ("", node)

    async def reconcile(self, key: Key) -> None:
        node = key[1]
        if self.view.get("Node", node) is not None:
            self._gone.pop(node, None)
            return
        now = self.world.clock.time()
        left = self._gone.setdefault(node, now) + _QUARANTINE_SECONDS - now
        if left > 0:
            self.again(key, left)
            return
        for pod in self.view.all("Pod"):
            if node_of(pod) == node:
                await self.world.delete(pod, grace_seconds=0)
