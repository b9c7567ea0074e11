"""Over how many GPUs a model server spreads the model, and how long a context that leaves room for."""

from dataclasses import dataclass

from llmd_tui.plan.serving.memory import MemorySum, memory_sum, needs_gib
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.presets.models import LanguageModel
from llmd_tui.presets.paths import PathRole
from llmd_tui.presets.sizes import Size

ROOMIER = 0.95
"""A utilization that vLLM's users go to when memory is short."""


@dataclass(frozen=True)
class Asked:
    """What the user asked of one role; None where nothing was said."""

    tensor_parallel: int | None = None
    max_model_len: int | None = None
    utilization: float | None = None


@dataclass(frozen=True)
class Split:
    """`tensor_parallel` GPUs hold one copy of the model (of its dense part, under expert parallelism)."""

    tensor_parallel: int
    memory: MemorySum


def split(role: PathRole, model: LanguageModel, size: Size, asked: Asked) -> Split | Problem:
    """What was asked for; else the fewest GPUs, from the path's own number on, that hold the model and the context."""
    wanted = min(asked.max_model_len or model.max_context, model.max_context)
    if asked.tensor_parallel:
        if problem := _impossible(role, model, size, asked.tensor_parallel):
            return problem
        choices = [asked.tensor_parallel]
    else:
        choices = _choices(role, model, size)
    sums = {count: _sum(role, model, size, count, asked.utilization) for count in choices}
    for count, memory in sums.items():
        if memory.fits_tokens >= wanted and memory.usable:
            return Split(count, memory)
    count, memory = max(sums.items(), key=lambda entry: entry[1].fits_tokens)
    if memory.usable and asked.max_model_len is None:
        return Split(count, memory)
    return _too_long(role, model, size, asked, count) if memory.usable else _too_big(role, model, size, asked, count)


def _choices(role: PathRole, model: LanguageModel, size: Size) -> list[int]:
    """Ascending. Ranks of data parallelism keep the path's number."""
    least = role.least_tensor_parallel(model.name)
    if role.ranks:
        return [least]
    possible = [count for count in range(1, size.gpu.count + 1) if model.attention_heads % count == 0]
    return [count for count in possible if count >= least] or possible[-1:]


def _impossible(role: PathRole, model: LanguageModel, size: Size, count: int) -> Problem | None:
    field = f"path.{role.role}.tensorParallel"
    if role.ranks and count != role.least_tensor_parallel(model.name):
        message = (
            f"every GPU is a rank of its own here: tensor parallelism stays {role.least_tensor_parallel(model.name)}"
        )
        return Problem(field, message, "Leave it out.")
    possible = [n for n in range(1, size.gpu.count + 1) if model.attention_heads % n == 0]
    if count > size.gpu.count:
        message = f"{count} GPUs for one server, and a {size.name.removeprefix('Standard_')} has {size.gpu.count}"
    elif count not in possible:
        message = f"{model.short} has {model.attention_heads} attention heads, which {count} GPUs cannot share evenly"
    else:
        return None
    return Problem(field, message, f"Possible: {', '.join(map(str, possible))}.")


def _sum(role: PathRole, model: LanguageModel, size: Size, count: int, utilization: float | None) -> MemorySum:
    return memory_sum(
        model,
        size.gpu,
        count,
        expert_parallel=role.ranks * count * role.nodes_per_replica or 1,
        buffers_gib=role.buffers_gib,
        utilization=utilization or role.gpu_memory_utilization,
    )


def _too_long(role: PathRole, model: LanguageModel, size: Size, asked: Asked, count: int) -> Problem:
    """The asked context does not fit; what would."""
    wanted = asked.max_model_len or model.max_context
    memory = _sum(role, model, size, count, asked.utilization)
    message = (
        f"a context of {wanted} tokens needs {needs_gib(memory, wanted):.1f} GiB of KV cache on each {role.role} GPU,"
        f" {max(0.0, memory.kv_gib):.1f} are left beside {model.short} on {_gpus(count, size)}"
    )
    remedies = [f"{memory.fits_tokens} tokens fit"]
    for more in _choices(role, model, size):
        if more > count and _sum(role, model, size, more, asked.utilization).fits_tokens >= wanted:
            remedies.append(f"path.{role.role}.tensorParallel: {more} holds them")
            break
    if asked.utilization and _sum(role, model, size, count, None).fits_tokens >= wanted:
        remedies.append("path.gpuMemoryUtilization left out holds them")
    elif memory.utilization < ROOMIER and _sum(role, model, size, count, ROOMIER).fits_tokens >= wanted:
        remedies.append(f"path.gpuMemoryUtilization: {ROOMIER} holds them")
    return Problem("path.maxModelLen", message, _sentence(remedies))


def _too_big(role: PathRole, model: LanguageModel, size: Size, asked: Asked, count: int) -> Problem:
    """Not even the weights fit, or next to nothing beside them; what would."""
    memory = _sum(role, model, size, count, asked.utilization)
    message = (
        f"{model.short} does not fit {_gpus(count, size)}: {memory.weights_gib:.1f} GiB of weights on each,"
        f" of {memory.gpu_gib * memory.utilization:.1f} GiB that vLLM takes"
    )
    field, remedies = "path.model", list[str]()
    for more in _choices(role, model, size):
        if more > count and _sum(role, model, size, more, asked.utilization).usable:
            remedies.append(f"path.{role.role}.tensorParallel: {more} fits")
            field = f"path.{role.role}.tensorParallel"
            break
    if asked.utilization and _sum(role, model, size, count, None).usable:
        remedies.append("it fits without path.gpuMemoryUtilization")
        field = "path.gpuMemoryUtilization"
    return Problem(field, message, _sentence(remedies or ["Take a smaller model or a size with more GPU memory"]))


def _gpus(count: int, size: Size) -> str:
    return f"{count} {size.gpu.model} of {size.gpu.memory_gb} GB"


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    # A field stays as it is spelt.
    return f"{text}." if text.startswith("path.") else f"{text[0].upper()}{text[1:]}."
