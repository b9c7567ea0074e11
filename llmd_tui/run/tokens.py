"""What a run must remember of itself, because neither Azure nor the cluster can tell."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmd_tui.files import write_private
from llmd_tui.plan.actions import Arm


class Tokens:
    """Which phases have begun to change something and are not finished, and the continuation tokens of Azure's
    operations, with which the next process takes them up again.

    Kept in one file of the run's directory; without a path in memory alone.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._begun: set[str] = set()
        self._operations: dict[str, str] = {}
        if path and path.exists():
            # Without them a running operation is found by a look at Azure.
            with suppress(ValueError, KeyError, TypeError):
                kept: Any = json.loads(path.read_text(encoding="utf-8"))
                self._begun, self._operations = set(kept["begun"]), dict(kept["operations"])

    def begin(self, phase: str) -> None:
        self._begun.add(phase)
        self._write()

    def begun(self, phase: str) -> bool:
        return phase in self._begun

    def finish(self, phase: str) -> None:
        if phase in self._begun:
            self._begun.remove(phase)
            self._write()

    def get(self, action: Arm) -> str | None:
        return self._operations.get(_key(action))

    def keep(self, action: Arm, token: str) -> None:
        self._operations[_key(action)] = token
        self._write()

    def drop(self, action: Arm) -> None:
        """Forgets an operation that has ended."""
        if self._operations.pop(_key(action), None) is not None:
            self._write()

    def forget(self) -> None:
        """Forgets all operations: their tokens name a server that is no more."""
        self._operations.clear()
        self._write()

    def _write(self) -> None:
        if self._path:
            # On a full disk the run goes on; the next process looks at Azure instead.
            with suppress(OSError):
                write_private(self._path, json.dumps({"begun": sorted(self._begun), "operations": self._operations}))


def _key(action: Arm) -> str:
    return f"{action.method} {action.path}"
