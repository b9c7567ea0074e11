"""Who asks Azure: the credential that suits where one sits.

Credentials are tried in an order that needs no waiting: what the environment names, then the Azure CLI's login, then a
person: a device code over SSH, a browser on a desktop.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmd_tui.azure.auths import AUTHS, BY_A_PERSON, NAMES
from llmd_tui.azure.clouds import ENDPOINT_VARIABLE, Endpoint, endpoint
from llmd_tui.azure.desktop import desktop
from llmd_tui.azure.person import Person, PersonLogin, login_record, remembered
from llmd_tui.azure.profile import (
    TENANT_VARIABLE,
    default_subscription,
    named_subscription,
    profile_changed,
    profile_file,
    profile_id,
    profile_subscriptions,
    tenant_of,
)
from llmd_tui.azure.shared import AsyncCredential, Shared
from llmd_tui.errors import NotLoggedIn, UserError

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions

__all__ = [
    "ENDPOINT_VARIABLE",
    "TENANT_VARIABLE",
    "AsyncCredential",
    "Endpoint",
    "Person",
    "credential",
    "default_subscription",
    "endpoint",
    "login_record",
    "named_subscription",
    "profile_file",
    "silence",
]

AUTH_VARIABLE = "LLMD_TUI_AUTH"
LOGGERS = ("azure", "msal", "urllib3")
CLI_SECONDS = 30
"""The Azure CLI takes a second for a token, on a busy machine many."""

NOT_KEPT = (
    "Log in with `az login`, then try again. Without a keyring a login by device code or browser ends with its process."
)


WAYS = "`az login` elsewhere, a device code, or a browser."


_logins: dict[tuple[object, ...], Shared] = {}
_persons: dict[tuple[str, str, str | None], PersonLogin] = {}
_tenants: dict[str, str] = {}
"""By subscription, for those that were chosen among the ones of other tenants."""
_auths: dict[str, str] = {}
"""By subscription, the way in which an earlier process logged in for it."""


@dataclass(frozen=True)
class Chosen:
    """How somebody chose to log in, for a later process that goes on with the same; empty where nothing was chosen.

    It holds no secret, and does not say who it was.
    """

    auth: str = ""
    tenant: str = ""
    cloud: str = ""


def credential(where: Endpoint, subscription: str | None, person: Person | None) -> tuple[str, Shared]:
    """The login to use and what to call it; asks nobody yet. One for this whole process: its tokens are shared.

    LLMD_TUI_AUTH chooses one of AUTHS, LLMD_TUI_TENANT the tenant. `person`: without it nobody can be asked.
    Raises UserError when there is no way to log in.
    """
    if where.pretended:
        return "simulator", Shared(SimulatorCredential)
    auth = os.environ.get(AUTH_VARIABLE) or _as_then(subscription, person) or _suits(where, person)
    if auth not in AUTHS:
        raise UserError(f"{auth} is no way to log in.", f"Known: {', '.join(AUTHS)}.")
    beside = _tenants.get(subscription or "")
    tenant = beside or os.environ.get(TENANT_VARIABLE) or tenant_of(subscription)
    if auth in BY_A_PERSON:
        login = _person_login(auth, where.authority, tenant)
        if person or login.logged_in or remembered():
            login.person = person or login.person
            return NAMES[auth], _shared((auth, id(login)), lambda: login, login.refuse)
        # A login that ended with its process: the CLI's takes its place, also in a kubeconfig that names the other.
        if not cli_login(where):
            raise NotLoggedIn(f"There is nobody here to log in by {NAMES[auth]}.", NOT_KEPT)
        auth = "cli"
    if auth == "cli" and not cli_login(where) and profile_subscriptions():
        name = where.cloud.az_name
        raise UserError(f"The Azure CLI is not logged in to {name}.", f"`az cloud set --name {name}`, then `az login`.")
    named = profile_id(subscription) or default_subscription(where.cloud.az_name)
    # Of a subscription that the CLI knows it knows the tenant too, and who logged in to it.
    chosen = None if beside else os.environ.get(TENANT_VARIABLE)
    key = (auth, where.authority, chosen, named, profile_changed() if auth == "cli" else 0)
    return NAMES[auth], _shared(key, lambda: _made(auth, where, named, chosen))


def log_in_by(auth: str, *, anew: bool = False) -> None:
    """From now on, in this process and its children. `anew`: as somebody else; what was known is forgotten."""
    os.environ[AUTH_VARIABLE] = auth
    _logins.clear()
    if anew:
        for key, login in list(_persons.items()):
            if key[0] == auth:
                login.drop()
                _persons[key] = PersonLogin(*key, fresh=True)


def log_in_to(tenant: str) -> None:
    """From now on, in this process and its children, to this tenant."""
    os.environ[TENANT_VARIABLE] = tenant


def belongs(subscription: str, tenant: str) -> None:
    """A subscription that the Azure CLI knows, of another tenant than the login's own: to be logged in to for it."""
    _tenants[subscription] = tenant


