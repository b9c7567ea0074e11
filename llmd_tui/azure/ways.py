"""The ways to log in that there are here, to choose from."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmd_tui.azure.auths import AUTHS, NAMES
from llmd_tui.azure.clouds import endpoint
from llmd_tui.azure.desktop import browser_here, desktop
from llmd_tui.azure.login import (
    AUTH_VARIABLE,
    by_a_person,
    by_environment,
    cli_login,
    log_in_by,
    log_in_to,
)
from llmd_tui.azure.profile import TENANT_VARIABLE, profile_subscriptions

if TYPE_CHECKING:
    from llmd_tui.azure.listed import Tenant

AZ_LOGIN = "az login"
OF_TENANT = "tenant:"


@dataclass(frozen=True)
class Way:
    """`reason` says why it cannot be taken; empty when it can."""

    key: str
    name: str
    note: str = ""
    reason: str = ""


def ways(tenants: "Sequence[Tenant]" = ()) -> list[Way]:
    """What needs nobody first. `tenants` are those that this login can see into and that need one of their own."""
    found: list[Way] = []
    if named := by_environment():
        found.append(Way(named, NAMES[named].capitalize(), "as AZURE_CLIENT_ID says"))
    where = endpoint()
    if cli_login(where):
        user = next((each.user for each in profile_subscriptions() if each.cloud == where.cloud.az_name), "")
        found.append(Way("cli", "Azure CLI", f"as {user}" if user else "as it is logged in"))
    no_cli = "" if shutil.which("az") else "the Azure CLI is not installed"
    found += [
        Way(AZ_LOGIN, login_command(), "copied, to run elsewhere", no_cli),
        Way("device-code", "Device code", "a code to enter on any device"),
        Way("browser", "Browser", "opens here", "" if browser_here() else "no desktop here"),
    ]
    return found + tenant_ways(tenants)


def tenant_ways(tenants: "Sequence[Tenant]") -> list[Way]:
    """To log in to each."""
    return [Way(f"{OF_TENANT}{t.id}", f"Tenant {t.name or t.domain or t.id}", "its own login") for t in tenants]


def suiting() -> str:
    """The key of the way that is taken now, else of the one that suits here."""
    said = os.environ.get(AUTH_VARIABLE) or by_environment()
    return said or ("cli" if cli_login(endpoint()) else by_a_person())


def take(key: str) -> bool:
    """Logs in that way from now on; False for what has to be typed elsewhere, and what is no way."""
    if key.startswith(OF_TENANT):
        log_in_to(key.removeprefix(OF_TENANT))
    elif key in AUTHS:
        log_in_by(key, anew=True)
    else:
        return False
    return True


def login_command() -> str:
    """What to type for the Azure CLI's own login."""
    tenant = os.environ.get(TENANT_VARIABLE)
    code = "" if desktop() else " --use-device-code"
    return f"{AZ_LOGIN}{code}{f' --tenant {tenant}' if tenant else ''}"
