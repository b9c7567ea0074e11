"""Who asks Azure: the credential that suits where one sits.

Credentials are tried in an order that needs no waiting: what the environment names, then the Azure CLI's login, then a
person: a device code over SSH, a browser on a desktop.
"""

import asyncio
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.clouds import ENDPOINT_VARIABLE, Endpoint, endpoint
from llmd_tui.azure.files import cache_home
from llmd_tui.azure.profile import default_subscription, profile_file, tenant_of
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions

__all__ = ["ENDPOINT_VARIABLE", "Endpoint", "credential", "default_subscription", "endpoint", "profile_file", "silence"]

AUTH_VARIABLE, TENANT_VARIABLE = "LLMD_TUI_AUTH", "LLMD_TUI_TENANT"
LOGGERS = ("azure", "msal", "urllib3")
LOGIN_SECONDS = 900
"""A device code is good for a quarter of an hour."""
CLI_SECONDS = 30
"""The Azure CLI takes a second for a token, on a busy machine many."""

AUTHS = ("environment", "workload-identity", "managed-identity", "cli", "device-code", "browser")
NAMES = {
    "environment": "environment",
    "workload-identity": "workload identity",
    "managed-identity": "managed identity",
    "cli": "az CLI",
    "device-code": "device code",
    "browser": "browser",
}

NOT_KEPT = (
    "Log in with `az login`, then try again. Without a keyring a login by device code or browser ends with its process."
)

OnDeviceCode = Callable[[str, str], None]
"""Shows the page to open and the code to enter, which is empty when a browser was opened there; in the event loop."""


def credential(
    where: Endpoint, subscription: str | None, on_device_code: OnDeviceCode | None
) -> "tuple[str, AsyncCredential]":
    """The credential to use and what to call it. Asks nobody yet.

    LLMD_TUI_AUTH chooses one of AUTHS, LLMD_TUI_TENANT the tenant. `on_device_code`: without it nobody can be asked.
    Raises UserError when there is no way to log in.
    """
    if where.simulated:
        return "simulator", SimulatorCredential()
    auth = os.environ.get(AUTH_VARIABLE) or _suits(on_device_code is not None)
    if auth not in AUTHS:
        raise UserError(f"{auth} is no way to log in.", f"Known: {', '.join(AUTHS)}.")
    if auth in ("device-code", "browser") and on_device_code is None and not _remembered():
        # A login that ended with its process: the CLI's takes its place, also in a kubeconfig that names the other.
        if not _with_cli():
            raise UserError(f"There is nobody here to log in by {NAMES[auth]}.", NOT_KEPT)
        auth = "cli"
    tenant = os.environ.get(TENANT_VARIABLE) or tenant_of(subscription)
    return NAMES[auth], _made(auth, where, subscription, tenant, on_device_code)


def _suits(interactive: bool) -> str:
    if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        return "workload-identity"
    if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID") and (
        _set("AZURE_CLIENT_SECRET") or _set("AZURE_CLIENT_CERTIFICATE_PATH")
    ):
        return "environment"
    if _with_cli():
        return "cli"
    if not interactive and not _remembered():
        raise UserError("There is no Azure login here.", NOT_KEPT)
    return "browser" if _desktop() else "device-code"


def _with_cli() -> bool:
    return bool(shutil.which("az")) and profile_file().is_file()


def _remembered() -> bool:
    from llmd_tui.azure.person import remembered

    return remembered()


def _made(
    auth: str, where: Endpoint, subscription: str | None, tenant: str | None, show: OnDeviceCode | None
) -> "AsyncCredential":
    from azure.identity import aio

    authority = where.cloud.authority
    match auth:
        case "environment":
            return aio.EnvironmentCredential(authority=authority)
        case "workload-identity":
            return aio.WorkloadIdentityCredential(authority=authority)
        case "managed-identity":
            return aio.ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID"))
        case "cli" if os.environ.get(TENANT_VARIABLE):
            return aio.AzureCliCredential(tenant_id=tenant or "", process_timeout=CLI_SECONDS)
        case "cli":
            named = subscription or default_subscription(where.cloud.az_name)
            return aio.AzureCliCredential(subscription=named, process_timeout=CLI_SECONDS)
        case _:
            from llmd_tui.azure.person import asking

            return InThread(asking(auth, authority, tenant, show))


def login_record() -> Path:
    """Where a login by a person is remembered: who it was, no secret."""
    return cache_home() / "login.json"


def _desktop() -> bool:
    """Whether a browser would open in front of whoever sits here."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return sys.platform in ("darwin", "win32") or _set("DISPLAY") or _set("WAYLAND_DISPLAY")


AsyncCredential = Any
"""What the SDK's clients take: `get_token_info` and `close`."""


class SimulatorCredential:
    """No secret: the simulator takes any token."""

    async def get_token_info(self, *_scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        from azure.core.credentials import AccessTokenInfo

        return AccessTokenInfo("simulator", int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class InThread:
    """A credential that exists only blocking."""

    ask: Callable[..., "AccessTokenInfo"]

    async def get_token_info(self, *scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        return await asyncio.to_thread(self.ask, *scopes, options=options)

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
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(handler)


def _set(*names: str) -> bool:
    return all(os.environ.get(name) for name in names)
