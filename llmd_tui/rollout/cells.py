"""A cell of the nodes × stages matrix, and what the evidence for it is read from."""

from dataclasses import dataclass
from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.reading import changed, created, labels_of, latest, name_of, part, quantity, text
from llmd_tui.rollout.times import State, Step


@dataclass(frozen=True)
class Cell:
    """A stage on a node.

    `since` is when this state began, `seconds` how long a done stage took, each where it is known. `step` tells what
    is usual for what goes on now.
    """

    stage: str
    state: State
    since: datetime | None = None
    seconds: float | None = None
    text: str = ""
    step: Step | None = None


@dataclass(frozen=True)
class Seat:
    """A node in one moment, with what should be there: `gpus` of them, OFED and RDMA devices when `rdma`."""

    moment: Moment
    node: Object
    strategy: str
    rdma: bool
    gpus: int

    @property
    def name(self) -> str:
        return name_of(self.node)

    @property
    def now(self) -> datetime:
        return self.moment.now

    def pod(self, role: str) -> Object | None:
        return self.moment.pod(self.name, role)

    def label(self, key: str) -> str:
        return text(labels_of(self.node).get(key))

    def allocatable(self, resource: str) -> float | None:
        """None while no plugin has registered it; 0 when its devices are unhealthy or its plugin has gone."""
        return quantity(part(self.node, "status", "allocatable").get(resource))

    @property
    def rdma_devices(self) -> float | None:
        """Of whatever resource name the variant of the device plugin uses."""
        names = [name for name in part(self.node, "status", "allocatable") if name.startswith("rdma/")]
        return max((self.allocatable(name) or 0 for name in names), default=None)

    @property
    def ready_since(self) -> datetime | None:
        return changed(self.node, "Ready")

    def since(self, *objects: Object | None) -> datetime | None:
        """When the last of these was created; not before the node was Ready and its hardware known."""
        return latest(self.ready_since, self.moment.features.get(self.name), *(created(o) for o in objects if o))
