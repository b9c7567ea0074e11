"""Scenarios that the simulators play: what Azure offers, how long things take, what goes wrong."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from llmd_tui.errors import UserError
from llmd_tui.presets.components import merge
from llmd_tui.presets.loading import Preset, names, read


class Quota(Preset):
    """vCPUs of one family in one region."""

    limit: int
    used: int = 0


class Region(Preset):
    """`quota` by family, with `cores` for all of the region; `restricted` by size: Azure's reason code.

    A size is offered where its family has a quota entry; without one the region does not know it.
    """

    display_name: str
    quota: dict[str, Quota]
    restricted: dict[str, str] = Field(default_factory=dict[str, str])
    zones: tuple[str, ...] = ("1", "2", "3")


class Subscription(Preset):
    """`state` is Azure's word for it."""

    id: str
    name: str
    tenant: str
    tenant_name: str = "Simulated"
    state: str = "Enabled"


AzureFaultName = Literal[
    "throttled",
    "expired-token",
    "claims-challenge",
    "other-tenant",
    "denied",
    "busy",
    "policy",
    "zone-refused",
    "quota-at-once",
    "quota-later",
    "no-capacity",
    "zone-full",
    "never-ends",
    "feature-pending",
    "local-accounts-off",
    "reset",
    "slow",
]


class AzureFault(Preset):
    """What Azure refuses or breaks; `simulator/arm/faults.py` says how.

    `on` is a regular expression for "METHOD /path" (in any case); the fault hits what matches, after the first `skip`,
    `times` times (None: always). `seconds`: the Retry-After of `throttled` (None: it names none), how long a `slow`
    answer takes. `value`: the action that is `denied`, the feature that stays pending, the tenant of `other-tenant`.
    """

    fault: AzureFaultName
    on: str = ""
    skip: int = 0
    times: int | None = 1
    seconds: float | None = None
    value: str = ""


class Azure(Preset):
    """`seconds` by operation: feature, provider, resource-group, cluster, pool, gpu-pool, delete.

    `others` are subscriptions beside the one in which things are made, of its tenant or of another one.
    """

    subscription: Subscription
    others: tuple[Subscription, ...] = ()
    regions: dict[str, Region]
    seconds: dict[str, float]
    faults: tuple[AzureFault, ...] = ()


class Nodes(Preset):
    """`factors` stretch every duration on the first, second ... node of a pool; the last one holds for the rest.

    `ready_seconds` is from the machine's registration to Ready.
    """

    factors: tuple[float, ...]
    ready_seconds: float


class Image(Preset):
    """Images whose name contains `match`; the first that matches counts."""

    match: str
    pull_seconds: float
    megabytes: int


class Program(Preset):
    """What a container's program does, in seconds.

    `run` until it ends by itself (init containers, Jobs); `start` until its startup probe passes; `ready` from then
    until its readiness probe passes; `effect` from running until what it is there for shows outside the pod.
    """

    run_seconds: float = 2
    start_seconds: float = 0
    ready_seconds: float | None = None
    effect_seconds: float = 0


class ModelServer(Preset):
    """The start of a model server: fetch the weights, read them, compile and capture graphs."""

    download_gib_per_second: float
    load_gib_per_second: float
    compile_seconds: float
    default_gib: float


class Fault(Preset):
    """Something of the cluster that fails, `after_seconds` after it began.

    crash: a container ends with `exit_code`, its last words `log`. hang: it runs on and never starts, ends or gets
    ready. pull: its image is not to be had, for the reason `log`. no-address: a Service of type LoadBalancer gets
    none, for the reason `log`.

    It strikes on the `node`-th node of a pool (None: on all), the first `times` times that a pod's container begins
    (None: always), in the first `pods` pods that come there (None: in all). `since` ready counts from when the
    container was ready; what happens then can only be a crash.
    """

    kind: Literal["crash", "hang", "pull", "no-address"]
    container: str = ""
    node: int | None = None
    after_seconds: float = 5
    since: Literal["start", "ready"] = "start"
    times: int | None = None
    pods: int | None = None
    exit_code: int = 1
    log: str = ""

    @model_validator(mode="after")
    def _whole(self) -> "Fault":
        if (self.kind != "no-address") != bool(self.container):
            raise ValueError("a fault of a container names it, and no other does")
        if self.since == "ready" and self.kind != "crash":
            raise ValueError("only a crash can come after ready")
        return self


class Scenario(Preset):
    """`base` names the scenario that this one changes; mappings are merged, everything else is replaced.

    `seconds` are delays of the cluster's own parts by name; `programs` are by container name.
    """

    name: str
    title: str
    base: str | None = None
    azure: Azure
    nodes: Nodes
    seconds: dict[str, float]
    images: tuple[Image, ...]
    programs: dict[str, Program]
    model_server: ModelServer
    faults: tuple[Fault, ...] = ()

    def factor(self, ordinal: int) -> float:
        """How much slower or faster the node with this ordinal in its pool is."""
        return self.nodes.factors[min(ordinal, len(self.nodes.factors) - 1)]

    def image(self, name: str) -> Image:
        return next(image for image in self.images if image.match in name)

    def program(self, container: str) -> Program:
        return self.programs.get(container) or Program()


@cache
def scenario(name: str = "smooth") -> Scenario:
    """The scenario of that name. Raises UserError when there is none."""
    if name not in (known := list(names("scenarios"))):
        raise UserError(f"{name} is not a scenario.", f"Known: {', '.join(known)}.")
    return Scenario.model_validate(_content(name))


def _content(name: str) -> Mapping[str, Any]:
    own: dict[str, Any] = read(f"scenarios/{name}.yaml")
    base = own.get("base")
    return merge(_content(base), own) if base else own
