"""Who we are towards a cluster: kubeconfig files, contexts, credentials and their renewal."""

import asyncio
import logging
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.exec_provider import ExecProvider
from kubernetes.aio.config.kube_config import KubeConfigLoader, KubeConfigMerger

from llmd_tui.errors import UserError

# The loader logs a failing credential plugin; without a handler Python would print that over the screen.
logging.getLogger("kubernetes").addHandler(logging.NullHandler())

_loader: Any = KubeConfigLoader

_PLUGIN_PAUSE = 30.0
"""Seconds between two runs of a credential plugin, however soon its token expires."""


class Login:
    """The credentials of one context. `server` is the API server's URL; `api` holds the TLS settings."""

    def __init__(self, files: str, context: str, loader: Any, configuration: Any) -> None:
        self._files = files
        self._loader = loader
        self._configuration = configuration
        self._lock = asyncio.Lock()
        self._renewed = time.monotonic()
        self.context = context
        self.server = str(configuration.host)
        self.api: Any = ApiClient(configuration)

    async def authorization(self) -> str | None:
        """The Authorization header; a credential plugin whose token is about to expire runs again."""
        if hasattr(self._loader, "exec_plugin_expiry") and time.monotonic() - self._renewed > _PLUGIN_PAUSE:
            async with self._lock:
                self._renewed = time.monotonic()
                await self._loader.load_from_exec_plugin()
        return getattr(self._loader, "token", None)

    async def renew(self) -> bool:
        """After a refusal (401): reads the files and runs the plugin anew. Says whether the credentials changed."""
        before = getattr(self._loader, "token", None)
        async with self._lock:
            if getattr(self._loader, "token", None) == before:
                self._loader, self._configuration = await _load(self._files, self.context)
                self._renewed = time.monotonic()
        return getattr(self._loader, "token", None) != before


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
    loader, configuration = await _load(files, chosen)
    with _usable(files, chosen):
        return Login(files, chosen, loader, configuration)


def contexts(kubeconfig: Path | None = None) -> tuple[list[str], str | None]:
    """The names of the contexts, and the current one. Raises UserError when the file is missing or is none."""
    merged = _merged(_files(kubeconfig))
    entries: Any = merged.value.get("contexts") or []
    return [str(entry.value["name"]) for entry in entries], merged.value.get("current-context") or None


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
            "Write one with `az aks get-credentials`, or name another with --kubeconfig or KUBECONFIG.",
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
        raise UserError(f"{path} is not YAML: {' '.join(str(error).split())}.", remedy) from error
    if not isinstance(content, dict):
        raise UserError(f"{path} is not a kubeconfig.", remedy)
    for key in ("contexts", "clusters", "users"):
        entries: Any = cast(dict[str, Any], content).get(key) or []
        if not isinstance(entries, list) or not all(_is_named(entry) for entry in cast(list[Any], entries)):
            raise UserError(f"{path} is not a kubeconfig: {key} is not a list of named entries.", remedy)


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and "name" in entry


async def _load(files: str, context: str) -> tuple[Any, Any]:
    merged = _merged(files)
    configuration = Configuration(connection_pool_maxsize=0)
    # As lenient as kubectl: certificates of cluster CAs often lack extensions that Python 3.13 demands.
    configuration.disable_strict_ssl_verification = True
    with _usable(files, context):
        # No base path: file names in a kubeconfig are relative to the file that they stand in.
        loader = _loader(config_dict=merged, active_context=context, config_base_path=None)
        await loader.load_and_set(configuration)
    plugin = _plugin(merged, context)
    if plugin and not hasattr(loader, "token") and not configuration.cert_file:
        await _explain(plugin, context)
    return loader, configuration


@contextmanager
def _usable(files: str, context: str) -> Generator[None]:
    try:
        yield
    except (ConfigException, ValueError, TypeError, OSError) as error:
        raise UserError(
            f"Context {context} of {files} cannot be used: {error}.",
            "Correct it, or write it anew with `az aks get-credentials`.",
        ) from error


def _plugin(merged: Any, context: str) -> Any:
    """The `exec` entry of the context's user."""
    user = merged["contexts"].get_with_name(context)["context"].safe_get("user")
    entry = merged["users"].get_with_name(user, safe=True) if user else None
    return entry["user"]["exec"] if entry and entry.safe_get("user") and entry["user"].safe_get("exec") else None


async def _explain(plugin: Any, context: str) -> None:
    """The loader keeps to itself why a credential plugin failed, so it runs once more."""
    command = plugin["command"]
    try:
        provider: Any = ExecProvider(plugin)
        await provider.run()
        trouble = "it printed neither a token nor a certificate"
    except FileNotFoundError:
        trouble = "it is not on the PATH"
    except (ConfigException, OSError) as error:
        trouble = str(error).removeprefix("exec: ")
    raise UserError(
        f"The credential plugin {command} of context {context} gives no token: {trouble}.",
        f"Log in with `az login`; `az aks install-cli` installs kubelogin. Try `{command}` by hand.",
    )
