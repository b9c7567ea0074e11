"""The run's own kubeconfig: what it reaches does not change when somebody switches contexts meanwhile."""

import base64
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from llmd_tui.errors import UserError
from llmd_tui.files import write_private

_EMBEDDED = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
}

_SECTIONS = {"contexts": "context", "clusters": "cluster", "users": "user"}


def files(file: str | None = None) -> list[Path]:
    """The kubeconfig files in use: the one named, else those of KUBECONFIG, else ~/.kube/config."""
    named = file or os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    return [Path(part).expanduser() for part in named.split(os.pathsep) if part]


def write_credentials(path: Path, answer: Mapping[str, Any]) -> None:
    """What Azure answers who asks for a cluster's credentials, as a file for its owner alone."""
    from llmd_tui.azure.kubelogin import for_us

    encoded: str = answer["kubeconfigs"][0]["value"]
    write_private(path, for_us(base64.b64decode(encoded).decode()))


def flattened(context: str, file: str | None = None) -> str:
    """One context alone, with the files that it names embedded. As `kubectl config view --minify --flatten --raw`."""
    chosen = _entry(context, "contexts", file)
    parts: dict[str, Any] = {"contexts": [{"name": context, "context": chosen}]}
    for section in ("clusters", "users"):
        name = chosen.get(_SECTIONS[section])
        if name:
            parts[section] = [{"name": name, _SECTIONS[section]: _entry(str(name), section, file)}]
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": context, **parts}, sort_keys=False)


def _entry(name: str, section: str, file: str | None) -> dict[str, Any]:
    """The first entry of that name, as kubectl merges files."""
    for path, entry in _entries(section, file):
        if entry.get("name") == name:
            return _embedded(entry.get(_SECTIONS[section]) or {}, path.parent)
    listed = ", ".join(str(path) for path in files(file))
    raise UserError(
        f"{listed} has no {_SECTIONS[section]} {name}.", "`kubectl config get-contexts` lists what there is."
    )


def _entries(section: str, file: str | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in files(file):
        if path.is_file():
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            listed: list[dict[str, Any]] = content.get(section) or []
            for entry in listed:
                yield path, entry


def _embedded(entry: dict[str, Any], directory: Path) -> dict[str, Any]:
    """Files that the entry names are relative to the kubeconfig that it stands in."""
    whole = dict(entry)
    for key, embedded in _EMBEDDED.items():
        if named := whole.pop(key, None):
            whole.setdefault(embedded, base64.b64encode(_read(directory / str(named))).decode())
    if "tokenFile" in whole:
        whole["tokenFile"] = str((directory / str(whole["tokenFile"])).absolute())
    return whole


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}, which the kubeconfig names, cannot be read: {error.strerror}.") from error
