"""The language models that the well-lit paths serve, from presets/models.yaml."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from pydantic import Field

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, read

GIB_PER_GB = 1e9 / 2**30
KV_BYTES = 2
"""Keys and values are kept in bfloat16."""


class LanguageModel(Preset):
    """A model on Hugging Face. Fields as presets/models.yaml explains them."""

    name: str
    title: str
    weights_gb: float
    loaded_gib: float | None = None
    expert_gb: float = 0
    layers: int
    attention_heads: int
    kv_heads: int
    head_dim: int
    latent: bool = False
    sliding_layers: int = 0
    sliding_window: int = 0
    max_context: int
    activation_gib: float
    block_size: int | None = None
    arguments: tuple[str, ...] = ()
    gpus: tuple[str, ...] = ()
    gated: bool = False
    needs: str

    @property
    def short(self) -> str:
        """The name without its owner; fits a label."""
        return self.name.partition("/")[2]

    @property
    def whole_gib(self) -> float:
        """The loaded weights, when one GPU holds them all."""
        return self.loaded_gib or self.weights_gb * GIB_PER_GB

    def weights_gib(self, tensor_parallel: int, expert_parallel: int = 1) -> float:
        """What one GPU holds of the weights. `expert_parallel` counts the GPUs that share the experts."""
        experts = self.expert_gb * GIB_PER_GB
        return (self.whole_gib - experts) / tensor_parallel + experts / max(tensor_parallel, expert_parallel)

    def layer_bytes(self, tensor_parallel: int) -> float:
        """KV cache of one token in one layer, on one GPU: a latent is kept whole, heads are shared out."""
        if self.latent:
            return self.head_dim * KV_BYTES
        return 2 * max(1, self.kv_heads // tensor_parallel) * self.head_dim * KV_BYTES


class Batch(Preset):
    """Tokens of one forward pass on GPUs of at least `large_from_gb` and on smaller ones."""

    large_tokens: int
    small_tokens: int
    large_from_gb: int
    small_share: float


class Engine(Preset):
    """What vLLM takes beside weights and KV cache; estimates, in GiB of one GPU."""

    gpu_memory_utilization: float
    visible_share: Mapping[str, float] = Field(default_factory=dict[str, float])
    context_gib: float
    collectives_gib: float
    graphs_gib: float
    batch: Batch
    share_for_one_request: float
    least_context: int

    def visible_gib(self, gpu: str, memory_gb: int) -> float:
        """What CUDA reports of a GPU's nominal memory."""
        special = (share for name, share in self.visible_share.items() if gpu.split(maxsplit=1)[0] == name)
        return memory_gb * next(special, self.visible_share["default"])


@cache
def language_models() -> tuple[LanguageModel, ...]:
    return tuple(LanguageModel.model_validate(row) for row in read("models.yaml")["models"])


@cache
def engine() -> Engine:
    return Engine.model_validate(read("models.yaml")["engine"])


def language_model(name: str) -> LanguageModel:
    """The model of that Hugging Face name, in whatever case. Raises UserError with near matches."""
    known = {model.name.lower(): model for model in language_models()}
    if found := known.get(name.lower()):
        return found
    near = [known[match].name for match in get_close_matches(name.lower(), known, n=3, cutoff=0.5)]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(m.name for m in known.values())}."
    raise UserError(f"{name} is not a model that is known here.", hint)
