"""Clusters that are logged in to with Entra: their kubeconfig asks this program for tokens, kubelogin is not needed."""

import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

import llmd_tui
from llmd_tui.azure.agent import lent
from llmd_tui.azure.clouds import CLOUD_VARIABLE, ENDPOINT_VARIABLE
from llmd_tui.azure.login import AUTH_VARIABLE, TENANT_VARIABLE, credential, endpoint, silence

SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application that stands for all AKS clusters' API servers."""
API_VERSION = "client.authentication.k8s.io/v1beta1"
COMMAND = "kube-token"


def for_us(kubeconfig: str) -> str:
    """The kubeconfig with kubelogin's entries, and those of the provider before it, replaced by ours."""
    config: dict[str, Any] = yaml.safe_load(kubeconfig)
    found = False
    users: list[dict[str, Any]] = config.get("users") or []
    for entry in users:
        user: dict[str, Any] = entry.get("user") or {}
        if wants := _wants(user):
            user.pop("auth-provider", None)
            user["exec"] = _exec(*wants)
            found = True
    return yaml.safe_dump(config, sort_keys=False) if found else kubeconfig


async def exec_credential(server: str, tenant: str) -> dict[str, Any]:
    """The ExecCredential with a token for the API servers. Raises UserError where nobody is logged in."""
    silence()
    if tenant:
        os.environ.setdefault(TENANT_VARIABLE, tenant)
    token, expires_on = await lent(f"{server}/.default") or await _own(f"{server}/.default")
    expires = datetime.fromtimestamp(expires_on, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = {"token": token, "expirationTimestamp": expires}
    return {"apiVersion": API_VERSION, "kind": "ExecCredential", "status": status}


async def _own(scope: str) -> tuple[str, int]:
    """Of this process's own login."""
    from llmd_tui.azure.errors import explained

    _, login = credential(endpoint(), None, None)
    with explained("give a token for the cluster"):
        token = await login.get_token_info(scope)
    return token.token, token.expires_on


def _wants(user: Mapping[str, Any]) -> tuple[str, str] | None:
    """Application and tenant of a user that logs in with Entra; None for any other."""
    provider: Mapping[str, Any] = user.get("auth-provider") or {}
    if provider.get("name") == "azure":
        config: Mapping[str, str] = provider.get("config") or {}
        return config.get("apiserver-id") or SERVER, config.get("tenant-id") or ""
    entry: Mapping[str, Any] = user.get("exec") or {}
    if Path(str(entry.get("command") or "")).name.removesuffix(".exe") != "kubelogin":
        return None
    given: list[object] = entry.get("args") or []
    arguments = [str(argument) for argument in given]
    return _after(arguments, "--server-id") or SERVER, _after(arguments, "--tenant-id")


def _after(arguments: list[str], flag: str) -> str:
    return arguments[arguments.index(flag) + 1] if flag in arguments[:-1] else ""


def _exec(server: str, tenant: str) -> dict[str, Any]:
    arguments = ["-m", "llmd_tui", COMMAND, "--server-id", server, *(("--tenant-id", tenant) if tenant else ())]
    return {
        "apiVersion": API_VERSION,
        "command": sys.executable,
        "args": arguments,
        "env": [{"name": name, "value": value} for name, value in _environment()],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }


def _environment() -> Iterator[tuple[str, str]]:
    """What makes the entry's process the same as this one, wherever it is started."""
    for name in (ENDPOINT_VARIABLE, CLOUD_VARIABLE, AUTH_VARIABLE):
        if value := os.environ.get(name):
            yield name, value
    root = Path(llmd_tui.__file__).parents[1]
    if "site-packages" not in root.parts:
        yield "PYTHONPATH", str(root)
