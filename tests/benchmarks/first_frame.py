"""From exec to the first painted frame, beside `import textual.app` alone: python -m tests.benchmarks.first_frame"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import pexpect

from tests.benchmarks.times import ENVIRONMENT, ROOT

TIMES = 10
GOAL = 1.5


def imports() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import textual.app"], env=ENVIRONMENT, check=True)
    return time.perf_counter() - begun


def frame(*arguments: str, last: str) -> Callable[[], float]:
    """In a terminal of 120x40, until the last words of the frame are there."""

    def show() -> float:
        begun = time.perf_counter()
        child = pexpect.spawn(
            sys.executable,
            ["-m", "llmd_tui", *arguments],
            env=ENVIRONMENT,
            cwd=str(ROOT),
            dimensions=(40, 120),
            timeout=60,
            encoding="utf-8",
        )
        child.expect_exact(last)
        seconds = time.perf_counter() - begun
        child.close(force=True)
        return seconds

    return show


def main() -> None:
    """The measured things take turns, so that all meet the same load."""
    config = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"
    rows: dict[str, Callable[[], float]] = {
        "import textual.app": imports,
        "first frame of the start screen": frame(last="commands"),
        "first frame with -f": frame("-f", str(config), last="wizard in."),
        "the wizard, with -f": frame("-f", str(config), last="drivers"),
    }
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for what in rows.values():
        what()
    for _ in range(TIMES):
        for name, what in rows.items():
            taken[name].append(what())
    base = statistics.median(taken["import textual.app"])
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        sys.stdout.write(f"{name:<38}{median * 1000:>7.0f} ms{median / base:>7.2f} x\n")
    sys.stdout.write(f"goal: {GOAL} x\n")


if __name__ == "__main__":
    main()
