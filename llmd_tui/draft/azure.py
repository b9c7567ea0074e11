"""What Azure says about the account and a region, each with its age."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from llmd_tui.azure.capacity import Capacity, capacity
from llmd_tui.draft.reading import Reading
from llmd_tui.errors import UserError
from llmd_tui.presets.sizes import sizes

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm, Location, Subscription

T = TypeVar("T")

AKS_API_VERSION = "2026-08-01"
AT_ONCE = 4
"""Regions that are asked side by side: what a region sells is megabytes of JSON."""


@dataclass(frozen=True)
class AksCluster:
    """`state` is Azure's word for how it is: Succeeded, Creating, Stopped ..."""

    name: str
    resource_group: str
    region: str
    kubernetes: str
    state: str

    @property
    def key(self) -> str:
        """Names repeat from resource group to resource group."""
        return f"{self.resource_group}/{self.name}"


class AzureReads:
    """Asks Azure when told to, and keeps what it said. `changed` is called whenever something came in."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.login: Reading[str] = Reading()
        self.subscriptions: Reading[tuple[Subscription, ...]] = Reading()
        self.locations: Reading[tuple[Location, ...]] = Reading()
        self.clusters: Reading[tuple[AksCluster, ...]] = Reading()
        self.capacities: dict[str, Reading[Mapping[str, Capacity]]] = {}
        self._arm: Arm | None = None
        self._changed = changed

    @property
    def connection(self) -> "Arm | None":
        """None before the login."""
        return self._arm

    @property
    def subscription(self) -> str:
        """The id of the one that is read, empty before the login."""
        return self._arm.subscription if self._arm else ""

    def subscription_name(self, subscription: str) -> str:
        """What people call it; the id where the name is not known."""
        known = self.subscriptions.value or ()
        return next((each.name for each in known if each.id == subscription), subscription)

    def capacity(self, region: str) -> Reading[Mapping[str, Capacity]]:
        """By size; unread where nobody asked yet."""
        return self.capacities.get(region, Reading())

    async def read_account(self, subscription: str | None = None) -> None:
        """Logs in, settles the subscription, and reads what it has. Another subscription forgets the one before."""
        from llmd_tui.azure.client import Arm

        before = self.subscription
        await self.close()
        self.login = begun = self.login.loading(time.monotonic())
        self._changed()
        try:
            self._arm = await Arm.connect(subscription)
            found = tuple(await self._arm.subscriptions())
        except UserError as error:
            await self.close()
            self.login = self.login.failed(error)
            self._changed()
            return
        except BaseException:
            # Given up half-way; another may have begun already.
            if self.login is begun:
                self.login = Reading()
            raise
        if self.subscription != before:
            self.locations, self.clusters, self.capacities = Reading(), Reading(), {}
        self.subscriptions = self.subscriptions.ready(found, time.monotonic())
        self.login = self.login.ready(self._arm.how, time.monotonic())
        await asyncio.gather(self._read_locations(self._arm), self._read_clusters(self._arm))

    async def read_capacity(self, region: str, system_vcpus: int = 0) -> None:
        """How many nodes of which size fit. `system_vcpus`: what a new system pool takes of the region's quota."""
        arm = self._arm
        if arm is None or self.capacity(region).state == "loading":
            return

        async def ask() -> Mapping[str, Capacity]:
            return {row.size: row for row in await capacity(arm, region, sizes(), system_vcpus=system_vcpus)}

        def keep(reading: Reading[Mapping[str, Capacity]]) -> None:
            if arm is self._arm:
                self.capacities[region] = reading

        await self._read(self.capacity(region), ask, keep)

    async def read_capacities(self, system_vcpus: int = 0, *, anew: bool = False) -> None:
        """Of all regions, a few at a time. `anew`: also of those that were read; they keep what they have meanwhile."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(region: str) -> None:
            async with gate:
                if anew or self.capacity(region).state == "unread":
                    await self.read_capacity(region, system_vcpus)

        await asyncio.gather(*(read(location.name) for location in self.locations.value or ()))

    @property
    def regions_read(self) -> int:
        """Of how many regions it is known what they have room for."""
        return sum(self.capacity(location.name).value is not None for location in self.locations.value or ())

    async def close(self) -> None:
        arm, self._arm = self._arm, None
        if arm:
            await arm.close()

    async def _read_locations(self, arm: "Arm") -> None:
        async def ask() -> "tuple[Location, ...]":
            return tuple(await arm.locations())

        await self._read(self.locations, ask, lambda reading: setattr(self, "locations", reading))

    async def _read_clusters(self, arm: "Arm") -> None:
        path = f"/subscriptions/{arm.subscription}/providers/Microsoft.ContainerService/managedClusters"

        async def ask() -> tuple[AksCluster, ...]:
            return tuple([_cluster(entry) async for entry in arm.pages(path, AKS_API_VERSION)])

        await self._read(self.clusters, ask, lambda reading: setattr(self, "clusters", reading))

    async def _read(
        self, before: Reading[T], ask: Callable[[], Awaitable[T]], keep: Callable[[Reading[T]], None]
    ) -> None:
        keep(before.loading(time.monotonic()))
        self._changed()
        try:
            keep(before.ready(await ask(), time.monotonic()))
        except UserError as error:
            keep(before.failed(error))
        except BaseException:
            keep(before)
            raise
        finally:
            self._changed()


def _cluster(entry: dict[str, Any]) -> AksCluster:
    properties: dict[str, Any] = entry.get("properties") or {}
    power: dict[str, Any] = properties.get("powerState") or {}
    return AksCluster(
        name=entry["name"],
        resource_group=str(entry["id"]).split("/")[4],
        region=entry["location"],
        kubernetes=str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or ""),
        state="Stopped" if power.get("code") == "Stopped" else str(properties.get("provisioningState") or ""),
    )
