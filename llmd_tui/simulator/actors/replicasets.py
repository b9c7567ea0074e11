"""The ReplicaSet controller: so many pods of one template."""

from collections.abc import Iterable

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, terminating
from llmd_tui.simulator.actors.pods import active, node_of, owned, phase, pod_from, ready
from llmd_tui.simulator.actors.world import World


class ReplicaSets(Controller):
    kinds = ("ReplicaSet", "Pod")

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._deleted: set[str] = set()

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "ReplicaSet":
            yield key_of(obj)
        elif controller_of(obj).get("kind") == "ReplicaSet":
            yield (obj["metadata"]["namespace"], controller_of(obj)["name"])

    async def reconcile(self, key: Key) -> None:
        replica_set = self.view.get("ReplicaSet", key[1], key[0])
        if replica_set is None or terminating(replica_set):
            return
        wanted = int(replica_set["spec"].get("replicas", 1))
        pods = [p for p in owned(self.world, replica_set) if active(p) and p["metadata"]["uid"] not in self._deleted]
        for _ in range(wanted - len(pods)):
            created = await self.world.create(pod_from(replica_set["spec"]["template"], replica_set))
            if created:
                pods.append(created)
                self._event(replica_set, "SuccessfulCreate", f"Created pod: {name(created)}")
        # Those that wait for a node go first, then those that are not ready.
        for pod in sorted(pods, key=lambda p: (bool(node_of(p)), ready(p)))[: max(0, len(pods) - wanted)]:
            self._deleted.add(pod["metadata"]["uid"])
            pods.remove(pod)
            if await self.world.delete(pod):
                self._event(replica_set, "SuccessfulDelete", f"Deleted pod: {name(pod)}")
        up = sum(1 for pod in pods if ready(pod) and phase(pod) == "Running")
        counts = {"fullyLabeledReplicas": len(pods), "readyReplicas": up, "availableReplicas": up}
        generation = replica_set["metadata"].get("generation", 1)
        await self.world.status(
            replica_set,
            {"replicas": len(pods), "observedGeneration": generation}
            | {key: value or None for key, value in counts.items()},
        )

    def _event(self, replica_set: Object, reason: str, message: str) -> None:
        self.world.events.event(replica_set, reason, message, component="replicaset-controller")
