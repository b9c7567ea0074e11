"""A config made whole: what the phases are made from. Typed, checked, nothing left open."""

from dataclasses import dataclass

from llmd_tui.azure.place import Place
from llmd_tui.config.model import Azure, Config
from llmd_tui.objects import Object
from llmd_tui.plan import taints
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import LanguageModel
from llmd_tui.presets.paths import WellLitPath
from llmd_tui.presets.releases import Release
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.strategies import Strategy


@dataclass(frozen=True)
class Choice:
    """`config` has every default filled in; the rest are the presets that it names."""

    config: Config
    size: Size
    strategy: Strategy
    path: WellLitPath
    model: LanguageModel
    layout: Layout
    release: Release
    nodes: int
    warnings: tuple[str, ...]

    @property
    def azure(self) -> Azure | None:
        return self.config.target.azure

    @property
    def place(self) -> Place:
        """Of a target in Azure."""
        azure = self.azure
        assert azure is not None
        return Place(azure.subscription, azure.resource_group, azure.cluster, str(self.config.pool.name))

    @property
    def os_sku(self) -> str:
        return str(self.config.pool.os_sku)

    @property
    def most_nodes(self) -> int:
        """How many nodes the autoscaler may make of them; without it, as many as there are."""
        return max(self.nodes, self.config.pool.max_nodes or 0)

    @property
    def tolerations(self) -> list[Object]:
        """Of every pod that is to run on the GPU nodes."""
        return taints.tolerations(self.config.pool)

    @property
    def rdma(self) -> bool:
        """Whether the nodes have InfiniBand."""
        return self.size.rdma

    @property
    def uses_rdma(self) -> bool:
        """Whether the model servers talk over it."""
        return self.size.rdma and self.path.rdma

    @property
    def namespace(self) -> str:
        return self.config.namespace or self.path.namespace
