"""What fills the memory of one GPU, and how long a context that leaves room for.

vLLM takes `gpu_memory_utilization` of the GPU, puts weights, working memory and CUDA graphs into it, and makes KV cache
of the rest. It does not start when one request of the longest context would not fit, so the sum is made beforehand.
The small terms are estimates (presets/models.yaml says where from); weights and KV cache per token are exact.
"""

from dataclasses import dataclass
from math import ceil

from llmd_tui.presets.models import LanguageModel, engine
from llmd_tui.presets.sizes import Gpu

GIB = 2**30
STEP = 256
"""Contexts that memory dictates are multiples of this, in tokens."""


@dataclass(frozen=True)
class Term:
    """One part of the sum, in GiB of one GPU."""

    label: str
    gib: float


@dataclass(frozen=True)
class MemorySum:
    """The memory of one GPU, in GiB; `terms` add up to `gpu_gib`.

    `kv_gib` is what is left for the KV cache: negative when not even the weights fit. `fits_tokens` is the longest
    context of a single request, never more than `model_tokens`, which the model was made for.
    """

    gpu_gib: float
    utilization: float
    weights_gib: float
    activation_gib: float
    graphs_gib: float
    overhead_gib: float
    buffers_gib: float
    kv_gib: float
    kv_bytes_per_token: float
    fits_tokens: int
    model_tokens: int

    @property
    def unused_gib(self) -> float:
        """Kept from vLLM by the utilization."""
        return self.gpu_gib * (1 - self.utilization)

    @property
    def whole(self) -> bool:
        """Whether the whole context that the model was made for fits."""
        return self.fits_tokens >= self.model_tokens

    @property
    def usable(self) -> bool:
        """Whether enough of a context fits to serve anything."""
        return self.fits_tokens >= engine().least_context

    @property
    def terms(self) -> tuple[Term, ...]:
        """In the order in which a bar shows them."""
        found = (
            Term("weights", self.weights_gib),
            Term("working memory", self.activation_gib),
            Term("CUDA graphs", self.graphs_gib),
            Term("CUDA and NCCL", self.overhead_gib),
            Term("all-to-all buffers", self.buffers_gib),
            Term("KV cache", self.kv_gib),
            Term("left free", self.unused_gib),
        )
        return tuple(term for term in found if term.gib)


def memory_sum(
    model: LanguageModel,
    gpu: Gpu,
    tensor_parallel: int,
    *,
    expert_parallel: int = 1,
    buffers_gib: float = 0,
    utilization: float | None = None,
) -> MemorySum:
    """The sum for one of `tensor_parallel` GPUs. `expert_parallel` GPUs, of all nodes of a group, share the experts."""
    takes = engine()
    batch = takes.batch
    large = gpu.memory_gb >= batch.large_from_gb
    visible = takes.visible_gib(gpu.model, gpu.memory_gb)
    share = utilization or takes.gpu_memory_utilization
    weights = model.weights_gib(tensor_parallel, expert_parallel)
    activation = model.activation_gib * (1 if large else batch.small_share)
    several = max(tensor_parallel, expert_parallel) > 1
    overhead = takes.context_gib + (takes.collectives_gib if several else 0)
    left = visible * share - weights - activation - takes.graphs_gib - overhead - buffers_gib
    per_layer = model.layer_bytes(tensor_parallel)
    window = model.sliding_window + (batch.large_tokens if large else batch.small_tokens)
    per_token = per_layer * (model.layers - model.sliding_layers)
    # A layer that slides keeps its window and the tokens of the running batch, however long the context.
    room = left * takes.share_for_one_request * GIB - model.sliding_layers * per_layer * window
    fits = max(0, int(room // per_token))
    return MemorySum(
        gpu_gib=visible,
        utilization=share,
        weights_gib=weights,
        activation_gib=activation,
        graphs_gib=takes.graphs_gib,
        overhead_gib=overhead,
        buffers_gib=buffers_gib,
        kv_gib=left,
        kv_bytes_per_token=per_token,
        fits_tokens=model.max_context if fits >= model.max_context else fits // STEP * STEP,
        model_tokens=model.max_context,
    )


def needs_gib(found: MemorySum, tokens: int) -> float:
    """The KV cache that one request of `tokens` needs on one GPU, without the windows of sliding layers."""
    return ceil(tokens) * found.kv_bytes_per_token / GIB