def how_chosen(where: Endpoint, login: Shared, subscription: str) -> Chosen:
    """How this login was chosen."""
    made = login.make()
    if isinstance(made, PersonLogin):
        return Chosen(made.auth, made.tenant, where.name)
    tenant = _tenants.get(subscription) or os.environ.get(TENANT_VARIABLE) or ""
    return Chosen(os.environ.get(AUTH_VARIABLE) or "", tenant, where.name)


def choose_again(subscription: str, then: Chosen) -> None:
    """From now on, for this subscription, unless something else is said now."""
    if then.auth in AUTHS:
        _auths[subscription] = then.auth
    if then.tenant and not os.environ.get(TENANT_VARIABLE):
        _tenants[subscription] = then.tenant


def forget() -> None:
    """Every login of this process."""
    for login in _persons.values():
        login.drop()
    _logins.clear()
    _persons.clear()
    _tenants.clear()
    _auths.clear()


def user_of(login: Shared) -> str:
    """Who logged in, where that is known from the login itself."""
    made = login.make()
    return made.user if isinstance(made, PersonLogin) else ""


def cli_login(where: Endpoint) -> bool:
    """Whether the Azure CLI is there and logged in to this cloud, as far as its files tell."""
    return bool(shutil.which("az")) and any(each.cloud == where.cloud.az_name for each in profile_subscriptions())


def by_environment() -> str:
    """The way to log in that the environment's variables name; empty where they name none."""
    if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        return "workload-identity"
    secret = _set("AZURE_CLIENT_SECRET") or _set("AZURE_CLIENT_CERTIFICATE_PATH")
    return "environment" if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID") and secret else ""


def by_a_person() -> str:
    """A browser where one would open in front of whoever sits here, else a code for any other device."""
    return "browser" if desktop() else "device-code"


def _as_then(subscription: str | None, person: Person | None) -> str:
    """The way that was chosen for the subscription before; who chooses ways is asked again, here may be another one."""
    then = _auths.get(subscription or "", "")
    if then not in BY_A_PERSON:
        return then
    known = remembered() or any(login.logged_in for login in _persons.values())
    if person and person.chooses and not known:
        raise NotLoggedIn("Nobody is logged in to Azure here.", WAYS)
    return then if then == "device-code" or desktop() else by_a_person()


def _suits(where: Endpoint, person: Person | None) -> str:
    if named := by_environment():
        return named
    if cli_login(where):
        return "cli"
    if remembered():
        return by_a_person()
    if person is None or person.chooses:
        raise NotLoggedIn("Nobody is logged in to Azure here.", WAYS if person else NOT_KEPT)
    return by_a_person()


def _shared(
    key: tuple[object, ...], make: Callable[[], AsyncCredential], refuse: Callable[[str], None] = lambda _: None
) -> Shared:
    return _logins.setdefault(key, Shared(make, refuse))


def _person_login(auth: str, authority: str, tenant: str | None) -> PersonLogin:
    """One that was made without a tenant is good for the one that it turned out to be of."""
    for (by, at, _), login in _persons.items():
        if (by, at) == (auth, authority) and login.record and tenant in (None, login.record.tenant_id):
            return login
    return _persons.setdefault((auth, authority, tenant), PersonLogin(auth, authority, tenant))


def _made(auth: str, where: Endpoint, subscription: str | None, tenant: str | None) -> AsyncCredential:
    from azure.identity import aio

    match auth:
        case "environment":
            return aio.EnvironmentCredential(authority=where.authority)
        case "workload-identity":
            return aio.WorkloadIdentityCredential(authority=where.authority)
        case "managed-identity":
            return aio.ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID"))
        case _ if tenant:
            return aio.AzureCliCredential(tenant_id=tenant, process_timeout=CLI_SECONDS)
        case _:
            return aio.AzureCliCredential(subscription=subscription, process_timeout=CLI_SECONDS)


class SimulatorCredential:
    """No secret: the simulator takes any token."""

    async def get_token_info(self, *_scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        from azure.core.credentials import AccessTokenInfo

        return AccessTokenInfo("simulator", int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing to close."""


def silence() -> None:
    """Keeps the SDK's warnings off stderr, which is the screen."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


@contextmanager
def logged(handler: logging.Handler) -> Generator[None]:
    """The SDK's warnings go to the handler, a run's log, for as long as this lasts."""
    silence()
    handler.addFilter(_tells_no_code)
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        handler.removeFilter(_tells_no_code)
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(handler)


def _tells_no_code(record: logging.LogRecord) -> bool:
    """What MSAL says at DEBUG has the device code in it, with which anybody could fetch the token."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] != "msal"


def _set(*names: str) -> bool:
    return all(os.environ.get(name) for name in names)
