"""What the parts of a plan ask for on the cluster's system pool."""

from collections.abc import Mapping
from functools import cache

from llmd_tui.presets.loading import Preset, read


class Demand(Preset):
    """`pod`: one pod asks for all of it, so that it must fit one node."""

    title: str
    cpu: float
    memory_gib: float
    pod: bool = False


@cache
def demands() -> Mapping[str, Demand]:
    """By the part's name."""
    return {name: Demand.model_validate(row) for name, row in read("system_pool.yaml").items()}
