"""What the run has cost so far, estimated from list prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import node_price
from llmd_tui.rollout.reading import created, seconds_between


@dataclass(frozen=True)
class Spent:
    """In the currency of the plan's cost. `gpus` and `rest` are an hour's; `so_far` since the nodes came.

    `uptime` is how long the first GPU node has been up, in seconds; None before there is one.
    """

    gpus: float
    rest: float
    uptime: float | None
    so_far: float


def spent(plan: Plan, choice: Choice, nodes: Sequence[Object], now: datetime) -> Spent | None:
    """`nodes` are the GPU nodes that are there. None where nothing is bought, or a price is not known."""
    hourly, price = plan.cost_per_hour.amount, choice.size.price
    if choice.azure is None or hourly is None or price is None:
        return None
    node = node_price(choice, price.usd_per_hour)
    gpus = node * choice.nodes
    ups = [up for node in nodes if (up := seconds_between(created(node), now)) is not None]
    uptime = max(ups, default=None)
    rest = max(0.0, hourly - gpus)
    so_far = sum(ups) / 3600 * node + (uptime or 0.0) / 3600 * rest
    return Spent(gpus, rest, uptime, so_far)
