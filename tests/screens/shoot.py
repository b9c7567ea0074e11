"""The pictures of README and docs: those of the snapshots that they show, under their own names.

python -m tests.screens.shoot     after the snapshots were taken; `./dev snapshots` does both
"""

import shutil
from pathlib import Path

PICTURES = Path(__file__).parents[1] / "snapshots" / "pictures"
DOCS = Path(__file__).parents[2] / "docs"
SHOWN = {
    "start": "start",
    "target": "target",
    "size": "size",
    "regions": "regions",
    "drivers": "drivers",
    "path": "path",
    "options": "options",
    "review": "review",
    "run": "run-building",
    "stuck": "run-stuck",
    "checklist": "checklist",
    "done": "done",
}
"""By the name in docs, the snapshot's at 120x40."""


def snapshot(name: str) -> Path:
    return PICTURES / f"{SHOWN[name]}-120x40.svg"


def main() -> None:
    for name in SHOWN:
        shutil.copyfile(snapshot(name), DOCS / f"{name}.svg")


if __name__ == "__main__":
    main()
