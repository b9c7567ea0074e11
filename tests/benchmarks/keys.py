"""From a key to the changed screen, and the processor's share, in the real program: python -m tests.benchmarks.keys

Plays the demo in a terminal of 120x40 at scenario speed 60 until the GPU driver builds, with all panes live; then moves
the pods' cursor up and down and takes the time until its row is somewhere else. `-m tests.benchmarks.keys cpu` counts
the processor's time of a minute at speed 1 instead.
"""

import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect
from textual.app import App
from textual.color import Color

ROOT = Path(__file__).parents[2]
DEMO = ("-m", "llmd_tui", "demo", "--speed")
ROWS, COLUMNS = 40, 120
KEYS = 120
MINUTE = 60
WALK = 90
_ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_MOVE = re.compile(rb"\x1b\[(\d+);(\d+)H")


def cursor_background() -> bytes:
    """The colour of the cursor's row, as the terminal is told."""
    red, green, blue = Color.parse(App[None]().theme_variables["primary-muted"]).rgb
    return f"48;2;{red};{green};{blue}".encode()


ALONE = """
from textual.app import App
from screens.widgets.table import Cell, Column, Row, Table

class Alone(App):
    def compose(self):
        yield Table((Column("name", "NAME"),))

    def on_mount(self):
        self.query_one(Table).set_rows([Row(str(n), {"name": Cell(f"row {n}")}) for n in range(30)])
        self.query_one(Table).focus()

Alone().run()
"""
"""A table and nothing else: what the machine and Textual take by themselves."""


class Program:
    """A program in a pseudo-terminal. `row` is where the cursor's row was drawn last."""

    def __init__(self, home: str, *arguments: str) -> None:
        # At its real place: HOME moves what is kept, not what is installed.
        environment = os.environ | {
            "HOME": home,
            "XDG_STATE_HOME": f"{home}/state",
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "HF_TOKEN": "simulated",
        }
        self.child = pexpect.spawn(
            sys.executable, list(arguments), env=environment, cwd=home, dimensions=(ROWS, COLUMNS), timeout=60
        )
        # pexpect waits 50 ms before it sends anything.
        self.child.delaybeforesend = None
        self._background = cursor_background()
        self.row = 0
        self._rest = b""

    def walk(self) -> None:
        """To the run."""
        for step in ("target", "size", "drivers", "path", "options"):
            self.until(f"● {step}".encode(), WALK)
            self.read(3.0)
            self.child.send("\r")
        self.until(b"create it", WALK)
        self.child.send("Y")

    def until(self, words: bytes, seconds: float) -> None:
        end = time.monotonic() + seconds
        seen = b""
        while words not in seen:
            if time.monotonic() > end:
                raise TimeoutError(words)
            seen = (seen + _ESCAPE.sub(b"", self.read(0.5)))[-100_000:]

    def read(self, seconds: float) -> bytes:
        """What comes within that time, or all of it when the cursor's row moved."""
        end, read, before = time.monotonic() + seconds, b"", self.row
        while (left := end - time.monotonic()) > 0 and self.row == before:
            try:
                new = self.child.read_nonblocking(65_536, timeout=left)
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                raise RuntimeError(f"the program ended: {self._rest!r}") from None
            read += new
            self._look(new)
        return read

    def _look(self, new: bytes) -> None:
        parts = _MOVE.split(self._rest + new)
        for at in range(1, len(parts) - 1, 3):
            if self._background in parts[at + 2]:
                self.row = int(parts[at])
        self._rest = new[-200:]

    def key(self, key: str) -> float | None:
        """Milliseconds until the cursor's row was drawn somewhere else; None when it was not within a second."""
        before, begun = self.row, time.perf_counter()
        self.child.send(key)
        self.read(1.0)
        return (time.perf_counter() - begun) * 1000 if self.row != before else None

    def seconds_used(self) -> float:
        """Of the processor, by the program and not by its simulators."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """With what it has started."""
        self.child.kill(signal.SIGTERM)
        self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=30)
        self.child.close(force=True)


def pressed(program: Program) -> list[float]:
    """Milliseconds of each key."""
    times: list[float] = []
    for count in range(KEYS):
        took = program.key("j" if count % 2 == 0 else "k")
        times += [took] if took is not None else []
        program.read(random.uniform(0.05, 0.2))
    return sorted(times)


def spread(times: list[float]) -> str:
    p95 = times[int(len(times) * 0.95)]
    return f"p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, most {times[-1]:.0f} ms"


def latency(home: str) -> None:
    program = Program(home, *DEMO, "60")
    program.walk()
    program.until(b"the GPU driver", WALK)
    alone = Program(home, "-c", ALONE)
    alone.read(5)
    begun, used = time.monotonic(), program.seconds_used()
    times = pressed(program)
    share = (program.seconds_used() - used) / (time.monotonic() - begun)
    say(f"{len(times)} of {KEYS} keys to changed screen", spread(times))
    say("processor meanwhile, of one core", f"{share * 100:.0f} %")
    say("the same with a table alone", spread(pressed(alone)))
    for one in (program, alone):
        one.close()


def processor(home: str) -> None:
    program = Program(home, *DEMO, "1")
    program.walk()
    program.read(5)
    used = program.seconds_used()
    end = time.monotonic() + MINUTE
    while time.monotonic() < end:
        program.read(1)
    say("processor, a minute of Run at speed 1", f"{(program.seconds_used() - used) / MINUTE * 100:.1f} % of one core")
    program.close()


def say(what: str, told: str) -> None:
    sys.stdout.write(f"{what:<52}{told}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        (processor if "cpu" in sys.argv[1:] else latency)(directory)
