"""AKS brings driver and device plugin."""

from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, phase
from llmd_tui.plan.phases.gpu_operator import gpus_allocatable


def managed_gpu(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "aks-managed-gpu":
        return Skip(f"strategy is {choice.strategy.name}")
    return phase("managed-gpu", (), (gpus_allocatable(choice),), needs=("access",), after=("gpu-pool",))
