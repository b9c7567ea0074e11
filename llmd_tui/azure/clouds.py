"""Azure's clouds, and which of them is meant."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from llmd_tui.errors import UserError

ENDPOINT_VARIABLE = "LLMD_TUI_ARM_ENDPOINT"
CLOUD_VARIABLE = "LLMD_TUI_CLOUD"


@dataclass(frozen=True)
class Cloud:
    """`az_name` is what the Azure CLI calls it."""

    endpoint: str
    scope: str
    authority: str
    az_name: str


CLOUDS: Mapping[str, Cloud] = {
    "public": Cloud(
        "https://management.azure.com",
        "https://management.azure.com/.default",
        "login.microsoftonline.com",
        "AzureCloud",
    ),
    "usgovernment": Cloud(
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/.default",
        "login.microsoftonline.us",
        "AzureUSGovernment",
    ),
    "china": Cloud(
        "https://management.chinacloudapi.cn",
        "https://management.chinacloudapi.cn/.default",
        "login.chinacloudapi.cn",
        "AzureChinaCloud",
    ),
}


@dataclass(frozen=True)
class Endpoint:
    """Where ARM answers. `simulated`: a loopback address, which gets no real token."""

    url: str
    simulated: bool

    @property
    def cloud(self) -> Cloud:
        """The cloud that the endpoint is of; the public one for endpoints that are not known."""
        return next((cloud for cloud in CLOUDS.values() if cloud.endpoint == self.url), CLOUDS["public"])

    @property
    def scope(self) -> str:
        known = self.simulated or self.url == self.cloud.endpoint
        return self.cloud.scope if known else f"{self.url}/.default"


def endpoint() -> Endpoint:
    """That of LLMD_TUI_CLOUD, the public one by default, or what LLMD_TUI_ARM_ENDPOINT names.

    Raises UserError for an unknown cloud, and for http to another machine.
    """
    name = os.environ.get(CLOUD_VARIABLE) or "public"
    if name not in CLOUDS:
        raise UserError(f"{name} is not a cloud of Azure.", f"Known: {', '.join(CLOUDS)}.")
    url = os.environ.get(ENDPOINT_VARIABLE, CLOUDS[name].endpoint).rstrip("/")
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


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
