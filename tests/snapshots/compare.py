"""Pictures beside those that were looked at and committed."""

import asyncio
import difflib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tests.pilots import REDRAW_SECONDS, rest
from tests.snapshots import svg

PICTURES = Path(__file__).with_name("pictures")
UPDATE = "./dev snapshots"
ROWS_TOLD = 12
ROUNDS = 500
ENDLESS = ("run", "events", "log", "dialog", "abort")
"""Workers of the Run screen that go on while it, or a dialog over it, is there."""


@dataclass
class Album:
    """`take` compares and goes on; `close` fails with all that differed, the text first."""

    update: bool
    folder: Path
    """Where pictures that differ are left."""
    taken: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])

    def take(self, app: App[Any], name: str) -> None:
        """`name` is without its size, which is added: `size-120x40`."""
        columns, rows = app.size
        name = f"{name}-{columns}x{rows}"
        assert name not in self.taken, f"{name} was taken before"
        self.taken.append(name)
        picture, known = svg.draw(app), PICTURES / f"{name}.svg"
        if known.exists() and known.read_text(encoding="utf-8") == picture:
            return
        if self.update:
            PICTURES.mkdir(exist_ok=True)
            known.write_text(picture, encoding="utf-8")
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        seen = self.folder / known.name
        seen.write_text(picture, encoding="utf-8")
        if known.exists():
            was = self.folder / f"{name}.was.svg"
            shutil.copyfile(known, was)
            self.wrong.append(f"{name} changed\n{difference(was.read_text(encoding='utf-8'), picture)}\n{was}\n{seen}")
        else:
            self.wrong.append(f"{name} is new\n{svg.text(picture)}\n{seen}")

    def close(self) -> None:
        """Fails with all that differed."""
        if self.wrong:
            told = "\n\n".join(self.wrong)
            pytest.fail(f"{told}\n\nWhen they are as they should be: {UPDATE}", pytrace=False)


async def settled(pilot: Pilot[Any], rounds: int = 1) -> None:
    """Until nothing is being worked out and the screen has been the same for some rounds; the cursor does not blink.

    Between two rounds a run's screens have drawn what is new.
    """
    app, same = pilot.app, 0
    before = svg.strips(app)
    for _ in range(ROUNDS):
        for each in app.screen.query(Input):
            each.cursor_blink = False
        await rest()
        await asyncio.sleep(REDRAW_SECONDS)
        await rest()
        busy = any(not worker.is_finished for worker in app.workers if worker.group not in ENDLESS)
        now = svg.strips(app)
        same, before = (same + 1 if now == before and not busy else 0), now
        if same >= rounds:
            return
    raise AssertionError(f"the screen does not come to rest\n{svg.text(svg.draw(app))}")


def difference(was: str, now: str) -> str:
    """What a reader sees change: words, else colours."""
    before, after = svg.text(was).splitlines(), svg.text(now).splitlines()
    if before != after:
        return "\n".join(difflib.unified_diff(before, after, "before", "now", lineterm="", n=1))
    pairs = zip(was.splitlines(), now.splitlines(), strict=False)
    changed = [(old, new) for old, new in pairs if old != new]
    told = [f"- {old}\n+ {new}" for old, new in changed[:ROWS_TOLD]]
    more = [f"{len(changed) - ROWS_TOLD} more rows"] if len(changed) > ROWS_TOLD else []
    return "\n".join(["the words are the same, the colours or places are not:", *told, *more])
