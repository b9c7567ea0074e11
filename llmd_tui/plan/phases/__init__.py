"""One small file a phase; here, in the order in which they are told."""

from collections.abc import Callable

from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.access import access
from llmd_tui.plan.phases.base import Skip
from llmd_tui.plan.phases.cluster import cluster
from llmd_tui.plan.phases.crds import crds
from llmd_tui.plan.phases.device_plugin import device_plugin
from llmd_tui.plan.phases.dranet import dranet
from llmd_tui.plan.phases.features import features
from llmd_tui.plan.phases.gateway import gateway
from llmd_tui.plan.phases.gpu_operator import gpu_operator
from llmd_tui.plan.phases.gpu_pool import gpu_pool
from llmd_tui.plan.phases.locked_memory import locked_memory
from llmd_tui.plan.phases.lws import lws
from llmd_tui.plan.phases.managed_gpu import managed_gpu
from llmd_tui.plan.phases.model_server import model_server
from llmd_tui.plan.phases.monitoring import monitoring
from llmd_tui.plan.phases.network_operator import network_operator
from llmd_tui.plan.phases.peermem import peermem
from llmd_tui.plan.phases.preflight import preflight
from llmd_tui.plan.phases.route import route
from llmd_tui.plan.phases.router import router
from llmd_tui.plan.phases.validate import validate
from llmd_tui.plan.phases.workspace import workspace

PHASES: dict[str, Callable[[Choice], Phase | Skip]] = {
    "preflight": preflight,
    "features": features,
    "cluster": cluster,
    "gpu-pool": gpu_pool,
    "access": access,
    "crds": crds,
    "workspace": workspace,
    "gateway": gateway,
    "lws": lws,
    "monitoring": monitoring,
    "router": router,
    "route": route,
    "network-operator": network_operator,
    "gpu-operator": gpu_operator,
    "device-plugin": device_plugin,
    "peermem": peermem,
    "managed-gpu": managed_gpu,
    "dranet": dranet,
    "locked-memory": locked_memory,
    "model-server": model_server,
    "validate": validate,
}
