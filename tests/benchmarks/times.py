"""How long the commands and planning take here, beside what cannot be helped: python -m tests.benchmarks.times

The first frame has a bench of its own: tests.benchmarks.first_frame
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.plan.make import make_plan
from llmd_tui.plan.output import plan_json

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"
COMPILED = tempfile.TemporaryDirectory()
"""An installed program has its modules compiled; so has a checkout, from its second start on."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPYCACHEPREFIX": COMPILED.name,
    "PYTHONPATH": str(ROOT),
    "TERM": "xterm-256color",
    "LC_ALL": "C.UTF-8",
}
TIMES = 9


def milliseconds(what: Callable[[], object]) -> float:
    """The median of some, after one that warms up."""
    what()
    taken: list[float] = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        what()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def python(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    config = Layered(environment={}, file=Answers.load(CONFIG)).config()
    plan = make_plan(config)
    rows: dict[str, Callable[[], object]] = {
        "python -c pass": python("-c", "pass"),
        "import textual.app": python("-c", "import textual.app"),
        "llmd-tui --version": python("-m", "llmd_tui", "--version"),
        "llmd-tui --help": python("-m", "llmd_tui", "--help"),
        "llmd-tui plan -f h100-pd-disaggregation.yaml": python("-m", "llmd_tui", "plan", "-f", str(CONFIG)),
        "make_plan alone": lambda: make_plan(config),
        "plan_json alone": lambda: plan_json(plan),
    }
    for name, what in rows.items():
        sys.stdout.write(f"{name:<46}{milliseconds(what):>8.1f} ms\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
