"""The Azure login: what the Azure CLI wrote down is known at once, whether it still holds a second later."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmd_tui.azure.login import credential, default_subscription, endpoint, silence, user_of
from llmd_tui.azure.profile import profile_subscriptions
from llmd_tui.loading import load

if TYPE_CHECKING:
    from llmd_tui.azure.person import Person


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
    if where.pretended:
        return Account("simulator", "simulated", "simulated", 1)
    entries = [each for each in profile_subscriptions() if each.cloud == where.cloud.az_name]
    chosen = default_subscription(where.cloud.az_name)
    entry = next((each for each in entries if each.id == chosen), entries[0] if entries else None)
    if entry is None or not entry.user:
        return None
    return Account(entry.user, entry.tenant_domain or entry.tenant_name or entry.tenant, entry.name, len(entries))


async def confirmed(before: Account | None, person: "Person | None" = None) -> Account:
    """Asks for a token; `person`, where there is one, for a login. Raises UserError when there is none that holds."""
    where = endpoint()
    silence()
    how, login = credential(where, None, person)
    if not where.pretended:
        await load("azure.identity", "azure.identity.aio")
    await load("azure.core.exceptions", "azure.core.credentials")
    from llmd_tui.azure.errors import explained

    with explained("give a token"):
        token = await login.get_token_info(where.scope)
    good_for = max(0.0, token.expires_on - time.time())
    if user := user_of(login):
        return Account(user, "", "", 0, good_for)
    # The profile is the Azure CLI's: it tells nothing about a login by other means.
    return replace(before if before and how in ("az CLI", "simulator") else Account(how, "", "", 0), good_for=good_for)
