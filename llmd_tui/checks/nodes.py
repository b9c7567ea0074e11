"""Checks of the cluster's version and of its GPU nodes."""

from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import DRANET_DRIVER, version
from llmd_tui.checks.result import Verdict, failed, passed, warned
from llmd_tui.objects import Object
from llmd_tui.rollout.progress import Progress
from llmd_tui.rollout.reading import dig, has_labels, name_of, part, quantity, text
from llmd_tui.rollout.words import listing, many

GPU = "nvidia.com/gpu"
NODES = ("v1", "Node")
MINIMUM_CORES, MINIMUM_MEMORY = 80, 500 * 2**30
"""The host floor of llm-d's infrastructure guide; sizes of its own AKS guide miss it."""


async def kubernetes_version(context: Context) -> Verdict:
    expected, said = context.expected, str((await context.cluster.version())["gitVersion"])
    if version(said) < version(expected.kubernetes_minimum):
        why = f"{said}; {expected.strategy} and llm-d need {expected.kubernetes_minimum}"
        return failed(why, "Upgrade the cluster, or choose another one.")
    if version(said) < version(expected.kubernetes_recommended):
        return warned(
            f"{said}; {expected.kubernetes_recommended} is recommended",
            "From 1.33 on a sidecar is restarted and ended as one. Upgrade when you can.",
        )
    return passed(said)


async def gpu_nodes_ready(context: Context) -> Verdict:
    expected = context.expected
    progress = await context.judge("nodes-ready", {"labels": expected.node_labels, "count": expected.nodes})
    if not progress.done:
        return failed(_told(progress), "`kubectl describe node` tells why a node is not Ready or was never made.")
    closed = [name_of(node) for node in await gpu_nodes(context) if dig(node, "spec", "unschedulable")]
    if closed:
        return warned(f"{progress.text}; {listing(closed)} cordoned", "`kubectl uncordon` opens a node again.")
    return passed(f"{progress.text}, {expected.nodes} expected")


async def host_size(context: Context) -> Verdict:
    small = [node for node in await gpu_nodes(context) if not _large(node)]
    if not await gpu_nodes(context):
        return failed("no GPU node", "See gpu-nodes-ready.")
    if small:
        sizes = listing(sorted({_host(node) for node in small}))
        return warned(
            f"{many(len(small), 'node')} with {sizes}; llm-d's guide asks for 80 cores and 500 GiB",
            "Fine for small models; P/D and wide EP want larger hosts.",
        )
    return passed(listing(sorted({_host(node) for node in await gpu_nodes(context)})))


async def gpu_allocatable(context: Context) -> Verdict:
    expected = context.expected
    each = expected.size.gpu.count
    arguments = {"labels": expected.node_labels, "resource": GPU, "each": each, "count": expected.nodes}
    progress = await context.judge("allocatable", arguments)
    figures = [(name_of(node), _offer(node, GPU) or 0.0, float(each)) for node in await gpu_nodes(context)]
    if not progress.done:
        remedy = "Absent: the device plugin never registered. 0: it did, and its devices are unhealthy."
        return failed(_told(progress), remedy, figures)
    more = [node for node in await gpu_nodes(context) if (_offer(node, GPU) or 0) > each]
    if more:
        shared = f"{name_of(more[0])} offers {_offer(more[0], GPU):g}, the size has {each}"
        return warned(shared, "GPUs are shared by time-slicing or MIG: model servers expect whole ones.")
    return passed(f"{GPU} {each} on each of {many(progress.count[0] if progress.count else 0, 'node')}", figures)


async def rdma_allocatable(context: Context) -> Verdict:
    expected = context.expected
    resource = expected.rdma_resource
    if not resource:
        arguments = {"labels": expected.node_labels, "driver": DRANET_DRIVER, "count": expected.nodes}
        progress = await context.judge("resource-slices", arguments)
        return passed(_told(progress)) if progress.done else failed(_told(progress), "Look at the pods of DRANET.")
    arguments = {"labels": expected.node_labels, "resource": resource, "each": 1, "count": expected.nodes}
    progress = await context.judge("allocatable", arguments)
    if not progress.done:
        return failed(_told(progress), "The RDMA device plugin starts when OFED is ready on the node.")
    nodes = await gpu_nodes(context)
    figures = [(name_of(n), _offer(n, resource) or 0.0, _offer(n, resource, "capacity") or 0.0) for n in nodes]
    sick = [node for node in nodes if _offer(node, resource) != _offer(node, resource, "capacity")]
    if sick:
        remedy = "Restart the RDMA device plugin's pod."
        return failed(f"{name_of(sick[0])}: unhealthy devices of {resource}", remedy, figures)
    offers = sorted({f"{_offer(node, resource):g}" for node in nodes})
    return passed(f"{resource} {listing(offers)} on each of {many(len(nodes), 'node')}", figures)


async def gpu_nodes(context: Context) -> list[Object]:
    """Sorted by name."""
    view = await context.view(NODES)
    found = [node for node in view.all("Node") if has_labels(node, context.expected.node_labels)]
    return sorted(found, key=name_of)


def _offer(node: Object, resource: str, where: str = "allocatable") -> float | None:
    return quantity(part(node, "status", where).get(resource))


def _large(node: Object) -> bool:
    cores, memory = _offer(node, "cpu", "capacity") or 0, _offer(node, "memory", "capacity") or 0
    return cores >= MINIMUM_CORES and memory >= MINIMUM_MEMORY


def _host(node: Object) -> str:
    cores, memory = _offer(node, "cpu", "capacity") or 0, _offer(node, "memory", "capacity") or 0
    kind = text(part(node, "metadata", "labels").get("node.kubernetes.io/instance-type"))
    return f"{cores:g} cores, {memory / 2**30:.0f} GiB" + (f" ({kind})" if kind else "")


def _told(progress: Progress) -> str:
    return f"{progress.text}: {listing(list(progress.subjects))}" if progress.subjects else progress.text
