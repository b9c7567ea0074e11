"""Run directories: where a run keeps what the next process needs to take it up again.

`$XDG_STATE_HOME/llmd-tui/runs/ID/` holds answers.yaml, plan.json, run.json, journal.jsonl, tokens.json, login.json,
kubeconfig, logs/PHASE.log and the report; all of it readable by its owner alone.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from llmd_tui.errors import UserError
from llmd_tui.files import state_home, write_private


@dataclass(frozen=True)
class Terms:
    """How a run was asked for, beside its answers file. `simulate` is the scenario's name or None."""

    cluster: str
    simulate: str | None = None
    speed: float = 1.0
    skipped: dict[str, str] = field(default_factory=dict[str, str])


def _fallback() -> Path:
    return Path(tempfile.gettempdir()) / f"llmd-tui-{os.getuid()}"


def _roots() -> tuple[Path, Path]:
    return state_home() / "runs", _fallback() / "runs"


class RunDirectory:
    """One run's files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: TextIO | None = None

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def answers(self) -> Path:
        return self.path / "answers.yaml"

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def tokens(self) -> Path:
        return self.path / "tokens.json"

    @property
    def login(self) -> Path:
        """How it was logged in to Azure; no secret."""
        return self.path / "login.json"

    @property
    def kubeconfig(self) -> Path:
        return self.path / "kubeconfig"

    @property
    def simulation(self) -> Path:
        """What the simulators held when a simulated run was interrupted."""
        return self.path / "simulation.json"

    @property
    def destroyed(self) -> bool:
        """Whether what it made was deleted by us since, and not made again."""
        return (self.path / "destroyed").exists()

    def note_destroyed(self) -> None:
        write_private(self.path / "destroyed", "")

    def note_made_again(self) -> None:
        (self.path / "destroyed").unlink(missing_ok=True)

    @property
    def terms(self) -> Terms:
        return Terms(**json.loads((self.path / "run.json").read_text(encoding="utf-8")))

    @classmethod
    def create(cls, terms: Terms, answers: str, plan: dict[str, Any]) -> "RunDirectory":
        """A new directory, locked; below the temporary directory when the state directory cannot be written."""
        directory = cls(_new(terms.cluster))
        directory.lock()
        (directory.path / "logs").mkdir(mode=0o700)
        write_private(directory.answers, answers)
        write_private(directory.path / "plan.json", json.dumps(plan, indent=2))
        write_private(directory.path / "run.json", json.dumps(asdict(terms), indent=2))
        return directory

    def lock(self) -> None:
        """Keeps other processes away until this one, and those that share `lock_handle`, end.

        Raises UserError when one is at it.
        """
        file = (self.path / "lock").open("a+", encoding="utf-8")
        if not _locked(file):
            file.seek(0)
            process = file.read().strip() or "another process"
            file.close()
            raise UserError(f"Run {self.id} is being run by {process}.", "Stop that one first, or watch it.")
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        self._lock = file

    @property
    def lock_handle(self) -> int:
        """The file descriptor of the lock that this process holds, for a child that shares it."""
        assert self._lock is not None
        return self._lock.fileno()

    def locked(self) -> bool:
        """Whether a process is running this run."""
        if self._lock:
            return True
        try:
            with (self.path / "lock").open("a", encoding="utf-8") as file:
                return not _locked(file)
        except OSError:
            return False

    def remove(self) -> None:
        """For a run that never began."""
        self.unlock()
        shutil.rmtree(self.path)

    def unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None


def _locked(file: TextIO) -> bool:
    """Whether the lock could be taken."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _new(cluster: str) -> Path:
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{cluster}"
    for root in _roots():
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _free(root, stem)
        except OSError:
            continue
    raise UserError(
        f"Neither {_roots()[0]} nor {_roots()[1]} can be written.", "Set XDG_STATE_HOME to a directory that can."
    )


def _free(root: Path, stem: str) -> Path:
    for attempt in range(1, 1000):
        path = root / (stem if attempt == 1 else f"{stem}-{attempt}")
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(stem)


def directories() -> Iterator[RunDirectory]:
    """All runs, newest first."""
    found = [path for root in _roots() if root.is_dir() for path in root.iterdir() if (path / "run.json").is_file()]
    return (RunDirectory(path) for path in sorted(found, key=lambda path: path.name, reverse=True))


def find(run: str) -> RunDirectory:
    """The run of that id. Raises UserError with the newest that there are."""
    known = list(directories())
    for directory in known:
        if directory.id == run:
            return directory
    listed = ", ".join(directory.id for directory in known[:5]) or "none"
    raise UserError(f"There is no run {run}.", f"`llmd-tui runs` lists them; the newest: {listed}.")
