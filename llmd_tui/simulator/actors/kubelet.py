"""The kubelets of all nodes."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from itertools import count

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.life import Life
from llmd_tui.simulator.actors.machine import Machine
from llmd_tui.simulator.actors.meta import terminating
from llmd_tui.simulator.actors.pods import node_of, phase
from llmd_tui.simulator.actors.world import World

log = logging.getLogger(__name__)


class Kubelets(Controller):
    """Begins a life for each pod that a node got, and ends it when the pod is to go. With a node goes its kubelet."""

    kinds = ("Pod", "Node")

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._machines: dict[str, Machine] = {}
        self._numbers = count()
        self._lives: dict[str, tuple[Key, Life, asyncio.Task[None]]] = {}

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "Pod" and node_of(obj):
            yield key_of(obj)
        elif kind == "Node" and self.view.get("Node", name(obj)) is None:
            if machine := self._machines.pop(name(obj), None):
                machine.stop()
            yield from (key for key, life, _ in self._lives.values() if node_of(life.pod) == name(obj))

    async def reconcile(self, key: Key) -> None:
        pod = self.view.get("Pod", key[1], key[0])
        if pod and self.view.get("Node", node_of(pod)) is None:
            pod = None
        uid = pod["metadata"]["uid"] if pod else None
        for other, (owner, _, task) in list(self._lives.items()):
            if owner == key and other != uid:
                task.cancel()
                del self._lives[other]
        if pod is None or uid is None:
            return
        if uid not in self._lives:
            if phase(pod) in ("Succeeded", "Failed") and not terminating(pod):
                return
            life = Life(self.world, self._machine(pod), pod)
            self._lives[uid] = (key, life, asyncio.create_task(self._live(life, alive=not terminating(pod))))
        elif terminating(pod):
            _, life, task = self._lives[uid]
            if not task.cancelling() and task.get_name() != "stop":
                task.cancel()
                self._lives[uid] = (key, life, asyncio.create_task(self._live(life, alive=False), name="stop"))

    def _machine(self, pod: Object) -> Machine:
        node_name = node_of(pod)
        if node_name not in self._machines:
            node = self.view.get("Node", node_name) or {"metadata": {"name": node_name}}
            self._machines[node_name] = Machine(self.world, node, next(self._numbers))
        return self._machines[node_name]

    async def _live(self, life: Life, *, alive: bool) -> None:
        try:
            await (life.run() if alive else life.stop())
        except Exception:
            # One pod must not take the kubelet of all nodes with it.
            log.exception("the kubelet lost a pod")
            raise

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            tasks = [task for _, _, task in self._lives.values()]
            for task in tasks:
                task.cancel()
            for machine in self._machines.values():
                machine.stop()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)
