"""Ends pods that are to end, where the one who plays the kubelet lets only those of Jobs end."""

from collections.abc import Iterable

from llmd_tui.objects import Object
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, terminating
from llmd_tui.simulator.actors.pods import phase


class Finishers(Controller):
    """kwok does so."""

    kinds = ("Pod",)

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if obj["spec"].get("restartPolicy") in ("Never", "OnFailure") and controller_of(obj).get("kind") != "Job":
            yield key_of(obj)

    async def reconcile(self, key: Key) -> None:
        pod = self.view.get("Pod", key[1], key[0])
        if pod is not None and phase(pod) == "Running" and not terminating(pod):
            await self.world.status(pod, {"phase": "Succeeded"})
