"""Azure's part inside the cluster: addresses of load balancers, and volumes."""

from collections.abc import Iterable
from zlib import crc32

from llmd_tui.objects import Object, annotations, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import mapping, rows
from llmd_tui.simulator.actors.world import World

_RETRY_SECONDS = 60
_INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"


class LoadBalancers(Controller):
    """An address for each Service of type LoadBalancer, a minute or so after it was made."""

    kinds = ("Service",)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._since: dict[str, float] = {}

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if obj["spec"].get("type") == "LoadBalancer":
            yield key_of(obj)

    async def reconcile(self, key: Key) -> None:
        service = self.view.get("Service", key[1], key[0])
        if service is None or rows(service, "status", "loadBalancer", "ingress"):
            return
        now = self.world.clock.time()
        uid = service["metadata"]["uid"]
        if uid not in self._since:
            self._event(service, "EnsuringLoadBalancer", "Ensuring load balancer")
        due = self._since.setdefault(uid, now) + self.world.seconds("load-balancer") - now
        if due > 0:
            self.again(key, due)
            return
        if fault := next((fault for fault in self.world.scenario.faults if fault.kind == "no-address"), None):
            text = f"Error syncing load balancer: failed to ensure load balancer: {fault.log}"
            self._event(service, "SyncLoadBalancerFailed", text, warning=True)
            self.again(key, _RETRY_SECONDS)
            return
        network = "10.224.9" if annotations(service).get(_INTERNAL) == "true" else "203.0.113"
        ingress = [{"ip": f"{network}.{crc32(name(service).encode()) % 250 + 4}", "ipMode": "VIP"}]
        await self.world.status(service, {"loadBalancer": {"ingress": ingress}})
        self._event(service, "EnsuredLoadBalancer", "Ensured load balancer")

    def _event(self, service: Object, reason: str, message: str, *, warning: bool = False) -> None:
        self.world.events.event(service, reason, message, component="service-controller", warning=warning)


class Volumes(Controller):
    """Binds every claim once a pod that wants it has a node: WaitForFirstConsumer, as AKS's classes are."""

    kinds = ("PersistentVolumeClaim", "Pod")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "PersistentVolumeClaim":
            yield key_of(obj)
        else:
            for volume in rows(obj, "spec", "volumes"):
                if claim := mapping(volume, "persistentVolumeClaim").get("claimName"):
                    yield (obj["metadata"]["namespace"], claim)

    async def reconcile(self, key: Key) -> None:
        claim = self.view.get("PersistentVolumeClaim", key[1], key[0])
        if claim is None or mapping(claim, "status").get("phase") == "Bound":
            return
        room = mapping(claim, "spec", "resources", "requests")
        await self.world.status(
            claim, {"phase": "Bound", "accessModes": rows(claim, "spec", "accessModes"), "capacity": room}
        )
