"""The Azure login: what the Azure CLI wrote down is known at once, whether it still holds a second later."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from typing import Any, cast

from llmd_tui.azure.login import credential, default_subscription, endpoint, profile_file, silence
from llmd_tui.errors import UserError
from llmd_tui.loading import load


@dataclass(frozen=True)
class Account:
    """`good_for` is the token's life in seconds, None while nobody asked for one. `count` subscriptions are known."""

    user: str
    tenant: str
    subscription: str
    count: int
    good_for: float | None = None


def known() -> Account | None:
    """From the environment and the Azure CLI's profile, without asking anybody. None when nobody is signed in."""
    where = endpoint()
    if where.simulated:
        return Account("simulator", "simulated", "simulated", 1)
    entries = _subscriptions()
    chosen = default_subscription()
    entry = next((each for each in entries if str(each.get("id")) == chosen), entries[0] if entries else {})
    user = cast(dict[str, Any], entry.get("user") or {}).get("name")
    if not entries or not user:
        return None
    tenant = entry.get("tenantDefaultDomain") or entry.get("tenantDisplayName") or entry.get("tenantId") or ""
    return Account(str(user), str(tenant), str(entry.get("name") or entry.get("id") or ""), len(entries))


def changed() -> float:
    """When the Azure CLI's login changed, in seconds since the epoch; 0 where there is none."""
    try:
        return profile_file().stat().st_mtime
    except OSError:
        return 0.0


async def confirmed(before: Account | None) -> Account:
    """Asks for a token. Raises UserError when there is no login, or it does not hold any more."""
    from llmd_tui.azure.errors import explained

    where = endpoint()
    silence()
    if not where.simulated:
        _way_in()
        await load("azure.identity", "azure.identity.aio")
    await load("azure.core.exceptions", "azure.core.credentials")
    how, login = credential(where, None, None)
    try:
        with explained("give a token"):
            token = await login.get_token_info(where.scope)
    finally:
        await login.close()
    who = before or Account(how, "", "", 0)
    return Account(who.user, who.tenant, who.subscription, who.count, max(0.0, token.expires_on - time.time()))


def _way_in() -> None:
    """Without one the SDK need not be imported to find out."""
    if not shutil.which("az") and not os.environ.get("AZURE_CLIENT_ID"):
        raise UserError("The Azure CLI is not installed.", "Install it, then `az login`.")


def _subscriptions() -> list[dict[str, Any]]:
    try:
        profile: Any = json.loads(profile_file().read_text(encoding="utf-8-sig"))
        entries: Any = profile["subscriptions"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [cast(dict[str, Any], entry) for entry in entries if isinstance(entry, dict)]
