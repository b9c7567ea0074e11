"""What Azure says about the account and a region, each with its age."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from llmd_tui.azure import api_versions
from llmd_tui.azure.account import Choosable, choosable, without_subscription
from llmd_tui.azure.book import Known
from llmd_tui.azure.clouds import endpoint
from llmd_tui.azure.profile import profile_subscriptions
from llmd_tui.azure.sweep import RegionAnswer, sweep
from llmd_tui.draft.reading import Reading
from llmd_tui.errors import NotLoggedIn, UserError
from llmd_tui.presets.sizes import sizes

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm
    from llmd_tui.azure.listed import Location, Subscription, Tenant
    from llmd_tui.azure.person import Person
    from llmd_tui.azure.prices import Prices

T = TypeVar("T")
_UNREAD: Reading[Any] = Reading()


@dataclass(frozen=True)
class AksCluster:
    """`state` is Azure's word for how it is: Succeeded, Creating, Stopped ..."""

    name: str
    resource_group: str
    region: str
    kubernetes: str
    state: str
    resource: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)
    """All that Azure tells of it."""

    @property
    def key(self) -> str:
        """Names repeat from resource group to resource group."""
        return f"{self.resource_group}/{self.name}"


class AzureReads:
    """Asks Azure when told to, and keeps what it said. `changed` is called whenever something came in."""

    def __init__(self, changed: Callable[[], None], person: "Person | None" = None) -> None:
        self.login: Reading[str] = Reading()
        self.nobody = False
        """Whether the login failed because there is none, and nobody said which way to take."""
        self.subscriptions: Reading[tuple[Subscription, ...]] = Reading()
        self.tenants: Reading[tuple[Tenant, ...]] = Reading()
        self.locations: Reading[tuple[Location, ...]] = Reading()
        self.clusters: Reading[tuple[AksCluster, ...]] = Reading()
        self.regions: dict[str, Reading[Known]] = {}
        """What each sells and how much of its quotas is used."""
        self.prices: Reading[Prices] = Reading()
        self._arm: Arm | None = None
        self._changed = changed
        self._person = person

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
        return next((each.name for each in self.choosable if each.id == subscription), subscription)

    @property
    def choosable(self) -> list[Choosable]:
        """Subscriptions: at once those that the Azure CLI knows, then as Azure says."""
        cloud = endpoint()
        profile = () if cloud.pretended else profile_subscriptions()
        return choosable(profile, self.subscriptions.value, self.tenants.value or (), cloud.cloud.az_name)

    @property
    def tenants_beside(self) -> "list[Tenant]":
        """Those of which no subscription is known here: each asks for a login of its own."""
        own = next((each.tenant for each in self.subscriptions.value or ()), "")
        return without_subscription(self.choosable, self.tenants.value or (), own)

    def region(self, name: str) -> Reading[Known]:
        """Unread where nobody asked yet."""
        return self.regions.get(name, _UNREAD)

    async def read_account(self, subscription: str | None = None) -> None:
        """Logs in and settles the subscription. Another one forgets what was read of the one before.

        Of two at a time the later one holds.
        """
        from llmd_tui.azure.client import Arm

        before = self.subscription
        await self.close()
        self.login = begun = self.login.loading(time.monotonic())
        self._changed()
        arm: Arm | None = None
        try:
            arm = await Arm.connect(subscription, person=self._person)
            found = tuple(await arm.subscriptions())
        except UserError as error:
            await _given_up(arm)
            if self.login is not begun:
                return
            self.nobody = isinstance(error, NotLoggedIn)
            self.login = self.login.failed(error)
            self._changed()
            return
        except BaseException:
            # Given up half-way; another may have begun already.
            if self.login is begun:
                self.login = Reading()
            await _given_up(arm)
            raise
        if self.login is not begun:
            await _given_up(arm)
            return
        self._arm = arm
        if self.subscription != before:
            self.locations, self.clusters, self.regions = Reading(), Reading(), {}
        self.subscriptions = self.subscriptions.ready(found, time.monotonic())
        self.login = self.login.ready(arm.how, time.monotonic())
        self.nobody = False
        self._changed()

    async def read_belongings(self) -> None:
        """The subscription's regions and clusters, and where else the login may look."""
        if arm := self._arm:
            await asyncio.gather(self._read_locations(arm), self._read_clusters(arm), self._read_tenants(arm))

    async def read_regions(self, names: Iterable[str], *, fresh: bool = False) -> None:
        """Asks side by side, in this order; what somebody asks already is left to him.

        What is known of the last minutes is taken as it is, unless `fresh`. Given up half-way, those that did not
        answer yet are as they were before.
        """
        arm, since = self._arm, time.monotonic()
        before = {name: self.region(name) for name in names if self.region(name).state != "loading"}
        if arm is None or not before:
            return
        self.regions |= {name: reading.loading(since) for name, reading in before.items()}
        self._changed()

        def waits(region: str, why: str) -> None:
            if arm is self._arm:
                self.regions[region] = self.region(region).waiting(why)
                self._changed()

        try:
            async with aclosing(sweep(arm, regions=list(before), fresh=fresh, on_wait=waits)) as answers:
                async for answer in answers:
                    if arm is not self._arm:
                        return
                    self.regions[answer.region] = _answered(before.pop(answer.region), answer)
                    self._changed()
        finally:
            left = {name: reading for name, reading in before.items() if self.region(name).since == since}
            if arm is self._arm and left:
                self.regions |= left
                self._changed()

    async def read_prices(self) -> None:
        """Live ones; where there are none that is no error: the sizes have their list prices."""
        from llmd_tui.azure.prices import live_prices, price_endpoint

        arm = self._arm
        if arm is None or self.prices.state in ("loading", "ready"):
            return

        async def ask() -> "Prices":
            return await live_prices(price_endpoint(arm.endpoint), sizes())

        await self._read(self.prices, ask, lambda reading: setattr(self, "prices", reading))

    @property
    def regions_read(self) -> int:
        """Of how many regions it is known what they have room for."""
        return sum(self.region(location.name).value is not None for location in self.locations.value or ())

    @property
    def waits(self) -> str:
        """Why regions that are being asked have to wait, such as "throttled, next try in 7 s"; empty where none has."""
        return next((each.waits for each in self.regions.values() if each.state == "loading" and each.waits), "")

    async def close(self) -> None:
        arm, self._arm = self._arm, None
        if arm:
            await arm.close()

    async def _read_locations(self, arm: "Arm") -> None:
        async def ask() -> "tuple[Location, ...]":
            return tuple(await arm.locations())

        await self._read(self.locations, ask, lambda reading: setattr(self, "locations", reading))

    async def _read_tenants(self, arm: "Arm") -> None:
        async def ask() -> "tuple[Tenant, ...]":
            return tuple(await arm.tenants())

        await self._read(self.tenants, ask, lambda reading: setattr(self, "tenants", reading))

    async def _read_clusters(self, arm: "Arm") -> None:
        path = f"/subscriptions/{arm.subscription}/providers/Microsoft.ContainerService/managedClusters"

        async def ask() -> tuple[AksCluster, ...]:
            return tuple([_cluster(entry) async for entry in arm.pages(path, api_versions.AKS)])

        await self._read(self.clusters, ask, lambda reading: setattr(self, "clusters", reading))

    async def _read(
        self, before: Reading[T], ask: Callable[[], Awaitable[T]], keep: Callable[[Reading[T]], None]
    ) -> None:
        def kept(reading: Reading[T]) -> None:
            keep(reading)
            self._changed()

        await before.anew(ask, kept)


async def _given_up(arm: "Arm | None") -> None:
    if arm:
        await arm.close()


def _answered(before: Reading[Known], answer: RegionAnswer) -> Reading[Known]:
    if answer.known is None:
        assert answer.error
        return before.failed(answer.error)
    return before.ready(answer.known, time.monotonic() - max(0.0, time.time() - answer.known.quotas_at))


def _cluster(entry: dict[str, Any]) -> AksCluster:
    properties: dict[str, Any] = entry.get("properties") or {}
    power: dict[str, Any] = properties.get("powerState") or {}
    return AksCluster(
        name=entry["name"],
        resource_group=str(entry["id"]).split("/")[4],
        region=entry["location"],
        kubernetes=str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or ""),
        resource=entry,
        state="Stopped" if power.get("code") == "Stopped" else str(properties.get("provisioningState") or ""),
    )
