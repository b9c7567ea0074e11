"""From a config to its plan."""

from llmd_tui.config.model import Config
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Cost, Phase, Plan, order
from llmd_tui.plan.phases import PHASES
from llmd_tui.plan.phases.base import Skip
from llmd_tui.presets.sizes import system_size
from llmd_tui.presets.tiers import tiers


def make_plan(config: Config) -> Plan:
    """Raises AnswersError with every problem of the config."""
    return plan_of(choose(config))


def plan_of(choice: Choice) -> Plan:
    made = {name: make(choice) for name, make in PHASES.items()}
    phases = [phase for phase in made.values() if isinstance(phase, Phase)]
    skipped = {name: skip.reason for name, skip in made.items() if isinstance(skip, Skip)}
    return Plan(order(phases), skipped, cost_per_hour(choice), choice.warnings)


def cost_per_hour(choice: Choice) -> Cost:
    """List price of the nodes and the cluster; None where there is nothing to buy or a price is not known."""
    azure, price = choice.azure, choice.size.price
    if azure is None:
        return Cost(None, "USD", "")
    if price is None:
        return Cost(None, "USD", "not known")
    node = node_price(choice, price.usd_per_hour)
    amount = node * choice.nodes
    if azure.create:
        system = system_size(str(azure.system_pool.size)).price
        amount += (system.usd_per_hour if system else 0) * (azure.system_pool.nodes or 0)
        amount += tiers()[azure.tier or "Free"].usd_per_hour
    more = choice.most_nodes - choice.nodes
    at_most = round(amount + node * more, 2) if more else None
    return Cost(round(amount, 2), "USD", price.as_of.isoformat(), at_most)


def node_price(choice: Choice, list_price: float) -> float:
    """USD an hour of a GPU node. A spot node costs at most the list price, or what its owner is ready to pay."""
    pool = choice.config.pool
    return min(list_price, pool.spot_max_price or list_price) if pool.spot else list_price
