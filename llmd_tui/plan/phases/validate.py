"""The validation checklist."""

from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase

# The model servers wait for what they need themselves; not every path needs InfiniBand that the nodes have.
EVERYTHING = (
    "gpu-pool",
    "network-operator",
    "gpu-operator",
    "device-plugin",
    "peermem",
    "managed-gpu",
    "dranet",
    "locked-memory",
    "monitoring",
    "router",
    "route",
    "model-server",
)


def validate(choice: Choice) -> Phase:
    return phase("validate", (Checks(validation_checks(choice)),), needs=EVERYTHING)


def validation_checks(choice: Choice) -> tuple[str, ...]:
    """The checks that can prove something on this plan, by id."""
    ids = ["kubernetes-version", "gpu-nodes-ready", "host-size", "gpu-allocatable"]
    if choice.rdma:
        ids.append("rdma-allocatable")
    if choice.strategy.name == "gpu-operator":
        ids.append("gpu-operator-pods")
    if choice.rdma and choice.strategy.name != "aks-managed-gpu":
        ids.append("network-operator-pods")
    ids.append("releases")
    if choice.config.gateway.provider != "standalone":
        ids += ["gateway-programmed", "route-accepted"]
    ids += ["endpoint-picker", "services", "model-servers"]
    if choice.config.monitoring.enabled:
        ids.append("monitors")
    if choice.uses_rdma:
        ids.append("locked-memory")
    ids.append("inference-request")
    return tuple(ids)
