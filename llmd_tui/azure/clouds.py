"""Azure's clouds, and which of them is meant."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from llmd_tui.errors import UserError

ENDPOINT_VARIABLE = "LLMD_TUI_ARM_ENDPOINT"
CLOUD_VARIABLE = "LLMD_TUI_CLOUD"
AUTHORITY_VARIABLE = "AZURE_AUTHORITY_HOST"
"""The SDK's own: where people and workloads log in, of private clouds too."""


@dataclass(frozen=True)
class Cloud:
    """`az_name` is what the Azure CLI calls it; `authority` the host where one logs in, `portal` that of the portal."""

    endpoint: str
    scope: str
    authority: str
    az_name: str
    portal: str


CLOUDS: Mapping[str, Cloud] = {
    "public": Cloud(
        "https://management.azure.com",
        "https://management.azure.com/.default",
        "login.microsoftonline.com",
        "AzureCloud",
        "portal.azure.com",
    ),
    "usgovernment": Cloud(
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/.default",
        "login.microsoftonline.us",
        "AzureUSGovernment",
        "portal.azure.us",
    ),
    "china": Cloud(
        "https://management.chinacloudapi.cn",
        "https://management.chinacloudapi.cn/.default",
        "login.chinacloudapi.cn",
        "AzureChinaCloud",
        "portal.azure.cn",
    ),
}


@dataclass(frozen=True)
class Endpoint:
    """Where ARM answers. `simulated`: a loopback address, which gets no real token. `name` is the cloud's."""

    url: str
    simulated: bool
    name: str = "public"

    @property
    def cloud(self) -> Cloud:
        """The cloud that the endpoint is of; the one that was asked for where the endpoint is not known."""
        return next((cloud for cloud in CLOUDS.values() if cloud.endpoint == self.url), CLOUDS[self.name])

    @property
    def scope(self) -> str:
        known = self.simulated or self.url == self.cloud.endpoint
        return self.cloud.scope if known else f"{self.url}/.default"

    @property
    def authority(self) -> str:
        """The URL where one logs in: AZURE_AUTHORITY_HOST's, else the cloud's. Raises UserError when not https."""
        named = os.environ.get(AUTHORITY_VARIABLE) or self.cloud.authority
        url = named if "://" in named else f"https://{named}"
        if urlsplit(url).scheme != "https":
            raise UserError(f"{AUTHORITY_VARIABLE} is not https: {named}", "Logins travel encrypted only.")
        return url.rstrip("/")

    @property
    def pretended(self) -> bool:
        """Whether nobody has to log in: simulators take any token and get no real one; a login can be simulated too."""
        return self.simulated and not _loopback(urlsplit(self.authority).hostname or "")


def known_authority(url: str) -> bool:
    """Whether it is one of Azure's own; others are private and not to be looked up at Microsoft."""
    return urlsplit(url).hostname in {cloud.authority for cloud in CLOUDS.values()}


def endpoint() -> Endpoint:
    """That of LLMD_TUI_CLOUD, else of the cloud of AZURE_AUTHORITY_HOST, or what LLMD_TUI_ARM_ENDPOINT names.

    Raises UserError for an unknown cloud, and for http to another machine.
    """
    name = os.environ.get(CLOUD_VARIABLE) or _cloud_of(os.environ.get(AUTHORITY_VARIABLE, ""))
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
    return Endpoint(url, simulated, name)


def _cloud_of(authority: str) -> str:
    """The public one where it is of none."""
    host = urlsplit(authority if "://" in authority else f"https://{authority}").hostname
    return next((name for name, cloud in CLOUDS.items() if cloud.authority == host), "public")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
