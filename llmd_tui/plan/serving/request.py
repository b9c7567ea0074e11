"""What is to be served, and how: all that model servers, router and monitors are made from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import LanguageModel
from llmd_tui.presets.paths import ScorerProfile, WellLitPath, scorer_profile
from llmd_tui.presets.releases import Images

if TYPE_CHECKING:
    from llmd_tui.plan.choice import Choice

Rdma: TypeAlias = Literal["none", "shared-device", "device-claims"]
"""How pods get at InfiniBand: as rdma/ib of the shared device plugin, or as devices that DRANET hands out."""
LockedMemory: TypeAlias = Literal["ipc-lock", "containerd", "nri"]
GatewayProvider: TypeAlias = Literal["standalone", "istio", "agentgateway"]

TOKEN_SECRET, TOKEN_KEY = "llm-d-hf-token", "HF_TOKEN"
CACHE_CLAIM = "model-cache"


@dataclass(frozen=True)
class ServingRequest:
    """`token_secret` holds the Hugging Face token under HF_TOKEN; `cache_claim` is a volume claim for the weights.

    None of either: models that need no token, and weights on the node's own disk. `tolerations` let pods onto the GPU
    nodes.
    """

    path: WellLitPath
    model: LanguageModel
    layout: Layout
    images: Images
    namespace: str
    scorers: ScorerProfile
    gateway: GatewayProvider
    monitoring: bool
    rdma: Rdma = "none"
    locked_memory: LockedMemory = "ipc-lock"
    token_secret: str | None = TOKEN_SECRET
    cache_claim: str | None = None
    tolerations: tuple[Object, ...] = ()

    @property
    def block_size(self) -> int | None:
        """Tokens of a KV cache block; None leaves it to vLLM."""
        return self.model.block_size or self.path.block_size


def serving_request(choice: "Choice") -> ServingRequest:
    config = choice.config
    claims = choice.strategy.rdma_resource == ""
    return ServingRequest(
        path=choice.path,
        model=choice.model,
        layout=choice.layout,
        images=choice.release.images,
        namespace=choice.namespace,
        scorers=scorer_profile(choice.path, config.path.scorers),
        gateway=config.gateway.provider or "standalone",
        monitoring=bool(config.monitoring.enabled),
        rdma="none" if not choice.uses_rdma else "device-claims" if claims else "shared-device",
        locked_memory=config.locked_memory or "ipc-lock",
        token_secret=_token_secret(config.hugging_face_token),
        cache_claim=CACHE_CLAIM if config.cache else None,
        tolerations=tuple(choice.tolerations),
    )


def _token_secret(reference: str | None) -> str | None:
    """The user's own Secret, or the one that the token is put into."""
    if not reference:
        return None
    kind, _, name = reference.partition(":")
    return name if kind == "secret" else TOKEN_SECRET
