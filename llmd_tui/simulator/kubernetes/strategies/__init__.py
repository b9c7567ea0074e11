"""What is special about single kinds when they are created, changed and judged."""

from collections.abc import Mapping

from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.strategies import crds, namespaces, pods, services, workloads
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

_STRATEGIES: Mapping[str, Strategy] = {
    **namespaces.STRATEGIES,
    **pods.STRATEGIES,
    **services.STRATEGIES,
    **workloads.STRATEGIES,
    **crds.STRATEGIES,
}
_PLAIN = Strategy()


def strategy_of(kind: Kind) -> Strategy:
    return _STRATEGIES.get(kind.table, _PLAIN)
