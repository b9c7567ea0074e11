"""What the Azure CLI knows of the account: read from its files, without asking anybody."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

TENANT_VARIABLE = "LLMD_TUI_TENANT"


@dataclass(frozen=True)
class ProfileSubscription:
    """A subscription as the Azure CLI saw it last; `cloud` by the CLI's name, such as AzureCloud."""

    id: str
    name: str
    tenant: str
    tenant_name: str
    tenant_domain: str
    state: str
    default: bool
    cloud: str
    user: str


def profile_file() -> Path:
    """Where the Azure CLI keeps its subscriptions; UTF-8 with a byte order mark."""
    return Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "azureProfile.json"


def profile_changed() -> float:
    """When the Azure CLI's login changed, in seconds since the epoch; 0 where there is none."""
    try:
        return profile_file().stat().st_mtime
    except OSError:
        return 0.0


def profile_subscriptions() -> tuple[ProfileSubscription, ...]:
    """Of all tenants, the default first; empty where there is no login or the file cannot be read."""
    try:
        profile: Any = json.loads(profile_file().read_text(encoding="utf-8-sig"))
        listed = cast(list[dict[str, Any]], profile["subscriptions"])
        known = [_subscription(entry) for entry in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
    return tuple(sorted(known, key=lambda subscription: (not subscription.default, subscription.name.lower())))


def named_subscription() -> str | None:
    """The id that the environment names."""
    return os.environ.get("AZURE_SUBSCRIPTION_ID") or None


def default_subscription(cloud: str = "AzureCloud") -> str | None:
    """The id that the environment or the Azure CLI's profile names; asks no network.

    Of the tenant of LLMD_TUI_TENANT where that is said.
    """
    if named := named_subscription():
        return named
    tenant = os.environ.get(TENANT_VARIABLE)
    of_cloud = [known for known in profile_subscriptions() if known.cloud == cloud]
    known = [each for each in of_cloud if not tenant or tenant in (each.tenant, each.tenant_domain)]
    return next((each.id for each in known if each.default or tenant), None)


def profile_id(subscription: str | None) -> str | None:
    """The id of a subscription that is named; what it is called where the profile does not know it."""
    name = (subscription or "").lower()
    return next((known.id for known in profile_subscriptions() if known.name.lower() == name), subscription)


def tenant_of(subscription: str | None) -> str | None:
    """The tenant of a subscription, by id or name; of the default one when none is named."""
    for known in profile_subscriptions():
        named = subscription is not None and subscription.lower() in (known.id.lower(), known.name.lower())
        if named or (subscription is None and known.default):
            return known.tenant or None
    return None


def _subscription(entry: dict[str, Any]) -> ProfileSubscription:
    user: dict[str, Any] = entry.get("user") or {}
    return ProfileSubscription(
        id=str(entry["id"]),
        name=str(entry.get("name") or entry["id"]),
        tenant=str(entry.get("tenantId") or ""),
        tenant_domain=str(entry.get("tenantDefaultDomain") or ""),
        tenant_name=str(entry.get("tenantDisplayName") or entry.get("tenantDefaultDomain") or ""),
        state=str(entry.get("state") or ""),
        default=bool(entry.get("isDefault")),
        cloud=str(entry.get("environmentName") or "AzureCloud"),
        user=str(user.get("name") or ""),
    )
