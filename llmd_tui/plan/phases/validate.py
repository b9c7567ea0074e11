"""The validation checklist."""

from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import GPU_STACK, RDMA_STACK, phase
from llmd_tui.plan.phases.preflight import waived

# The model servers wait for what they need themselves; not every path needs InfiniBand that the nodes have.
EVERYTHING = (
    *GPU_STACK,
    *RDMA_STACK,
    *("locked-memory", "monitoring", "router", "route", "model-server"),
)


def validate(choice: Choice) -> Phase:
    reasons = validation_checks(choice)
    ids = tuple(name for name, reason in reasons.items() if not reason)
    left_out = {name: reason for name, reason in reasons.items() if reason}
    return phase("validate", (Checks(ids, waived(choice, ids), left_out),), needs=EVERYTHING)


def validation_checks(choice: Choice) -> dict[str, str]:
    """All checks by id, in order, each with why it can prove nothing on this plan; empty for those that can."""
    strategy, no_rdma = choice.strategy.name, f"{choice.size.name.removeprefix('Standard_')} has no InfiniBand"
    standalone = "" if choice.config.gateway.provider != "standalone" else "the router stands alone, without a gateway"
    return {
        "kubernetes-version": "",
        "gpu-nodes-ready": "",
        "host-size": "",
        "gpu-allocatable": "",
        "rdma-allocatable": "" if choice.rdma else no_rdma,
        "gpu-operator-pods": "" if strategy == "gpu-operator" else f"strategy {strategy} has no GPU operator",
        "network-operator-pods": _network_operator(choice, no_rdma),
        "releases": "",
        "gateway-programmed": standalone,
        "route-accepted": standalone,
        "endpoint-picker": "",
        "services": "",
        "model-servers": "",
        "monitors": "" if choice.config.monitoring.enabled else "monitoring is off",
        "locked-memory": "" if choice.uses_rdma else no_rdma if not choice.rdma else _without_rdma(choice),
        "inference-request": "",
    }


def _network_operator(choice: Choice, no_rdma: str) -> str:
    if not choice.rdma:
        return no_rdma
    return "strategy aks-managed-gpu has no network operator" if choice.strategy.name == "aks-managed-gpu" else ""


def _without_rdma(choice: Choice) -> str:
    return f"{choice.path.name} moves nothing over InfiniBand"
