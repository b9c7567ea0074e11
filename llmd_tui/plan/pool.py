"""What of the GPU pool's own settings does not go together."""

from collections.abc import Iterator

from llmd_tui.config.model import Pool
from llmd_tui.ours import GPU_NODES
from llmd_tui.presets.strategies import Strategy

AKS_OWN = "kubernetes.azure.com/"
"""Labels and taints that AKS alone may set begin so."""

Found = tuple[str, str, str]
"""Field, message and remedy."""


def problems(pool: Pool, drivers: Strategy) -> Iterator[Found]:
    """Of a pool with every default filled in."""
    yield from _autoscaler(pool, drivers)
    for label in pool.labels:
        key = label.partition("=")[0]
        if key in GPU_NODES:
            yield "pool.labels", f"{key} is the label by which the GPU nodes are found.", "Take another key."
        elif key.startswith(AKS_OWN):
            yield "pool.labels", f"{key} is a label that AKS alone may set.", "Take another key."
    for taint in pool.taints:
        key = taint.partition("=")[0]
        if key.startswith(AKS_OWN):
            yield "pool.taints", f"{key} is a taint that AKS alone may set.", "Take another key."
    if pool.spot_max_price is not None and not pool.spot:
        yield "pool.spotMaxPrice", "is for spot nodes.", "Set pool.spot to true, or leave it out."


def _autoscaler(pool: Pool, drivers: Strategy) -> Iterator[Found]:
    nodes, most, fewest = pool.nodes or 1, pool.max_nodes, pool.min_nodes
    if most is None:
        if fewest is not None:
            yield "pool.minNodes", "is the autoscaler's.", "Say pool.maxNodes too, or leave it out."
        return
    if not drivers.autoscaler:
        yield "pool.maxNodes", f"{drivers.name} has no autoscaler.", "Leave it out, or take other drivers."
    elif most < nodes:
        yield "pool.maxNodes", f"the plan needs {nodes} nodes.", f"Give {nodes} or more, or leave it out."
    if fewest is not None and fewest > nodes:
        yield "pool.minNodes", f"the pool begins with {nodes} nodes.", f"Give {nodes} or less."


def warnings(pool: Pool) -> Iterator[str]:
    if pool.spot:
        yield "spot nodes are taken away with 30 seconds' notice"
    if pool.max_nodes and (pool.min_nodes or 0) < (pool.nodes or 1):
        yield f"the autoscaler may take idle nodes away, down to {pool.min_nodes}, also while drivers are still built"
