"""What kubeconfig files say. Parsed once for each state of the files: some hold thousands of contexts."""

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml

from llmd_tui.errors import UserError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WRITE_ANEW = "Name another file, or write this one anew with `az aks get-credentials`."
_LISTS = ("contexts", "clusters", "users")

Entry = tuple[dict[str, Any], str]
"""A named entry, and the file that it stands in: its own file names are relative to that."""


@dataclass(frozen=True)
class Merged:
    """Several files as one. As kubectl has it, the first file that says something decides. Not to be changed."""

    current: str | None
    entries: Mapping[str, Mapping[str, Entry]]
    """By list (contexts, clusters, users) and name, in the order of the files."""

    @property
    def contexts(self) -> list[str]:
        return list(self.entries["contexts"])

    def user(self, context: str) -> dict[str, Any]:
        """The context's user entry, a copy; empty for a context without user."""
        entry = self._named("users", self._said(context).get("user"))
        user: Any = entry[0].get("user") if entry else None
        return deepcopy(cast(dict[str, Any], user)) if isinstance(user, dict) else {}

    def only(self, context: str, user: Mapping[str, Any]) -> Any:
        """What the Kubernetes client's loader reads: that context alone, with `user` in place of its user entry."""
        from kubernetes.aio.config.kube_config import ConfigNode

        node: Any = ConfigNode
        said = self._said(context)
        lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
        for name, wanted in (("contexts", context), ("clusters", said.get("cluster")), ("users", said.get("user"))):
            if entry := self._named(name, wanted):
                value = {**entry[0], "user": dict(user)} if name == "users" else entry[0]
                lists[name].append(node(f"{entry[1]}/{name}[name={wanted}]", deepcopy(value), entry[1]))
        return node("kubeconfig", {**lists, "current-context": context}, None)

    def _said(self, context: str) -> dict[str, Any]:
        said: Any = self.entries["contexts"][context][0].get("context")
        return cast(dict[str, Any], said) if isinstance(said, dict) else {}

    def _named(self, kind: str, name: Any) -> Entry | None:
        return self.entries[kind].get(str(name)) if name else None


def merged(files: str) -> Merged:
    """`files`: one path, or several joined by the path separator. Raises UserError when none is there or one is bad."""
    paths = [Path(part).expanduser() for part in files.split(os.pathsep) if part]
    there = [path for path in paths if path.exists()]
    if not there:
        raise UserError(
            f"There is no kubeconfig at {_shown(files)}.",
            "Write one with `az aks get-credentials`, or name another in target.kubeconfig.file or KUBECONFIG.",
        )
    entries: dict[str, dict[str, Entry]] = {name: {} for name in _LISTS}
    current = None
    for path in there:
        state = path.stat()
        content = _parsed(path, state.st_mtime_ns, state.st_size)
        current = current or content.get("current-context")
        for name in _LISTS:
            named: list[dict[str, Any]] = content.get(name) or []
            for entry in named:
                entries[name].setdefault(str(entry["name"]), (entry, str(path)))
    return Merged(str(current) if current else None, entries)


def _shown(files: str) -> str:
    """As people write paths: `~` for the home."""
    home = f"{Path.home()}{os.sep}"
    return os.pathsep.join(f"~{os.sep}{p[len(home) :]}" if p.startswith(home) else p for p in files.split(os.pathsep))


@lru_cache(maxsize=8)
def _parsed(path: Path, _changed: int, _size: int) -> dict[str, Any]:
    """Of a file in one state."""
    try:
        content = _content(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.", _WRITE_ANEW) from error
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or error
        raise UserError(f"{path}{_at(error)} is not YAML: {problem}.", _WRITE_ANEW) from error
    if not isinstance(content, dict):
        raise UserError(f"{path} is not a kubeconfig.", _WRITE_ANEW)
    whole = cast(dict[str, Any], content)
    for key in _LISTS:
        entries: Any = whole.get(key) or []
        if not isinstance(entries, list) or not all(_is_named(entry) for entry in cast(list[Any], entries)):
            raise UserError(f"{path} is not a kubeconfig: {key} is not a list of named entries.", _WRITE_ANEW)
    return whole


def _content(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError:
        # libyaml takes less than YAML allows.
        return yaml.safe_load(text)


def _at(error: yaml.YAMLError) -> str:
    mark: Any = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and "name" in entry
