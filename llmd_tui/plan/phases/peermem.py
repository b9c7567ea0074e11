"""Loads nvidia_peermem on nodes whose driver is AKS's."""

from llmd_tui.objects import Object
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, namespace, phase
from llmd_tui.plan.phases.node_pods import daemonset, on_gpu_nodes, on_the_host
from llmd_tui.presets.scripts import script

NAMESPACE = "gpu-resources"
NAME = "nvidia-peermem-reloader"


def peermem(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "aks-driver":
        return Skip(f"strategy {choice.strategy.name} loads it, or needs none")
    if not choice.rdma:
        return Skip(f"{choice.size.name} has no InfiniBand")
    ready = {"namespace": NAMESPACE, "name": NAME, "minimum": choice.nodes}
    return phase(
        "peermem",
        (Apply((namespace(NAMESPACE, privileged=True), reloader(choice))),),
        (Wait("daemonset-ready", "nvidia_peermem on every RDMA node", ready),),
        # Built against OFED's symbols: loaded before, it would keep OFED from being reloaded.
        needs=("network-operator",),
        namespaces=(NAMESPACE,),
    )


def reloader(choice: Choice) -> Object:
    """Loads the module and, when an OFED reload takes it away, loads it again."""
    loaded = {"exec": {"command": ["cat", "/tmp/loaded"]}, "periodSeconds": 10, "failureThreshold": 120}
    container, host = on_the_host(choice, NAME, script("load-peermem"), {"startupProbe": loaded})
    metadata = {"name": NAME, "namespace": NAMESPACE}
    return daemonset(metadata, {"name": NAME}, on_gpu_nodes(choice, container, host))
