"""What `kubectl get` shows of each kind."""

from llmd_tui.simulator.kubernetes.columns import cluster, network, others, pods, workloads
from llmd_tui.simulator.kubernetes.columns.base import CREATED, NAME, Column
from llmd_tui.simulator.kubernetes.columns.custom import custom_columns
from llmd_tui.simulator.kubernetes.kinds import Kind

_COLUMNS: dict[str, tuple[Column, ...]] = {
    **pods.COLUMNS,
    **workloads.COLUMNS,
    **cluster.COLUMNS,
    **network.COLUMNS,
    **others.COLUMNS,
}


def columns_of(kind: Kind) -> tuple[Column, ...]:
    if kind.custom:
        return (NAME, *custom_columns(kind.columns))
    return _COLUMNS.get(kind.table, (NAME, CREATED))
