"""Answers files: of the working directory, and those that runs keep."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from llmd_tui.config.files import LARGEST
from llmd_tui.run.directory import directories

VERSION = "llmd-tui/v1"
MOST_FILES = 500
"""Of one directory, and of the runs; more are not looked at."""


@dataclass(frozen=True)
class AnswersFile:
    """`well_lit_path` and `size` are as the file says them, empty where it does not; `nodes` is 0 then.

    `run` is the id of the run that keeps it, empty for a file of the working directory. `changed` in seconds since
    the epoch.
    """

    path: Path
    name: str
    well_lit_path: str
    size: str
    nodes: int
    changed: float
    run: str = ""


def answers_files(directory: Path) -> list[AnswersFile]:
    """Newest first. Of runs with the same answers the newest alone."""
    found = [file for path in _yaml_files(directory) if (file := _read(path, path.name, ""))]
    seen: set[str] = set()
    for run in _first(directories()):
        text = _text(run.answers)
        if text and text not in seen:
            seen.add(text)
            found += filter(None, [_read(run.answers, run.terms.cluster, run.id)])
    return sorted(found, key=lambda file: file.changed, reverse=True)


def _yaml_files(directory: Path) -> Iterator[Path]:
    try:
        return _first(path for path in sorted(directory.iterdir()) if path.suffix in (".yaml", ".yml"))
    except OSError:
        return iter(())


def _first(paths: Iterable[Any]) -> Iterator[Any]:
    return (path for _, path in zip(range(MOST_FILES), paths, strict=False))


def _text(path: Path) -> str:
    """Empty when it is too large for an answers file, or does not look like one."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return ""
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if VERSION in text else ""


def _read(path: Path, name: str, run: str) -> AnswersFile | None:
    try:
        said: Any = yaml.safe_load(_text(path))
        changed = path.stat().st_mtime
    except (yaml.YAMLError, OSError, RecursionError):
        return None
    if not isinstance(said, dict) or cast(dict[str, Any], said).get("apiVersion") != VERSION:
        return None
    whole = cast(dict[str, Any], said)
    nodes = _part(whole, "pool", "nodes")
    return AnswersFile(
        path=path,
        name=name,
        well_lit_path=str(_part(whole, "path", "name") or ""),
        size=str(_part(whole, "pool", "size") or ""),
        nodes=nodes if isinstance(nodes, int) else 0,
        changed=changed,
        run=run,
    )


def _part(whole: dict[str, Any], section: str, key: str) -> Any:
    found = whole.get(section)
    return cast(dict[str, Any], found).get(key) if isinstance(found, dict) else None
