"""Who we are towards a cluster: kubeconfig files, contexts, credentials and their renewal."""

import asyncio
import logging
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.kube_config import KubeConfigLoader, KubeConfigMerger

from llmd_tui.errors import UserError
from llmd_tui.kube.plugin import credential

# The loader logs; without a handler Python would print that over the screen.
logging.getLogger("kubernetes").addHandler(logging.NullHandler())

_loader: Any = KubeConfigLoader

_EARLY = 300.0
"""Seconds before its end that a token is renewed."""

_PLUGIN_PAUSE = 30.0
"""Seconds between two such renewals: some plugins hand out the same token until its last minute."""


class Login:
    """The credentials of one context. `server` is the API server's URL; `api` holds the TLS settings."""

    def __init__(self, files: str, context: str, loaded: "_Loaded") -> None:
        self._files = files
        self._loaded = loaded
        self._lock = asyncio.Lock()
        self._renewed = time.monotonic()
        self.context = context
        self.server = str(loaded.configuration.host)
        self.api: Any = ApiClient(loaded.configuration)

    async def authorization(self) -> str | None:
        """The Authorization header; a credential plugin whose token is about to expire runs again."""
        expires = self._loaded.expires
        if expires and expires - time.time() < _EARLY and time.monotonic() - self._renewed > _PLUGIN_PAUSE:
            self._renewed = time.monotonic()
            with suppress(UserError):  # The old token is still good for some minutes.
                await self.renew(self._loaded.authorization)
        return self._loaded.authorization

    async def renew(self, refused: str | None) -> bool:
        """Reads the files and runs the plugin anew, unless somebody did since the header `refused` was handed out.

        Says whether there is another header now.
        """
        async with self._lock:
            if self._loaded.authorization == refused:
                self._loaded = await _load(self._files, self.context)
                self._renewed = time.monotonic()
        return self._loaded.authorization != refused


async def login(kubeconfig: Path | None = None, context: str | None = None) -> Login:
    """Credentials of `context` (default: the current one) of `kubeconfig` (default: `KUBECONFIG`, else ~/.kube/config).

    Raises UserError when there is no such file or context, or when they cannot be used.
    """
    files = _files(kubeconfig)
    names, current = contexts(kubeconfig)
    if context is None and current is None:
        raise UserError(f"{files} has no current context.", f"Name one with --context: {', '.join(names) or 'none'}.")
    chosen = context if context is not None else str(current)
    if chosen not in names:
        raise UserError(f"{files} has no context {chosen}.", f"Contexts there: {', '.join(names) or 'none'}.")
    loaded = await _load(files, chosen)
    with _usable(files, chosen):
        return Login(files, chosen, loaded)


def contexts(kubeconfig: Path | None = None) -> tuple[list[str], str | None]:
    """The names of the contexts, and the current one. Raises UserError when the file is missing or is none."""
    merged = _merged(_files(kubeconfig))
    entries: Any = merged.value.get("contexts") or []
    return [str(entry.value["name"]) for entry in entries], merged.value.get("current-context") or None


def plugins(kubeconfig: Path | None = None) -> dict[str, dict[str, Any]]:
    """The `exec` entry of every context whose user has one. Raises UserError like `contexts`."""
    merged = _merged(_files(kubeconfig))
    entries: Any = merged.value.get("contexts") or []
    names = [str(entry.value["name"]) for entry in entries]
    found = {name: _user(merged, name).get("exec") for name in names}
    return {name: cast(dict[str, Any], entry) for name, entry in found.items() if isinstance(entry, dict)}


def _files(kubeconfig: Path | None) -> str:
    """One path, or several as `KUBECONFIG` allows, joined by the path separator."""
    return str(kubeconfig or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")


def _merged(files: str) -> Any:
    paths = [Path(part).expanduser() for part in files.split(os.pathsep) if part]
    for path in paths:
        if path.exists():
            _check(path)
    if not any(path.exists() for path in paths):
        raise UserError(
            f"There is no kubeconfig at {files}.",
            "Write one with `az aks get-credentials`, or name another in target.kubeconfig.file or KUBECONFIG.",
        )
    return KubeConfigMerger(files).config


def _check(path: Path) -> None:
    """The merger trusts the shape of what it reads."""
    remedy = "Name another file, or write this one anew with `az aks get-credentials`."
    try:
        content: Any = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.", remedy) from error
    except yaml.YAMLError as error:
        raise UserError(
            f"{path}{_at(error)} is not YAML: {getattr(error, 'problem', None) or error}.", remedy
        ) from error
    if not isinstance(content, dict):
        raise UserError(f"{path} is not a kubeconfig.", remedy)
    for key in ("contexts", "clusters", "users"):
        entries: Any = cast(dict[str, Any], content).get(key) or []
        if not isinstance(entries, list) or not all(_is_named(entry) for entry in cast(list[Any], entries)):
            raise UserError(f"{path} is not a kubeconfig: {key} is not a list of named entries.", remedy)


def _at(error: yaml.YAMLError) -> str:
    mark: Any = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and "name" in entry


@dataclass(frozen=True)
class _Loaded:
    """What a context stands for. `expires` in seconds since the epoch, where a plugin says so."""

    configuration: Any
    authorization: str | None
    expires: float | None


async def _load(files: str, context: str) -> _Loaded:
    merged = _merged(files)
    configuration = Configuration(connection_pool_maxsize=0)
    # As lenient as kubectl: certificates of cluster CAs often lack extensions that Python 3.13 demands.
    configuration.disable_strict_ssl_verification = True
    with _usable(files, context):
        user = _user(merged, context)
        expires = None
        if "exec" in user:
            given = await credential(user.pop("exec"), context)
            user.update(given.user)
            expires = given.expires
        # No base path: file names in a kubeconfig are relative to the file that they stand in.
        await _loader(config_dict=merged, active_context=context, config_base_path=None).load_and_set(configuration)
    return _Loaded(configuration, configuration.api_key.get("BearerToken"), expires)


def _user(merged: Any, context: str) -> dict[str, Any]:
    """The context's user entry, to be changed in place; empty for a context without user."""
    name = merged["contexts"].get_with_name(context)["context"].safe_get("user")
    entry = merged["users"].get_with_name(name, safe=True) if name else None
    user: Any = entry.value.get("user") if entry else None
    return cast(dict[str, Any], user) if isinstance(user, dict) else {}


@contextmanager
def _usable(files: str, context: str) -> Generator[None]:
    try:
        yield
    except (ConfigException, ValueError, TypeError, OSError) as error:
        raise UserError(
            f"Context {context} of {files} cannot be used: {str(error).removeprefix('Invalid kube-config file. ')}.",
            "Correct it, or write it anew with `az aks get-credentials`.",
        ) from error
