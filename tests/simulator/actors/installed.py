"""What a component's chart makes, put on the API as helm would, without its process (which takes half a second)."""

from typing import Any

from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.presets.components import component, merge
from llmd_tui.simulator import charts


async def install(
    cluster: Cluster, name: str, *, strategy: str = "gpu-operator", rdma: bool = True, **values: Any
) -> None:
    """Creates the chart's CRDs and objects with the component's preset values; hooks are not waited for."""
    chosen = component(name)
    given = merge(chosen.values_for(strategy, "Ubuntu2404", rdma), values)
    release, namespace = chosen.release or "llmd", chosen.namespace or "serving"
    objects = charts.objects(chosen, release, namespace, given)
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    for obj in (space, *charts.chart(chosen).crds, *objects):
        try:
            await cluster.create(obj)
        except KubeError as error:
            if error.reason != "AlreadyExists":
                raise
