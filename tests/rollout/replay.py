"""Plays a recording of real operators, event by event, into a store."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.kube.store import Store

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "operators"

needs_recordings = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")

GPU_NODES = {"sku": "gpu"}

_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z"')


@dataclass(frozen=True)
class Step:
    """After a change: seconds since the start of the recording, and the time by the clock of its objects."""

    t: float
    kind: str
    store: Store
    now: datetime


@cache
def _lines(name: str) -> tuple[dict[str, Any], ...]:
    with gzip.open(RECORDINGS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def _start(name: str) -> datetime:
    """When t was 0: creation timestamps are cut to whole seconds, so the latest guess is the closest."""
    made = [line for line in _lines(name) if line["type"] == "ADDED" and line["t"] > 3]
    times = [
        datetime.fromisoformat(line["object"]["metadata"]["creationTimestamp"]) - timedelta(seconds=line["t"])
        for line in made
    ]
    return max(times).astimezone(UTC)


def play(name: str, stretch: float = 1, until: float = float("inf")) -> Iterator[Step]:
    """Every change of a recording. With `stretch` 10 everything takes ten times as long, as on real nodes."""
    start = _start(name)
    store = Store()
    for line in _lines(name):
        if line["t"] > until:
            return
        obj = line["object"] if stretch == 1 else _stretched(line["object"], start, stretch)
        store.apply(line["kind"], line["type"], obj)
        yield Step(line["t"], line["kind"], store, start + timedelta(seconds=line["t"] * stretch))


def at(name: str, t: float) -> Step:
    """The moment `t` seconds after the start of a recording."""
    *_, last = play(name, until=t)
    return Step(t, "", last.store, _start(name) + timedelta(seconds=t))


def _stretched(obj: Any, start: datetime, by: float) -> Any:
    def move(found: re.Match[str]) -> str:
        moved = start + (datetime.fromisoformat(found[1] + "+00:00") - start) * by
        return f'"{moved.isoformat(timespec="microseconds").replace("+00:00", "Z")}"'

    return json.loads(_TIME.sub(move, json.dumps(obj)))
