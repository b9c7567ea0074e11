"""The well-lit paths of llm-d: what runs where, and how, from presets/paths/*.yaml and presets/scorers.yaml."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, names, read
from llmd_tui.presets.sizes import Size


class Probe(Preset):
    """An HTTP probe; `port` is the name of a container port."""

    path: str
    port: str
    initial_delay_seconds: int = 0
    period_seconds: int
    timeout_seconds: int
    failure_threshold: int


class Probes(Preset):
    startup: Probe
    liveness: Probe
    readiness: Probe


class Asks(Preset):
    """What a container asks for. A limit of None: none for CPU, the request for memory."""

    cpu: float
    cpu_limit: float | None = None
    memory_gib: float
    memory_limit_gib: float | None = None
    ephemeral_gib: float = 0


class Sidecar(Preset):
    """The routing proxy before the decode servers, a native sidecar."""

    arguments: tuple[str, ...]
    ports: Mapping[str, int]
    asks: Asks


class PathRole(Preset):
    """The model servers of one role.

    `gpu_share` is of the GPUs of each node; a replica of several nodes takes all of theirs. `tensor_parallel` is by
    model ("default" for the others) and the least that is taken: memory may demand more. `ranks` are data-parallel ones
    in a pod; 0 where there is no data parallelism. `arguments` and `environment` may name {model}, {tensor_parallel},
    {ranks} and {data_parallel}, the ranks of a whole replica.
    """

    role: Literal["decode", "prefill"]
    workload: str
    gpu_share: float = 1
    tensor_parallel: Mapping[str, int]
    nodes_per_replica: int = 1
    ranks: int = 0
    asks: Asks
    shm_gib: float
    buffers_gib: float = 0
    gpu_memory_utilization: float | None = None
    ports: Mapping[str, int]
    metrics_ports: tuple[str, ...]
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = Field(default_factory=dict[str, str])
    pod_fields: Mapping[str, str] = Field(default_factory=dict[str, str])
    probes: Probes
    sidecar: Sidecar | None = None

    def least_tensor_parallel(self, model: str) -> int:
        return self.tensor_parallel.get(model, self.tensor_parallel["default"])


class PathSize(Preset):
    """A VM size that can run the path. `nodes` are what the path is shown on; `model` differs from the path's own."""

    minimum_nodes: int
    nodes: int
    model: str | None = None


class Container(Preset):
    """The model server's container. `script` starts vLLM with "$@"; without one vLLM is started directly."""

    name: str
    image: Literal["model_server", "wide_ep_model_server"]
    script: str = ""
    root: bool = False
    capabilities: tuple[str, ...] = ()
    cache_path: str
    cache_variable: str
    scratch: Mapping[str, str]


class RouterPreset(Preset):
    """The endpoint picker. `profiles` names entries of presets/scorers.yaml, the upstream default first."""

    target_ports: tuple[int, ...]
    profiles: tuple[str, ...]
    peak_prefill_throughput: int
    token: bool = False


class WellLitPath(Preset):
    """`units_of` is how many nodes more it takes to grow; `reference` the size that llm-d shows the path on.

    `best` says in a sentence what for to take it.
    """

    name: str
    title: str
    seed_name: str
    seed_title: str
    summary: str
    best: str
    namespace: str
    release: str
    workload: Literal["Deployment", "LeaderWorkerSet"]
    rdma: bool
    disaggregated: bool = False
    units_of: int = 1
    reference: str
    block_size: int | None = None
    render: bool = False
    models: tuple[str, ...]
    container: Container
    roles: tuple[PathRole, ...]
    sizes: Mapping[str, PathSize]
    unfit: Mapping[str, str] = Field(default_factory=dict[str, str])
    router: RouterPreset

    @model_validator(mode="after")
    def decode_comes_last(self) -> "WellLitPath":
        if self.roles[-1].role != "decode" or len({role.role for role in self.roles}) != len(self.roles):
            raise ValueError("roles are prefill, if any, and decode")
        return self

    @property
    def multi_host(self) -> bool:
        """Whether a replica spans nodes."""
        return self.workload == "LeaderWorkerSet"

    @property
    def guide_labels(self) -> dict[str, str]:
        """The labels by which the InferencePool finds the path's pods."""
        return {"llm-d.ai/guide": self.name}

    def why_not(self, size: Size) -> str:
        """Why a size cannot run the path, or nothing."""
        if size.name in self.sizes:
            return ""
        return size.unfit.paths.get(self.name) or self.unfit.get(size.name) or f"{self.name} has no layout for it"

    def minimum_nodes(self, size: str) -> int | None:
        """The fewest nodes of a size that run it, None when the size has no layout."""
        found = self.sizes.get(size)
        return found.minimum_nodes if found else None

    def default_nodes(self, size: str) -> int | None:
        """As many nodes as there is something to see on: two replicas at least, for a router to choose from."""
        found = self.sizes.get(size)
        return found.nodes if found else None

    def default_model(self, size: str) -> str:
        found = self.sizes.get(size)
        return (found and found.model) or self.models[0]


class ScorerProfile(Preset):
    """How the endpoint picker chooses. `single` and `disaggregated` are EndpointPickerConfigs without their head."""

    name: str
    title: str
    summary: str
    single: Mapping[str, Any] | None = None
    disaggregated: Mapping[str, Any] | None = None


@cache
def well_lit_paths() -> tuple[WellLitPath, ...]:
    """In the order in which they are offered: simplest first."""
    found = [WellLitPath.model_validate(read(f"paths/{name}.yaml")) for name in names("paths")]
    return tuple(sorted(found, key=lambda path: (len(path.roles), path.multi_host, path.render)))


def well_lit_path(name: str) -> WellLitPath:
    """By its name or by the seeds' older one. Raises UserError."""
    for path in well_lit_paths():
        if name in (path.name, path.seed_name):
            return path
    known = ", ".join(path.name for path in well_lit_paths())
    raise UserError(f"{name} is not a well-lit path that is known here.", f"Known: {known}.")


@cache
def scorer_profiles() -> Mapping[str, ScorerProfile]:
    """By name."""
    return {row["name"]: ScorerProfile.model_validate(row) for row in read("scorers.yaml")}


def scorer_profile(path: WellLitPath, name: str | None) -> ScorerProfile:
    """A path's scorer profile, by default the one that llm-d gives it. Raises UserError."""
    chosen = name or path.router.profiles[0]
    if chosen not in path.router.profiles:
        raise UserError(
            f"{chosen} is not a scorer profile of {path.name}.", f"Known: {', '.join(path.router.profiles)}."
        )
    return scorer_profiles()[chosen]
