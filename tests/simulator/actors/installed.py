"""What a component's chart makes, put on the API as helm would, without its process (which takes half a second)."""

from collections.abc import Iterable

from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.objects import Object
from llmd_tui.presets.components import component
from llmd_tui.simulator import charts


async def install(cluster: Cluster, name: str, *, strategy: str = "gpu-operator", rdma: bool = True) -> None:
    """Creates the chart's CRDs and objects with the component's preset values; hooks are not waited for."""
    chosen = component(name)
    values = chosen.values_for(strategy, "Ubuntu2404", rdma)
    objects = charts.objects(chosen, chosen.release or "llmd", chosen.namespace or "serving", values)
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": chosen.namespace or "serving"}}
    await create(cluster, [space, *charts.chart(chosen).crds, *objects])


async def create(cluster: Cluster, objects: Iterable[Object]) -> None:
    """Those that are there already stay as they are."""
    for obj in objects:
        try:
            await cluster.create(obj)
        except KubeError as error:
            if error.reason != "AlreadyExists":
                raise
