"""What a quota lacks, in numbers: read from Azure's refusals, and said the same way everywhere."""

import re
from dataclasses import dataclass

from llmd_tui.azure.clouds import endpoint

PAGE = "https://{portal}/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"
REGIONAL, SPOT = "cores", "lowPriorityCores"
_NAMES = {
    "cores": REGIONAL,
    "totalregional": REGIONAL,
    "totalregionalcores": REGIONAL,
    "lowprioritycores": SPOT,
    "lowpriority": SPOT,
    "totalregionalspot": SPOT,
}
_PLAIN = {REGIONAL: "cores (all sizes together)", SPOT: "lowPriorityCores (all spot nodes together)"}

# AKS names the family and no limit; Compute all five numbers.
_OF_FAMILY = re.compile(
    r"vcpu quota requested (?P<needed>\d+), remaining (?P<left>-?\d+) for family (?P<name>.+?) "
    r"for region (?P<region>\w+)",
    re.IGNORECASE,
)
_OF_REGION = re.compile(
    r"regional vcpu quota left for location (?P<region>\w+)\.? left regional vcpu quota (?P<left>-?\d+), "
    r"requested quota (?P<needed>\d+)",
    re.IGNORECASE,
)
_EXCEEDED = re.compile(
    r"exceeding approved (?P<name>.+?) quota\..*?Location: (?P<region>\w+), Current Limit: (?P<limit>\d+), "
    r"Current Usage: (?P<used>\d+), Additional Required: (?P<needed>\d+)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Quota:
    """In vCPUs."""

    limit: int
    used: int

    @property
    def room(self) -> int:
        """Less than nothing where more is used than allowed, as after a cut of the limit."""
        return self.limit - self.used

    @property
    def left(self) -> int:
        return max(0, self.room)


@dataclass(frozen=True)
class Shortage:
    """`needed` more vCPUs of the quota `name`. `room` is what is free of it, less than nothing where more is used than
    allowed. `limit` is None where it is not told.
    """

    name: str
    region: str
    needed: int
    room: int
    limit: int | None = None

    @property
    def left(self) -> int:
        return max(0, self.room)

    @property
    def more(self) -> int:
        return max(0, self.needed - self.room)

    def __str__(self) -> str:
        """For example "needs 192 vCPU of standardNDSH100v5Family in eastus2, 96 free: ask for 96 more"."""
        needs = f"needs {self.needed} vCPU of {_PLAIN.get(self.name, self.name)} in {self.region}, {self.left} free"
        # AKS counts the nodes that an upgrade would add too.
        return f"{needs}: ask for {self.more} more" if self.more else f"{needs}, and some more for surge nodes"

    def command(self, subscription: str) -> str:
        """Asks Azure for as much; of the CLI's extension `quota`. Without the present limit there is none to name."""
        if self.limit is None or not self.more:
            return ""
        scope = f"/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{self.region}"
        name = f'"{self.name}"' if " " in self.name else self.name
        value = f"value={self.limit + self.more} limit-object-type=LimitValue"
        kind = "lowPriority" if self.name == SPOT else "dedicated"
        return f"az quota update --resource-name {name} --scope {scope} --limit-object {value} --resource-type {kind}"

    def remedy(self, subscription: str) -> str:
        command = self.command(subscription)
        return f"Quota page: {quota_page()}" + (f" or `{command}`" if command else "")


def quota_page() -> str:
    """The portal's, of the cloud that is used."""
    return PAGE.format(portal=endpoint().cloud.portal)


def shortage(message: str) -> Shortage | None:
    """What a refusal says is missing; None when it is about something else."""
    for pattern in (_OF_FAMILY, _OF_REGION, _EXCEEDED):
        if found := pattern.search(message):
            said = found.groupdict()
            name = re.sub(r"\s*(v?CPUs|Cores)$", "", said.get("name") or REGIONAL, flags=re.IGNORECASE)
            name = _NAMES.get(re.sub(r"[\s_]", "", said.get("name") or REGIONAL).lower()) or name
            limit = int(said["limit"]) if said.get("limit") else None
            room = limit - int(said["used"]) if limit is not None else int(said["left"])
            return Shortage(name, said["region"].lower(), int(said["needed"]), room, limit)
    return None
