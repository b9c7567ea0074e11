"""Who asks Azure, and where: endpoint and credential.

Credentials are tried in an order that needs no waiting: what the environment names, then the Azure CLI's login,
then a device code.
"""

import asyncio
import ipaddress
import json
import logging
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions

ENDPOINT = "https://management.azure.com"
ENDPOINT_VARIABLE = "LLMD_TUI_ARM_ENDPOINT"
LOGGERS = ("azure", "msal", "urllib3")

OnDeviceCode = Callable[[str, str], None]
"""Shows the page to open and the code to enter; called in the event loop."""


@dataclass(frozen=True)
class Endpoint:
    """Where ARM answers. `simulated`: a loopback address, which gets no real token."""

    url: str
    simulated: bool

    @property
    def scope(self) -> str:
        return f"{ENDPOINT if self.simulated else self.url}/.default"


def endpoint() -> Endpoint:
    """Azure's public cloud, or what LLMD_TUI_ARM_ENDPOINT names. Raises UserError on http to another machine."""
    url = os.environ.get(ENDPOINT_VARIABLE, ENDPOINT).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{ENDPOINT_VARIABLE} is not a URL: {url}", "Give one such as https://management.azure.com.")
    simulated = _loopback(parts.hostname)
    if parts.scheme == "http" and not simulated:
        raise UserError(
            f"{ENDPOINT_VARIABLE} is plain http to {parts.hostname}, which would see your Azure token.",
            "Use https; http is for simulators on this machine.",
        )
    return Endpoint(url, simulated)


def credential(where: Endpoint, subscription: str | None, on_device_code: OnDeviceCode | None) -> tuple[str, Any]:
    """The credential to use and what to call it. Asks nobody yet. Raises UserError when there is no way to log in."""
    if where.simulated:
        return "simulator", SimulatorCredential()
    from azure.identity import DeviceCodeCredential
    from azure.identity.aio import AzureCliCredential, EnvironmentCredential, WorkloadIdentityCredential

    if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        return "workload identity", WorkloadIdentityCredential()
    if _set("AZURE_TENANT_ID", "AZURE_CLIENT_ID") and (
        _set("AZURE_CLIENT_SECRET") or _set("AZURE_CLIENT_CERTIFICATE_PATH")
    ):
        return "environment", EnvironmentCredential()
    if shutil.which("az") and profile_file().is_file():
        return "az CLI", AzureCliCredential(subscription=subscription)
    if on_device_code is None:
        raise UserError("There is no Azure login here.", "Log in with `az login`, then try again.")
    show = on_device_code
    blocking = DeviceCodeCredential(prompt_callback=lambda uri, code, _: show(uri, code))
    return "device code", InThread(blocking.get_token_info)


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


def default_subscription() -> str | None:
    """The id that the environment or the Azure CLI's profile names; asks no network."""
    if named := os.environ.get("AZURE_SUBSCRIPTION_ID"):
        return named
    try:
        profile = json.loads(profile_file().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return next((str(entry["id"]) for entry in profile.get("subscriptions", []) if entry.get("isDefault")), None)


def profile_file() -> Path:
    """Where the Azure CLI keeps its subscriptions; UTF-8 with a byte order mark."""
    return Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "azureProfile.json"


def silence() -> None:
    """Keeps the SDK's warnings off stderr, which is the screen; a run's log may add handlers of its own."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _set(*names: str) -> bool:
    return all(os.environ.get(name) for name in names)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
