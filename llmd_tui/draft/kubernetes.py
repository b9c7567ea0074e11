"""What the kubeconfig has, and what the cluster behind a context looks like."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from llmd_tui.draft.reading import Reading
from llmd_tui.loading import load
from llmd_tui.objects import labels
from llmd_tui.presets.sizes import sizes

INSTANCE_TYPE = "node.kubernetes.io/instance-type"


@dataclass(frozen=True)
class Contexts:
    names: tuple[str, ...]
    current: str | None


@dataclass(frozen=True)
class Nodes:
    """`gpu` counts the nodes of each GPU size that is known here."""

    total: int
    gpu: Mapping[str, int]
    kubernetes: str


class KubeReads:
    """Reads when told to. `changed` is called whenever something came in."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.contexts: Reading[Contexts] = Reading()
        self.clusters: dict[str, Reading[Nodes]] = {}
        self._changed = changed

    def nodes(self, context: str) -> Reading[Nodes]:
        """Of a context's cluster; unread where nobody asked yet."""
        return self.clusters.get(context, Reading())

    async def read_contexts(self, file: str | None = None) -> None:
        """Of the file, else of KUBECONFIG, else of ~/.kube/config."""

        async def ask() -> Contexts:
            await load("llmd_tui.kube.connection")
            return await asyncio.to_thread(_contexts, file)

        def keep(reading: Reading[Contexts]) -> None:
            self.contexts = reading
            self._changed()

        await self.contexts.anew(ask, keep)

    async def read_nodes(self, context: str, file: str | None = None) -> None:
        before = self.nodes(context)
        if before.state == "loading":
            return

        def keep(reading: Reading[Nodes]) -> None:
            self.clusters[context] = reading
            self._changed()

        await before.anew(lambda: _nodes(context, file), keep)


def _path(file: str | None) -> Path | None:
    return Path(file).expanduser() if file else None


def _contexts(file: str | None) -> Contexts:
    from llmd_tui.kube.kubeconfig import contexts

    names, current = contexts(_path(file))
    return Contexts(tuple(names), current)


async def _nodes(context: str, file: str | None) -> Nodes:
    from llmd_tui.kube.connection import Cluster

    async with await Cluster.connect(_path(file), context) as cluster:
        version, nodes = await asyncio.gather(cluster.version(), cluster.list("v1", "Node"))
    known = {size.name.lower(): size.name for size in sizes()}
    types = Counter(known.get(labels(node).get(INSTANCE_TYPE, "").lower()) for node in nodes)
    gpu = {name: count for name, count in types.items() if name}
    return Nodes(len(nodes), gpu, str(version.get("gitVersion", "")))
