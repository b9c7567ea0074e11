"""The driver strategies: who brings the NVIDIA driver to the nodes."""

from functools import cache
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, read


class Consequence(Preset):
    """What follows from a strategy. `plain`: the text on sizes without InfiniBand, where it differs."""

    about: str
    text: str
    plain: str = ""
    rdma_only: bool = False


class UntilGpus(Preset):
    """How long it usually takes from a node's Ready until its GPUs can be used, in words."""

    rdma: str
    plain: str


class Strategy(Preset):
    """`gpu_profile` is the node pool's `gpuProfile` in ARM; `os_reason` completes "AzureLinux3 ..."."""

    name: str
    number: int
    title: str
    seed_name: str
    summary: str
    gpu_profile: dict[str, Any]
    features: tuple[str, ...] = ()
    autoscaler: bool = True
    os_skus: tuple[str, ...]
    os_reason: str
    os_without_ofed: tuple[str, ...] = ()
    minimum_kubernetes: str
    preview: bool
    rdma_resource: str
    until_gpus: UntilGpus
    consequences: tuple[Consequence, ...]


@cache
def strategies() -> tuple[Strategy, ...]:
    """In the order in which the wizard offers them."""
    return tuple(Strategy.model_validate(row) for row in read("strategies.yaml"))


def strategy(name: str) -> Strategy:
    """The one of that name. Raises UserError with the names that there are."""
    for known in strategies():
        if known.name == name:
            return known
    raise UserError(f"{name} is not a driver strategy.", f"Known: {', '.join(s.name for s in strategies())}.")
