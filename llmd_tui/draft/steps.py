"""The wizard's steps, and which of them a field belongs to."""

from typing import Literal, TypeAlias, get_args

Step: TypeAlias = Literal["target", "size", "drivers", "path", "options", "review"]
STEPS: tuple[Step, ...] = get_args(Step)

_FIELDS: tuple[tuple[str, Step], ...] = (
    ("target.azure.tier", "options"),
    ("target.azure.sshKeyFile", "options"),
    ("target", "target"),
    ("pool.size", "size"),
    ("pool.nodes", "size"),
    ("pool.osSku", "drivers"),
    ("drivers", "drivers"),
    ("path", "path"),
)

AZURE_ONLY = (
    *("pool.osDiskGiB", "pool.name", "pool.taint", "pool.labels", "pool.spot", "pool.spotMaxPrice", "pool.zone"),
    *("pool.maxNodes", "pool.minNodes"),
)
"""Of the nodes that are bought; a cluster of the kubeconfig has its own."""


def step_of(field: str) -> Step:
    """The step on whose screen a field, by dotted path, is changed."""
    for prefix, step in _FIELDS:
        if f"{field}.".startswith(f"{prefix}."):
            return step
    return "options"
