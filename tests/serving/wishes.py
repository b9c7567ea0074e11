"""Everything that can be asked for, for property tests, and readings of what is made from it."""

from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from llmd_tui.config.model import Pool
from llmd_tui.objects import Object
from llmd_tui.plan.serving.layout import Layout, Overrides, RoleOverride, layout
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import Storage
from llmd_tui.plan.taints import tolerations
from llmd_tui.presets.models import LanguageModel, language_model, language_models
from llmd_tui.presets.paths import WellLitPath, scorer_profile, well_lit_path, well_lit_paths
from llmd_tui.presets.releases import release
from llmd_tui.presets.sizes import Size, size, sizes

POOL = Pool(size="Standard_ND96isr_H100_v5", taints=["team=ml:NoSchedule"])
H100, H200 = "Standard_ND96isr_H100_v5", "Standard_ND96isr_H200_v5"
NOTHING, UNKNOWN = Overrides(), Storage()


@dataclass(frozen=True)
class Wish:
    path: WellLitPath
    model: LanguageModel
    size: Size
    nodes: int
    overrides: Overrides = NOTHING
    storage: Storage = UNKNOWN

    def layout(self) -> Layout | Problem:
        return layout(self.path, self.model, self.size, self.nodes, self.overrides, self.storage)


def wish(path: str, on: str, nodes: int | None = None, model: str | None = None, **roles: RoleOverride) -> Wish:
    """A wish as an answers file would say it; what is not said is the preset's."""
    chosen = well_lit_path(path)
    count = nodes or chosen.default_nodes(on) or 1
    return Wish(chosen, language_model(model or chosen.default_model(on)), size(on), count, Overrides(roles))


def good(asked: Wish) -> Layout:
    """Its layout, which there must be."""
    found = asked.layout()
    assert isinstance(found, Layout), found
    return found


def bad(asked: Wish) -> Problem:
    found = asked.layout()
    assert isinstance(found, Problem), found
    return found


def request(asked: Wish, made: Layout | None = None, **fields: Any) -> ServingRequest:
    """A request for the wish's layout, with InfiniBand wherever path and size have it."""
    uses = asked.path.rdma and asked.size.rdma
    shared = "device-claims" if asked.storage.device_claims else "shared-device"
    given: dict[str, Any] = {
        "path": asked.path,
        "model": asked.model,
        "layout": made or good(asked),
        "images": release("0.10").images,
        "namespace": asked.path.namespace,
        "scorers": scorer_profile(asked.path, None),
        "gateway": "istio",
        "monitoring": True,
        "rdma": shared if uses else "none",
        "cache_claim": "model-cache" if asked.storage.cached else None,
    }
    return ServingRequest(**given | fields)


def overrides() -> st.SearchStrategy[Overrides]:
    role = st.builds(
        RoleOverride,
        replicas=st.none() | st.integers(1, 24),
        tensor_parallel=st.none() | st.sampled_from([1, 2, 3, 4, 8, 16]),
    )
    return st.builds(
        Overrides,
        roles=st.dictionaries(st.sampled_from(["decode", "prefill"]), role, max_size=2),
        max_model_len=st.none() | st.integers(256, 200_000),
        gpu_memory_utilization=st.none() | st.floats(0.3, 0.98),
    )


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Any size, path, model, number of nodes and overrides, sensible or not; mostly ones that fit together."""
    path = well_lit_path(draw(st.sampled_from([path.name for path in well_lit_paths()])))
    fitting = draw(st.sampled_from([True, True, False]))
    models = path.models if fitting else [model.name for model in language_models()]
    on = list(path.sizes) if fitting else [each.name for each in sizes()]
    return Wish(
        path=path,
        model=language_model(draw(st.sampled_from(models))),
        size=size(draw(st.sampled_from(on))),
        nodes=draw(st.integers(1, 12)),
        overrides=draw(st.just(NOTHING) | overrides()),
        storage=draw(st.just(UNKNOWN) | storages()),
    )


def storages() -> st.SearchStrategy[Storage]:
    disk = st.sampled_from([None, 256, 1024, 2048])
    return st.builds(Storage, disk_gib=disk, cached=st.booleans(), device_claims=st.booleans())


@st.composite
def requests(draw: st.DrawFn) -> ServingRequest:
    """Requests whose layout exists."""
    asked = draw(wishes())
    made = asked.layout()
    assume(isinstance(made, Layout))
    return request(
        asked,
        good(asked),
        scorers=scorer_profile(asked.path, draw(st.sampled_from([None, *asked.path.router.profiles]))),
        gateway=draw(st.sampled_from(["standalone", "istio", "agentgateway"])),
        locked_memory=draw(st.sampled_from(["ipc-lock", "containerd", "nri"])),
        monitoring=draw(st.booleans()),
        token_secret=draw(st.sampled_from([None, "llm-d-hf-token"])),
        tolerations=draw(st.sampled_from([(), tuple(tolerations(POOL))])),
    )


def pod_of(workload: Object) -> Object:
    """The pod template's spec of a Deployment or LeaderWorkerSet."""
    spec = workload["spec"]
    template = spec.get("template") or spec["leaderWorkerTemplate"]["workerTemplate"]
    return template["spec"]


def pods_of(workload: Object) -> int:
    spec = workload["spec"]
    return spec["replicas"] * spec.get("leaderWorkerTemplate", {}).get("size", 1)


def containers_of(pod: Object) -> list[Object]:
    """The model server, and the native sidecar beside it."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def asked_by(pod: Object) -> dict[str, float]:
    """What the scheduler adds up of a pod: native sidecars run beside the containers."""
    total: dict[str, float] = {}
    for container in containers_of(pod):
        for name, quantity in container["resources"]["requests"].items():
            total[name] = total.get(name, 0) + number(quantity)
    return total


def number(quantity: str) -> float:
    """A quantity of CPU, a count, or GiB."""
    return float(quantity.removesuffix("Gi"))
