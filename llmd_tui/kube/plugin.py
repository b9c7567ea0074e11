"""Credential plugins (`exec` in a kubeconfig), such as kubelogin for Entra ID.

The kubernetes package runs them too, but keeps their errors to itself, lends them the terminal and leaves them running
when it is cancelled.
"""

import asyncio
import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.objects import timestamp
from llmd_tui.processes import end

_PATIENCE = 120.0
"""Seconds: some plugins open a browser and wait for a person."""


@dataclass(frozen=True)
class Credential:
    """`user` are the entries of a kubeconfig's user that stand for it, `expires` in seconds since the epoch."""

    user: dict[str, str]
    expires: float | None


async def credential(entry: Mapping[str, Any], context: str) -> Credential:
    """Runs the plugin of an `exec` entry. Raises UserError when it gives neither a token nor a certificate."""
    command = str(entry.get("command"))
    try:
        status = await _run(entry)
        return Credential(_user(status), _expires(status))
    except _Trouble as trouble:
        raise UserError(
            f"The credential plugin {command} of context {context} gives no token: {trouble}.",
            "Log in with `az login`; `kubelogin convert-kubeconfig -l azurecli` makes kubelogin use that login, and "
            "`az aks install-cli` installs it.",
        ) from trouble


class _Trouble(Exception):
    pass


async def _run(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The `status` of the ExecCredential that the plugin prints."""
    version = entry.get("apiVersion")
    request = {"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": False}}
    pairs: list[dict[str, str]] = entry.get("env") or []
    arguments: list[str] = entry.get("args") or []
    environment = {pair["name"]: str(pair["value"]) for pair in pairs}
    try:
        process = await asyncio.create_subprocess_exec(
            str(entry.get("command")),
            *map(str, arguments),
            env={**os.environ, **environment, "KUBERNETES_EXEC_INFO": json.dumps(request)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise _Trouble("it is not on the PATH") from None
    except OSError as error:
        raise _Trouble(f"it cannot be run ({error.strerror})") from None
    try:
        async with asyncio.timeout(_PATIENCE):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        raise _Trouble(f"it does not end within {_PATIENCE:.0f} s") from None
    finally:
        await end(process)
    if process.returncode:
        words = " ".join(stderr.decode(errors="replace").split())[-400:]
        raise _Trouble(f"it ended with exit code {process.returncode}: {words or 'it said nothing'}")
    try:
        printed: Any = json.loads(stdout)
        if printed["apiVersion"] != version:
            raise _Trouble(f"it speaks {printed['apiVersion']}, the kubeconfig {version}")
        return printed["status"]
    except (ValueError, KeyError, TypeError):
        raise _Trouble("it does not print an ExecCredential") from None


def _user(status: dict[str, Any]) -> dict[str, str]:
    user: dict[str, str] = {}
    if status.get("token"):
        user["token"] = status["token"]
    for key, name in {"clientCertificateData": "client-certificate", "clientKeyData": "client-key"}.items():
        if status.get(key):
            user[f"{name}-data"] = base64.b64encode(status[key].encode()).decode()
    if not user:
        raise _Trouble("it prints neither a token nor a certificate")
    return user


def _expires(status: dict[str, Any]) -> float | None:
    try:
        moment = timestamp(status.get("expirationTimestamp"))
    except ValueError:
        return None
    return moment.timestamp() if moment else None
