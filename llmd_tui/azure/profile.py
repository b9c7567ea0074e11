"""What the Azure CLI knows of the account: read from its files, without asking anybody."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast


@dataclass(frozen=True)
class ProfileSubscription:
    """A subscription as the Azure CLI saw it last; `cloud` by the CLI's name, such as AzureCloud."""

    id: str
    name: str
    tenant: str
    tenant_name: str
    state: str
    default: bool
    cloud: str
    user: str


def profile_file() -> Path:
    """Where the Azure CLI keeps its subscriptions; UTF-8 with a byte order mark."""
    return Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "azureProfile.json"


def profile_subscriptions() -> tuple[ProfileSubscription, ...]:
    """Of all tenants, the default first; empty where there is no login or the file cannot be read."""
    try:
        profile: Any = json.loads(profile_file().read_text(encoding="utf-8-sig"))
        listed = cast(list[dict[str, Any]], profile["subscriptions"])
        known = [_subscription(entry) for entry in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
    return tuple(sorted(known, key=lambda subscription: (not subscription.default, subscription.name.lower())))


def default_subscription(cloud: str = "AzureCloud") -> str | None:
    """The id that the environment or the Azure CLI's profile names; asks no network."""
    if named := os.environ.get("AZURE_SUBSCRIPTION_ID"):
        return named
    return next((known.id for known in profile_subscriptions() if known.default and known.cloud == cloud), None)


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
        tenant_name=str(entry.get("tenantDisplayName") or entry.get("tenantDefaultDomain") or ""),
        state=str(entry.get("state") or ""),
        default=bool(entry.get("isDefault")),
        cloud=str(entry.get("environmentName") or "AzureCloud"),
        user=str(user.get("name") or ""),
    )
