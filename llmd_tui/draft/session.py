"""The draft together with what is found out around it; what the wizard's screens ask."""

from collections.abc import Callable, Mapping

from llmd_tui.azure.capacity import Capacity
from llmd_tui.draft.azure import AzureReads
from llmd_tui.draft.draft import SUBSCRIPTION, Draft
from llmd_tui.draft.kubernetes import KubeReads
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.steps import Step
from llmd_tui.errors import UserError
from llmd_tui.plan.fit import path_fit, short
from llmd_tui.plan.offers import SizeFilter, SizeOffer, size_offers, why_not_size
from llmd_tui.presets.paths import well_lit_path, well_lit_paths
from llmd_tui.presets.sizes import Size, size, system_size
from llmd_tui.rollout.words import many

REGION = "target.azure.region"
GROUP, CLUSTER = "target.azure.resourceGroup", "target.azure.cluster"
CONTEXT = "target.kubeconfig.context"


class Session:
    """`changed` is called when something was read."""

    def __init__(self, draft: Draft, changed: Callable[[], None]) -> None:
        self.draft = draft
        self.azure = AzureReads(changed)
        self.kube = KubeReads(changed)

    # What to read

    async def read_account(self) -> None:
        """Logs in, with the subscription that was said or the login's own."""
        wanted = self.draft.answers.get(SUBSCRIPTION)
        await self.azure.read_account(wanted)
        if self.azure.subscription:
            self.draft.find(SUBSCRIPTION, self.azure.subscription, self.azure.login.value or "")
        await self.read_region()

    async def read_region(self, region: str = "") -> None:
        """What the region can give; the draft's own when none is named."""
        region = region or self.region
        if region:
            await self.azure.read_capacity(region, self.system_vcpus)

    async def read_regions(self, anew: bool = False) -> None:
        """What every region can give, the draft's own first. `anew`: also where it is known."""
        await self.read_region()
        await self.azure.read_capacities(self.system_vcpus, anew=anew)

    async def read_contexts(self) -> None:
        await self.kube.read_contexts(self.draft.value("target.kubeconfig.file").value)
        contexts = self.kube.contexts.value
        if contexts and contexts.current:
            self.draft.find(CONTEXT, contexts.current, "kubeconfig", "the current context")

    async def read_nodes(self, context: str = "") -> None:
        context = context or self.draft.value(CONTEXT).value or ""
        if context:
            await self.kube.read_nodes(context, self.draft.value("target.kubeconfig.file").value)

    async def close(self) -> None:
        await self.azure.close()

    # What it means

    @property
    def region(self) -> str:
        """Empty where none is chosen, and for a cluster that is reached by a kubeconfig."""
        return "" if self.draft.target == "kubeconfig" else self.draft.value(REGION).value or ""

    @property
    def system_vcpus(self) -> int:
        """What the system pool takes of the region's quota; nothing where the cluster exists."""
        if self.draft.target != "new":
            return 0
        try:
            chosen = system_size(self.draft.value("target.azure.systemPool.size").text)
        except UserError:
            return 0
        nodes = self.draft.value("target.azure.systemPool.nodes").value
        return chosen.vcpus * nodes if isinstance(nodes, int) else 0

    @property
    def capacity(self) -> Reading[Mapping[str, Capacity]]:
        """Of the chosen region."""
        return self.azure.capacity(self.region)

    @property
    def size(self) -> Size | None:
        """The chosen GPU size; None while none is, or an unknown one."""
        name = self.draft.answers.get("pool.size")
        try:
            return size(str(name)) if name else None
        except UserError:
            return None

    @property
    def nodes(self) -> int:
        """How many nodes of the chosen size."""
        return self.nodes_of(self.size) if self.size else 1

    def nodes_of(self, chosen: Size) -> int:
        """How many nodes of a size: as said, or what the chosen path, else the first that it can run, is shown on."""
        said = self.draft.answers.get("pool.nodes")
        if isinstance(said, int):  # A file may say something else; the draft tells what is wrong with it.
            return said
        name = self.draft.answers.get("path.name")
        paths = [path for path in well_lit_paths() if path_fit(path, chosen).fits and name in (None, path.name)]
        return (paths[0].default_nodes(chosen.name) if paths else None) or 1

    def offers(self, only: SizeFilter | None = None) -> list[SizeOffer]:
        """Sizes with what the region can give; of a cluster that is there already, those of its nodes first."""
        offers = size_offers(self.capacity.value, only)
        return sorted(offers, key=lambda offer: (bool(offer.reason), not self.nodes_there(offer.size)))

    def nodes_there(self, chosen: Size) -> int | None:
        """Nodes of a size that a cluster of the kubeconfig has; None where that is not known, and in Azure."""
        if self.draft.target != "kubeconfig":
            return None
        found = self.kube.nodes(self.draft.value(CONTEXT).text).value
        return None if found is None else found.gpu.get(chosen.name, 0)

    def why_not(self, offer: SizeOffer, nodes: int) -> str:
        """A sentence when that many nodes of the size cannot be had."""
        have = self.nodes_there(offer.size)
        if have is not None:
            return "" if have >= nodes else f"The cluster has {have} × {short(offer.size)}, not {nodes}."
        return why_not_size(offer, nodes)

    def elsewhere(self, chosen: Size, nodes: int) -> str:
        """Regions that were read and have room for so many nodes of a size, in a sentence; empty where none has."""
        fitting = {
            region: reading.value[chosen.name].nodes_fit or 0
            for region, reading in self.azure.capacities.items()
            if reading.value and chosen.name in reading.value
        }
        rooms = sorted((region for region, fit in fitting.items() if fit >= nodes), key=lambda name: -fitting[name])
        if not rooms:
            return ""
        room = many(fitting[rooms[0]], "node")
        return f"{rooms[0]} has room for {room}."

    def answer(self, step: Step) -> str:
        """A step's answer in a few words; empty while there is none."""
        draft = self.draft
        match step:
            case "target":
                return draft.value(CONTEXT).text if draft.target == "kubeconfig" else self.region
            case "size":
                return f"{self.nodes} × {self.size.gpu.model}" if self.size else ""
            case "drivers":
                return draft.value("drivers").text
            case "path":
                return self.path_name
            case _:
                return ""

    @property
    def path_name(self) -> str:
        """The chosen path; empty while none is, or an unknown one."""
        name = self.draft.answers.get("path.name")
        try:
            return well_lit_path(str(name)).name if name else ""
        except UserError:
            return ""
