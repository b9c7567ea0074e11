"""Offers the GPUs of AKS's driver to Kubernetes."""

from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, phase, release
from llmd_tui.plan.phases.gpu_operator import gpus_allocatable


def device_plugin(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "aks-driver":
        return Skip(f"strategy {choice.strategy.name} brings its own device plugin")
    return phase(
        "device-plugin",
        (release(choice, "device-plugin"),),
        (gpus_allocatable(choice),),
        needs=("access",),
        after=("gpu-pool",),
        namespaces=("kube-system",),
    )
