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

from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.kube_config import KubeConfigLoader

from llmd_tui.errors import UserError
from llmd_tui.kube.configfiles import merged
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
    names, current = await asyncio.to_thread(contexts, kubeconfig)
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
    found = merged(_files(kubeconfig))
    return found.contexts, found.current


def plugins() -> dict[str, dict[str, Any]]:
    """The `exec` entry of every context whose user has one. Raises UserError like `contexts`."""
    found = merged(_files(None))
    entries = {name: found.user(name).get("exec") for name in found.contexts}
    return {name: cast(dict[str, Any], entry) for name, entry in entries.items() if isinstance(entry, dict)}


def _files(kubeconfig: Path | None) -> str:
    """One path, or several as `KUBECONFIG` allows, joined by the path separator."""
    return str(kubeconfig or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")


@dataclass(frozen=True)
class _Loaded:
    """What a context stands for. `expires` in seconds since the epoch, where a plugin says so."""

    configuration: Any
    authorization: str | None
    expires: float | None


async def _load(files: str, context: str) -> _Loaded:
    found = await asyncio.to_thread(merged, files)
    configuration = Configuration(connection_pool_maxsize=0)
    # As lenient as kubectl: certificates of cluster CAs often lack extensions that Python 3.13 demands.
    configuration.disable_strict_ssl_verification = True
    with _usable(files, context):
        user = found.user(context)
        expires = None
        if "exec" in user:
            given = await credential(user.pop("exec"), context)
            user.update(given.user)
            expires = given.expires
        # No base path: file names in a kubeconfig are relative to the file that they stand in.
        only = found.only(context, user)
        await _loader(config_dict=only, active_context=context, config_base_path=None).load_and_set(configuration)
    return _Loaded(configuration, configuration.api_key.get("BearerToken"), expires)


@contextmanager
def _usable(files: str, context: str) -> Generator[None]:
    try:
        yield
    except (ConfigException, ValueError, TypeError, OSError) as error:
        raise UserError(
            f"Context {context} of {files} cannot be used: {str(error).removeprefix('Invalid kube-config file. ')}.",
            "Correct it, or write it anew with `az aks get-credentials`.",
        ) from error
