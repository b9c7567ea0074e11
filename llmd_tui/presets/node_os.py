"""Operating systems of node pools, from presets/node_os.yaml."""

from collections.abc import Mapping
from functools import cache

from llmd_tui.presets.loading import Preset, read


class NodeOs(Preset):
    """`name` is AKS's osSKU."""

    name: str
    title: str
    note: str


@cache
def node_oses() -> Mapping[str, NodeOs]:
    """By name."""
    return {row["name"]: NodeOs.model_validate(row) for row in read("node_os.yaml")}
