"""The draft together with what is found out around it; what the wizard's screens ask."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from llmd_tui.azure.book import Known
from llmd_tui.azure.capacity import Capacity, judged
from llmd_tui.azure.login import belongs
from llmd_tui.azure.prices import price_of
from llmd_tui.draft.azure import AzureReads
from llmd_tui.draft.draft import SUBSCRIPTION, Draft
from llmd_tui.draft.kubernetes import KubeReads
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.steps import Step
from llmd_tui.errors import UserError
from llmd_tui.plan.fit import path_fit, short
from llmd_tui.plan.offers import SizeFilter, SizeOffer, size_offers, why_not_size
from llmd_tui.presets.paths import well_lit_path, well_lit_paths
from llmd_tui.presets.sizes import Price, Size, size, sizes, system_size
from llmd_tui.rollout.words import many

if TYPE_CHECKING:
    from llmd_tui.azure.person import Person

REGION = "target.azure.region"
GROUP, CLUSTER = "target.azure.resourceGroup", "target.azure.cluster"
CONTEXT = "target.kubeconfig.context"
SPOT = "pool.spot"
HEAD_START = 1.0
"""Seconds that the draft's own region has before all others are asked."""
Capacities = Reading[Mapping[str, Capacity]]
"""By size."""


class Session:
    """`changed` is called when something was read; `person` is asked to log in."""

    def __init__(self, draft: Draft, changed: Callable[[], None], person: "Person | None" = None) -> None:
        self.draft = draft
        self.azure = AzureReads(changed, person)
        self.kube = KubeReads(changed)
        self._judged: dict[tuple[str, bool], tuple[Reading[Known], int, Capacities]] = {}

    # What to read

    async def read_account(self) -> None:
        """Logs in, with the subscription that was said or the login's own."""
        wanted = self.draft.answers.get(SUBSCRIPTION)
        foreign = next((each for each in self.azure.choosable if each.id == wanted and each.tenant), None)
        if foreign:
            belongs(foreign.id, foreign.tenant)
        await self.azure.read_account(wanted)
        if self.azure.subscription:
            self.draft.find(SUBSCRIPTION, self.azure.subscription, self.azure.login.value or "")
            async with asyncio.TaskGroup() as reads:
                reads.create_task(self.azure.read_belongings())
                reads.create_task(self.read_region())

    async def read_region(self, region: str = "", *, fresh: bool = False) -> None:
        """What the region can give; the draft's own when none is named. `fresh`: also what was read just now.

        Who comes here first, with a draft that was kept, is signed in.
        """
        if self.region and self.azure.connection is None and self.azure.login.state != "loading":
            await self.read_account()
        elif region := region or self.region:
            async with asyncio.TaskGroup() as reads:
                reads.create_task(self.azure.read_regions([region], fresh=fresh))
                reads.create_task(self.azure.read_prices())

    async def read_regions(self, *, fresh: bool = False) -> None:
        """What every region can give, the draft's own first. `fresh`: also what was read just now."""
        async with asyncio.TaskGroup() as reads:
            own = reads.create_task(self.read_region(fresh=fresh))
            # Sixty answers at once would stand in the way of the one that is looked at.
            await asyncio.wait([own], timeout=HEAD_START)
            names = [location.name for location in self.azure.locations.value or ()]
            others = [name for name in names if name != self.region]
            reads.create_task(self.azure.read_regions(others, fresh=fresh))
            reads.create_task(self.azure.read_prices())

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
    def spot(self) -> bool:
        """Whether the nodes are to be spot ones, which have a quota and a price of their own."""
        return self.draft.value(SPOT).value is True

    @property
    def capacity(self) -> Capacities:
        """Of the chosen region."""
        return self.capacity_in(self.region)

    def capacity_in(self, region: str, *, spot: bool | None = None) -> Capacities:
        """What a region can give, with the system pool that is to come there. `spot` None: as the draft says."""
        spot = self.spot if spot is None else spot
        reading, vcpus = self.azure.region(region), self.system_vcpus
        known = self._judged.get((region, spot))
        if known is None or known[0] is not reading or known[1] != vcpus:
            rows = judged(reading.value, region, sizes(), system_vcpus=vcpus, spot=spot) if reading.value else None
            found = None if rows is None else {row.size: row for row in rows}
            known = self._judged[region, spot] = (reading, vcpus, reading.of(found))
        return known[2]

    def price(self, chosen: Size, region: str = "", *, spot: bool | None = None) -> Price | None:
        """An hour of a node: live in the region (the draft's when none is named), else by the list; no list of spot."""
        spot = self.spot if spot is None else spot
        return price_of(chosen, region or self.region, self.azure.prices.value or {}, spot=spot)

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
        offers = size_offers(self.capacity.value, only, self.price)
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
        known = {region: self.capacity_in(region).value for region in self.azure.regions}
        fitting = {region: rows[chosen.name].nodes_fit or 0 for region, rows in known.items() if rows}
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
