"""What the checks compare with: a plan, reduced to the facts that can be looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmd_tui.config.model import Azure, Kubeconfig
from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.actions import Helm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.endpoint import endpoint
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.phases.gateway import NAME as GATEWAY
from llmd_tui.plan.phases.workspace import secret_name
from llmd_tui.presets.sizes import Size

DRANET_DRIVER = "dra.net"


@dataclass(frozen=True)
class Servers:
    """The model servers of one role."""

    role: str
    labels: Mapping[str, str]
    pods: int


@dataclass(frozen=True)
class Expected:
    """`rdma_resource` is empty where InfiniBand is offered as devices of a DRA driver, and where there is none.

    `release` is also the name of InferencePool and HTTPRoute; `gateway` is empty in standalone mode. `token` is a
    reference, `token_secret` the Secret that holds it in the cluster. `tolerations` are of every pod that is to run
    on the GPU nodes. `most_nodes` is how many the autoscaler may make, 0 without one.
    """

    azure: Azure | None
    kubeconfig: Kubeconfig | None
    kubernetes_minimum: str
    kubernetes_recommended: str
    size: Size
    strategy: str
    nodes: int
    node_labels: Mapping[str, str]
    spot: bool
    zone: str | None
    pool: str
    rdma: bool
    rdma_resource: str
    features: tuple[str, ...]
    namespace: str
    release: str
    gateway: str
    service: str
    port: int
    model: str
    gated: bool
    servers: tuple[Servers, ...]
    container: str
    monitoring: bool
    token: str
    token_secret: str
    releases: tuple[Helm, ...]
    tolerations: tuple[Object, ...] = ()
    most_nodes: int = 0


def expected(choice: Choice, plan: Plan) -> Expected:
    config, provider = choice.config, choice.config.gateway.provider or "standalone"
    release = choice.path.release
    answers_at = endpoint(choice)
    minimum = max(choice.release.kubernetes.minimum, choice.strategy.minimum_kubernetes, key=version)
    return Expected(
        azure=config.target.azure,
        kubeconfig=config.target.kubeconfig,
        kubernetes_minimum=minimum,
        kubernetes_recommended=choice.release.kubernetes.recommended,
        size=choice.size,
        strategy=choice.strategy.name,
        nodes=choice.nodes,
        node_labels=GPU_NODES,
        spot=bool(config.pool.spot),
        zone=config.pool.zone,
        pool=str(config.pool.name),
        rdma=choice.rdma,
        rdma_resource=choice.strategy.rdma_resource if choice.rdma else "",
        features=choice.strategy.features,
        namespace=choice.namespace,
        release=release,
        gateway="" if provider == "standalone" else GATEWAY,
        service=answers_at.service,
        port=answers_at.port,
        model=choice.model.name,
        gated=choice.model.gated,
        servers=tuple(Servers(role.role, role.labels, role.pods) for role in choice.layout.roles),
        container=choice.path.container.name,
        monitoring=bool(config.monitoring.enabled),
        token=config.hugging_face_token or "",
        token_secret=secret_name(choice),
        releases=tuple(action for phase in plan.phases for action in phase.actions if isinstance(action, Helm)),
        tolerations=tuple(choice.tolerations),
        most_nodes=choice.most_nodes if choice.config.pool.max_nodes else 0,
    )


def version(text: str) -> tuple[int, ...]:
    """Major and minor of `1.35`, `v1.35.4` or `v1.35.4-gke.1`."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in text.removeprefix("v").split(".")[:2])


def selector(labels: Mapping[str, str]) -> str:
    """As kubectl's -l takes it."""
    return ",".join(f"{key}={value}" if value else key for key, value in labels.items())
