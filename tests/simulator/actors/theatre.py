"""The Kubernetes simulator with all actors on it, an audience that watches the API, and what that saw."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.observe import Observer
from llmd_tui.kube.store import Store, View
from llmd_tui.objects import Object
from llmd_tui.presets.scenarios import ModelServer, Program, Scenario, scenario
from llmd_tui.simulator.actors.aks import Aks
from llmd_tui.simulator.actors.cast import playing
from llmd_tui.simulator.actors.world import World
from llmd_tui.simulator.kubernetes import serve

SECONDS = 60
"""Wall seconds after which something that should have come will not come any more."""

_KINDS = (
    ("v1", "Node"),
    ("v1", "Pod"),
    ("v1", "Event"),
    ("v1", "Service"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
)
CUSTOM = (
    ("nvidia.com/v1", "ClusterPolicy"),
    ("mellanox.com/v1alpha1", "NicClusterPolicy"),
    ("nfd.k8s-sigs.io/v1alpha1", "NodeFeature"),
)


@dataclass(frozen=True)
class Line:
    """A change, as the recordings of real operators have them, with the time on the audience's clock."""

    t: float
    kind: str
    type: str
    object: Object


class Tape(Store):
    """Keeps what came, in its order."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._clock = clock

    def apply(self, kind: str, event_type: str, obj: Object, source: str = "") -> None:
        self.lines.append(Line(self._clock.time(), kind, event_type, obj))
        super().apply(kind, event_type, obj, source)

    def replace(self, kind: str, seen: Any, source: str = "") -> None:
        listed = list(seen)
        self.lines += [Line(self._clock.time(), kind, "ADDED", obj) for obj in listed]
        super().replace(kind, listed, source)


@dataclass
class Theatre:
    cluster: Cluster
    kubeconfig: Path
    clock: Clock
    world: World
    aks: Aks
    tape: Tape
    observer: Observer
    watches: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def watch(self, *kinds: tuple[str, str]) -> None:
        """The audience asks for these too."""
        for api_version, kind in kinds:
            if (api_version, kind) not in self.watches:
                self.watches.add((api_version, kind))
                self.observer.watch(api_version, kind)

    async def until(self, what: str, test: Callable[[View], Any]) -> Any:
        """Waits until the test holds for what the audience sees; its result."""
        seen = -1
        try:
            async with asyncio.timeout(SECONDS):
                while not (found := test(self.tape)):
                    seen = await self.observer.changed(seen)
        except TimeoutError:
            raise AssertionError(f"{what}: not seen in {SECONDS} s") from None
        return found

    async def caught_up(self) -> None:
        """Waits until the audience has seen all that was said: events are written in the background."""
        await self.world.events.written()
        node = self.tape.all("Node")[0]
        self.world.events.event(node, "End", "", component="audience")
        await self.until("the end", lambda view: any(event["reason"] == "End" for event in view.all("Event")))
        self.tape.lines.pop()

    async def pool(self, name: str, size: str, nodes: int, **properties: Any) -> None:
        """A node pool as ARM would have it made, with its nodes Ready."""
        cluster = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c"
        given = {"vmSize": size, "osSKU": "Ubuntu2404", "orchestratorVersion": "1.35.6", "osDiskSizeGB": 4096}
        pool = {"id": f"{cluster}/agentPools/{name}", "name": name, "properties": given | properties}
        await self.aks.scale(pool, nodes, "eastus2")
        await self.until(f"nodes of {name}", lambda view: _ready_nodes(view, name) == nodes)

    async def gpus(self, nodes: int = 2, *, driver: str = "None", size: str = "Standard_ND96isr_H100_v5") -> None:
        profile: Mapping[str, Any] = {"driver": driver}
        if driver == "Managed":
            profile = {"driver": "Install", "nvidia": {"managementMode": "Managed"}}
        taints = ["sku=gpu:NoSchedule"]
        await self.pool("gpu", size, nodes, nodeLabels={"sku": "gpu"}, nodeTaints=taints, gpuProfile=profile)

    async def namespace(self, name: str) -> str:
        await self.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        return name


def brisk(**changes: Any) -> Scenario:
    """Everything goes well, and the long parts are short: so a slow machine is not taken for a slow rollout."""
    smooth = scenario()
    images = tuple(image.model_copy(update={"pull_seconds": image.pull_seconds / 6}) for image in smooth.images)
    programs = smooth.programs | {
        "mofed-container": Program(start_seconds=150, ready_seconds=8),
        "nvidia-driver-ctr": Program(start_seconds=100),
    }
    model_server = ModelServer(download_gib_per_second=20, load_gib_per_second=20, compile_seconds=10, default_gib=60)
    return smooth.model_copy(update={"images": images, "programs": programs, "model_server": model_server, **changes})


@asynccontextmanager
async def theatre(speed: float = 100, play: Scenario | None = None) -> AsyncGenerator[Theatre]:
    clock = Clock(speed=speed)
    server = await serve(clock)
    try:
        with tempfile.TemporaryDirectory() as folder:
            kubeconfig = Path(folder) / "kubeconfig"
            server.kubeconfig(kubeconfig)
            async with await Cluster.connect(kubeconfig) as cluster:
                tape = Tape(clock)
                observer = Observer(cluster, tape, clock)
                async with playing(cluster, clock, play or brisk()) as world:
                    aks = Aks(world)
                    stage = Theatre(cluster, kubeconfig, clock, world, aks, tape, observer)
                    stage.watch(*_KINDS)
                    watching = asyncio.create_task(observer.run())
                    try:
                        yield stage
                    finally:
                        watching.cancel()
                        await asyncio.gather(watching, return_exceptions=True)
                        await aks.close()
    finally:
        await server.close()


def _ready_nodes(view: View, pool: str) -> int:
    nodes = view.all("Node", None, {"agentpool": pool})
    return sum(
        1
        for node in nodes
        if not any(taint["key"].startswith("node.kubernetes.io") for taint in node["spec"].get("taints") or ())
    )
