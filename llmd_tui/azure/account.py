"""The subscriptions and tenants to choose from: what the Azure CLI wrote down at once, then what Azure says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmd_tui.azure.profile import ProfileSubscription

if TYPE_CHECKING:
    from llmd_tui.azure.listed import Subscription, Tenant

WARNINGS = {
    "warned": "Warned: its payment is due",
    "pastdue": "PastDue: its payment is overdue, Azure may switch it off",
}
REFUSED = {
    "disabled": "Disabled: nothing can be created in it",
    "deleted": "Deleted",
    "expired": "Expired: nothing can be created in it",
}
"""By Azure's word for a subscription's state, in lower case."""
SMALL_OFFERS = ("FreeTrial", "AzureForStudents", "AzurePass")
"""Beginnings of the quota ids of offers that hold no GPU quota."""


@dataclass(frozen=True)
class Choosable:
    """A subscription. `tenant` is to be logged in to for it, empty for the login's own; `tenant_name` says whose it is.

    `note` is good to know, `reason` why it cannot be used; `confirmed`: Azure has listed it.
    """

    id: str
    name: str
    tenant: str = ""
    tenant_name: str = ""
    note: str = ""
    reason: str = ""
    confirmed: bool = False

    @property
    def words(self) -> str:
        """What stands beside its name."""
        of = f"of {self.tenant_name}" if self.tenant_name else ""
        return ", ".join(filter(None, (self.note, of)))


def choosable(
    profile: Iterable[ProfileSubscription],
    listed: "Sequence[Subscription] | None",
    tenants: "Sequence[Tenant]" = (),
    cloud: str = "AzureCloud",
) -> list[Choosable]:
    """Those that the login sees first, then those of other tenants; those that cannot be used last.

    `listed` is None while Azure has not answered; until then the profile is all that is known.
    """
    names = {tenant.id: tenant.name or tenant.domain for tenant in tenants}
    found = [_listed(each) for each in listed or ()]
    seen = {each.id for each in found}
    for each in profile:
        if each.id in seen or each.cloud != cloud or each.name.startswith("N/A("):
            continue
        seen.add(each.id)
        note, reason = _state(each.state)
        foreign = listed is not None
        name = names.get(each.tenant) or each.tenant_name or each.tenant
        found.append(Choosable(each.id, each.name, each.tenant if foreign else "", name, note, reason))
    return sorted(found, key=lambda each: (bool(each.reason), bool(each.tenant)))


def without_subscription(found: Iterable[Choosable], tenants: "Iterable[Tenant]", own: str = "") -> "list[Tenant]":
    """Tenants that the login can see into and of which no subscription is known: each asks for a login of its own."""
    known = {each.tenant for each in found} | {own}
    return [tenant for tenant in tenants if tenant.id not in known]


def _listed(each: "Subscription") -> Choosable:
    note, reason = _state(each.state)
    if not note and each.quota_id.startswith(SMALL_OFFERS):
        note = f"{each.quota_id.partition('_')[0]}: holds no GPU quota"
    return Choosable(each.id, each.name, note=note, reason=reason, confirmed=True)


def _state(word: str) -> tuple[str, str]:
    """What to say of it, and why it cannot be used; both empty for one that is well."""
    return WARNINGS.get(word.lower(), ""), REFUSED.get(word.lower(), "")
