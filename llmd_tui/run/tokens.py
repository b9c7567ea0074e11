"""Continuation tokens: how a long-running operation of Azure is taken up again by the next process."""

import json
from contextlib import suppress
from pathlib import Path

from llmd_tui.plan.actions import Action, Arm
from llmd_tui.run.files import write_private


class Tokens:
    """Kept in one file of the run's directory; without a path in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._tokens: dict[str, str] = {}
        if path and path.exists():
            # Without them a running operation is found by a look at Azure.
            with suppress(ValueError):
                self._tokens = json.loads(path.read_text(encoding="utf-8"))

    def get(self, key: str) -> str | None:
        return self._tokens.get(key)

    def keep(self, key: str, token: str) -> None:
        self._tokens[key] = token
        self._write()

    def drop(self, key: str) -> None:
        """Forgets a token whose operation has ended."""
        if self._tokens.pop(key, None) is not None:
            self._write()

    def _write(self) -> None:
        if self._path:
            write_private(self._path, json.dumps(self._tokens))


def key_of(phase: str, action: Action) -> str:
    return f"{phase} {action.method} {action.path}" if isinstance(action, Arm) else f"{phase} -"
