"""How a well-lit path is laid out on so many nodes of a size: roles, replicas, GPUs, and what each pod asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from llmd_tui.plan.serving.parallelism import Asked, Split, split
from llmd_tui.plan.serving.placement import NodePods, Pods, any_order, even, node_room, place
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.plan.serving.replicas import Group, count_replicas, does_not_fit, least_disk_gib
from llmd_tui.plan.serving.roles import RoleLayout, Storage, role_layout
from llmd_tui.presets.models import LanguageModel
from llmd_tui.presets.paths import WellLitPath
from llmd_tui.presets.sizes import Size


@dataclass(frozen=True)
class RoleOverride:
    replicas: int | None = None
    tensor_parallel: int | None = None


@dataclass(frozen=True)
class Overrides:
    """What the user asked for instead of the path's own. None and missing roles: nothing was said."""

    roles: Mapping[str, RoleOverride] = field(default_factory=dict[str, RoleOverride])
    max_model_len: int | None = None
    gpu_memory_utilization: float | None = None

    def role(self, name: str) -> RoleOverride:
        return self.roles.get(name) or RoleOverride()


@dataclass(frozen=True)
class Layout:
    """`max_model_len` is the longest context in tokens; `limits_context` tells whether vLLM must be told.

    `utilization` is what the user asked for. `even`: spread evenly over the nodes the pods fit, in whatever order they
    are scheduled. `disk_gib`: the OS disk that a node needs for them. `notes` are worth knowing.
    """

    nodes: int
    roles: tuple[RoleLayout, ...]
    max_model_len: int
    limits_context: bool
    utilization: float | None
    placement: tuple[NodePods, ...]
    even: bool
    disk_gib: int
    notes: tuple[str, ...]

    @property
    def gpus(self) -> int:
        return sum(role.gpus * role.pods for role in self.roles)


def layout(
    path: WellLitPath,
    model: LanguageModel,
    on: Size,
    nodes: int,
    overrides: Overrides | None = None,
    storage: Storage | None = None,
) -> Layout | Problem:
    """A layout whose pods all fit, or why there is none."""
    asked, kept = overrides or Overrides(), storage or Storage()
    if problem := _cannot_run(path, model, on, nodes) or _bad_overrides(path, model, asked):
        return problem
    splits = _splits(path, model, on, asked)
    if isinstance(splits, Problem):
        return splits
    room = node_room(on, kept.disk_gib)
    roles = [role_layout(path, role, model, splits[role.role], on, room, kept) for role in path.roles]
    groups = [Group(role.preset, role.asks, asked.role(role.role).replicas) for role in roles]
    counts = count_replicas(groups, room, nodes, on)
    if isinstance(counts, Problem):
        return counts
    roles = [replace(role, replicas=counts[role.role]) for role in roles]
    pods = [Pods(role.role, role.pods, role.asks) for role in roles]
    placement = place(pods, room, nodes)
    if placement is None:
        return does_not_fit(pods, room, nodes, on)
    longest = asked.max_model_len or min(role.memory.fits_tokens for role in roles)
    return Layout(
        nodes=nodes,
        roles=tuple(roles),
        max_model_len=longest,
        limits_context=asked.max_model_len is not None or longest < model.max_context,
        utilization=asked.gpu_memory_utilization,
        placement=placement,
        even=even(pods, room, nodes),
        disk_gib=least_disk_gib(pods, placement),
        notes=(*_notes(path, model, on, nodes, roles), *_order_note(any_order(pods, room, nodes))),
    )


def short(name: str) -> str:
    """ND96isr_H100_v5."""
    return name.removeprefix("Standard_")


def _splits(path: WellLitPath, model: LanguageModel, on: Size, asked: Overrides) -> dict[str, Split] | Problem:
    splits: dict[str, Split] = {}
    for role in path.roles:
        wish = Asked(asked.role(role.role).tensor_parallel, asked.max_model_len, asked.gpu_memory_utilization)
        found = split(role, model, on, wish)
        if isinstance(found, Problem):
            return found
        splits[role.role] = found
    if path.disaggregated and splits["prefill"].tensor_parallel > splits["decode"].tensor_parallel and not model.latent:
        wide, narrow = splits["prefill"].tensor_parallel, splits["decode"].tensor_parallel
        message = f"prefill on {wide} GPUs and decode on {narrow}: NIXL cannot hand the cache over to fewer"
        return Problem("path.decode.tensorParallel", message, "Give decode at least as many as prefill.")
    return splits


def _cannot_run(path: WellLitPath, model: LanguageModel, on: Size, nodes: int) -> Problem | None:
    have = f"you have {nodes} × {short(on.name)}"
    if reason := path.why_not(on):
        least = path.minimum_nodes(path.reference)
        needs = f"{path.name} needs {least} × {short(path.reference)}, {have}"
        return Problem(
            "pool.size", needs if path.rdma else f"{path.name} does not run on {short(on.name)}", f"{reason}."
        )
    least = path.minimum_nodes(on.name) or 1
    if nodes < least:
        message = f"{path.name} needs {least} × {short(on.name)}, {have}"
        return Problem("pool.nodes", message, f"Take {least} nodes.")
    if model.name not in path.models:
        message = f"{path.name} does not serve {model.name}"
        return Problem("path.model", message, f"It serves {', '.join(path.models)}.")
    if model.gpus and on.gpu.model not in model.gpus:
        message = f"{model.name} runs on {' and '.join(model.gpus)}, {short(on.name)} has {on.gpu.model}"
        return Problem("path.model", message, f"{path.default_model(on.name)} runs here.")
    return None


def _bad_overrides(path: WellLitPath, model: LanguageModel, asked: Overrides) -> Problem | None:
    known = {role.role for role in path.roles}
    for name, wish in asked.roles.items():
        if name not in known and wish != RoleOverride():
            said = "replicas" if wish.replicas else "tensorParallel"
            return Problem(f"path.{name}.{said}", f"{path.name} has no {name} servers of their own", "Leave it out.")
    if asked.max_model_len and asked.max_model_len > model.max_context:
        message = f"a context of {asked.max_model_len} tokens, and {model.short} was made for {model.max_context}"
        return Problem("path.maxModelLen", message, f"At most {model.max_context}.")
    return None


def _notes(path: WellLitPath, model: LanguageModel, on: Size, nodes: int, roles: list[RoleLayout]) -> list[str]:
    notes: list[str] = []
    for role in roles:
        usual, gpus = role.preset.least_tensor_parallel(model.name), role.tensor_parallel
        if gpus != usual:
            notes.append(f"{role.role} servers on {gpus} GPU{'s' * (gpus > 1)} each, where llm-d takes {usual}")
    longest = min(role.memory.fits_tokens for role in roles)
    if longest < model.max_context:
        notes.append(f"memory holds a context of {longest} tokens; {model.short} was made for {model.max_context}")
    all_gpus = nodes * on.gpu.count
    if idle := all_gpus - sum(role.gpus * role.pods for role in roles):
        grows = f"; {path.name} grows by {path.units_of} nodes" if path.units_of > 1 else ""
        notes.append(f"{idle} of {all_gpus} GPUs stay idle{grows}")
    if sum(role.replicas for role in roles) == 1:
        notes.append("a single model server: nothing for the router to choose from")
    return notes


def _order_note(in_any_order: bool) -> list[str]:
    return [] if in_any_order else ["the pods fit only when the larger ones are scheduled first"]
