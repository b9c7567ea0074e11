"""Published manifests: fetched, compared with their hash, applied."""

import hashlib
import os
from pathlib import Path
from typing import Any

import yaml

from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object, is_going, is_true
from llmd_tui.plan.actions import Manifest

PREFIX_VARIABLE = "LLMD_TUI_MANIFESTS"
"""A directory or URL with copies: PREFIX/v1.5.1-standard-install.yaml for .../download/v1.5.1/standard-install.yaml."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


async def established(cluster: Cluster, manifest: Manifest) -> bool:
    """Whether all of its kinds are there. Whose version it is does not matter: kinds of others are not replaced."""
    for name in manifest.crds:
        try:
            crd = await cluster.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", name)
        except KubeError as error:
            if error.status == 404:
                return False
            raise
        if is_going(crd) or not is_true(crd, "Established"):
            return False
    return True


async def objects_of(manifest: Manifest) -> list[Object]:
    """Fetches it. Raises UserError when it cannot be had, is not what was pinned, or is no YAML of objects."""
    source = _source(manifest.url)
    content = await _fetch(source) if source.startswith(("http://", "https://")) else _read(Path(source))
    found = hashlib.sha256(content).hexdigest()
    if manifest.sha256 and found != manifest.sha256:
        raise UserError(
            f"{source} is not the manifest that was pinned: its sha256 is {found}.",
            f"Find out why it changed; the pin is {manifest.sha256}.",
        )
    try:
        documents: list[Any] = [document for document in yaml.load_all(content, Loader=_Loader) if document]
    except yaml.YAMLError as error:
        raise UserError(f"{source} is not YAML: {' '.join(str(error).split())}.") from error
    if not documents or not all(isinstance(document, dict) and "kind" in document for document in documents):
        raise UserError(f"{source} holds no Kubernetes objects.", "Is it the page of a proxy? Open it in a browser.")
    return documents


def _source(url: str) -> str:
    prefix = os.environ.get(PREFIX_VARIABLE)
    return f"{prefix.rstrip('/')}/{'-'.join(url.rsplit('/', 2)[1:])}" if prefix else url


async def _fetch(url: str) -> bytes:
    import aiohttp

    try:
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(trust_env=True, timeout=timeout) as session, session.get(url) as response:
            response.raise_for_status()
            return await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise UserError(
            f"{url} cannot be fetched: {reason}.", f"Check the way there, or let {PREFIX_VARIABLE} name a copy."
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Put a copy of the manifest there.") from error
