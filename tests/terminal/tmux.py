"""A real terminal: the program in a pane of a tmux server of its own."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 120
"""How long anything may take on a loaded machine."""
LOOK_SECONDS = 0.1
LOOKS = 10
"""So often words are seen in the same place before they are clicked: a screen that comes folds once more."""
OPTIONS = (
    "set -g status off",
    "set -g remain-on-exit on",
    "set -g default-terminal tmux-256color",
    "set -g escape-time 0",
)


@dataclass(frozen=True)
class Terminal:
    """What is typed goes to the program; what it shows can be read."""

    server: Path

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.server), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "0")

    @property
    def said(self) -> str:
        """What stands there after the end, lines as they were written."""
        return self.tmux("capture-pane", "-p", "-J", "-S", "-100", "-t", "0")

    @property
    def rows(self) -> list[str]:
        return self.screen.splitlines()

    @property
    def title(self) -> str:
        return self.tmux("display-message", "-p", "-t", "0", "#{pane_title}").strip()

    @property
    def code(self) -> int | None:
        """The program's exit code, of a signal the negative number; None while it runs."""
        asked = "#{pid} #{pane_dead} #{pane_dead_status} #{pane_dead_signal}"
        server, dead, code, killed = self.tmux("display-message", "-p", "-t", "0", asked).rstrip("\n").split(" ")
        if dead != "1":
            return None
        if not (code or killed):
            # tmux saw the terminal close and missed that its child ended: it looks again.
            os.kill(int(server), signal.SIGCHLD)
            return None
        return int(code) if code else -int(killed)

    def until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        ends = time.monotonic() + seconds
        while not holds():
            gone = self.code is not None and not holds()
            assert not gone, f"{what}: the program has ended with {self.code}; the screen shows\n{self.screen}"
            assert time.monotonic() < ends, f"{what}: not within {seconds}s; the screen shows\n{self.screen}"
            time.sleep(LOOK_SECONDS)

    def says(self, *words: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Waits until all of the words are on the screen; the screen then."""
        self.until(lambda: all(word in self.screen for word in words), f"says {words}", seconds)
        return self.screen

    def keys(self, *keys: str) -> None:
        """By their names in tmux: Enter, Escape, C-c, a."""
        self.tmux("send-keys", "-t", "0", *keys)

    def text(self, letters: str) -> None:
        self.tmux("send-keys", "-t", "0", "-l", letters)

    def click(self, words: str, *, times: int = 1, last: bool = False) -> None:
        """On the words' first letter, where they stand first, or last; once they stand still."""
        seen: list[tuple[int, int] | None] = []

        def stands() -> bool:
            seen.append(self._place(words, last))
            return seen[-1] is not None and seen[-LOOKS:] == [seen[-1]] * LOOKS

        self.until(stands, f"shows {words!r} in one place")
        assert seen[-1]
        row, column = seen[-1]
        for _ in range(times):
            self._mouse(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")

    def _place(self, words: str, last: bool) -> tuple[int, int] | None:
        found = [(row, line.index(words)) for row, line in enumerate(self.rows) if words in line]
        return found[-1 if last else 0] if found else None

    def _mouse(self, sequence: str) -> None:
        self.tmux("send-keys", "-t", "0", "-H", *(f"{byte:02x}" for byte in sequence.encode()))

    def resize(self, columns: int, rows: int) -> None:
        self.tmux("resize-window", "-t", "0", "-x", str(columns), "-y", str(rows))

    def ended(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Waits for the program's end; its exit code."""
        self.until(lambda: self.code is not None, "ends", seconds)
        code = self.code
        assert code is not None
        return code


@contextmanager
def terminal(
    *command: str, cwd: Path, size: tuple[int, int], env: Mapping[str, str] | None = None
) -> Generator[Terminal]:
    """Runs a command; what is left of it in the end is killed."""
    folder = Path(tempfile.mkdtemp(prefix="tmux-"))
    made = Terminal(folder / "s")
    columns, rows = size
    config = folder / "conf"
    config.write_text("\n".join(OPTIONS) + "\n")
    pane = ["new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(cwd), shlex.join(command)]
    environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "COLUMNS", "LINES")}
    try:
        subprocess.run(
            ["tmux", "-f", str(config), "-S", str(made.server), *pane],
            check=True,
            env={**environment, **(env or {})},
            timeout=30,
        )
        yield made
    finally:
        subprocess.run(["tmux", "-S", str(made.server), "kill-server"], check=False, capture_output=True, timeout=30)
        shutil.rmtree(folder, ignore_errors=True)
