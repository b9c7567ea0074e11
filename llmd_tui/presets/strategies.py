"""The driver strategies: who brings the NVIDIA driver to the nodes."""

from functools import cache
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, read


class Strategy(Preset):
    """`gpu_profile` is the node pool's `gpuProfile` in ARM; `os_reason` completes "AzureLinux3 ..."."""

    name: str
    number: int
    title: str
    seed_name: str
    summary: str
    gpu_profile: dict[str, Any]
    features: tuple[str, ...] = ()
    os_skus: tuple[str, ...]
    os_reason: str
    os_without_ofed: tuple[str, ...] = ()
    minimum_kubernetes: str
    preview: bool
    rdma_resource: str
    consequences: tuple[str, ...]


@cache
def strategies() -> tuple[Strategy, ...]:
    """In the order in which the wizard offers them."""
    return tuple(Strategy.model_validate(row) for row in read("strategies.yaml"))


def strategy(name: str) -> Strategy:
    for known in strategies():
        if known.name == name:
            return known
    raise UserError(f"{name} is not a driver strategy.", f"Known: {', '.join(s.name for s in strategies())}.")
