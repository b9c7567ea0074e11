"""The user's own files: the directories that they lie in, and how they are written: whole, or not at all."""

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600


def config_home() -> Path:
    return _home("XDG_CONFIG_HOME", ".config")


def state_home() -> Path:
    """Where llmd-tui keeps what outlives a process."""
    return _home("XDG_STATE_HOME", ".local/state")


def cache_home() -> Path:
    return _home("XDG_CACHE_HOME", ".cache")


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step, for its owner alone; its directory too, where there is none. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace(path, text, PRIVATE)


def replace(path: Path, text: str, mode: int, *, sync: bool = False) -> None:
    """In one step. `sync`: it is on the disk before the old file goes, whatever the power does. Raises OSError."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            if sync:
                file.flush()
                os.fsync(handle)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _home(variable: str, otherwise: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / otherwise) / "llmd-tui"
