"""What a run said, and what its cluster looked like at chosen moments."""

import json
import lzma
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from llmd_tui.events import Event
from llmd_tui.kube.store import Freshness, Store
from llmd_tui.objects import Object
from llmd_tui.render.jsonl import decode

FOLDER = Path(__file__).with_name("recordings")
PRESET = "h100-pd-disaggregation"
"""The config of every recording."""


@dataclass(frozen=True)
class Moment:
    """`at` in seconds since the epoch; `heard` is how many events there had been.

    `objects` by kind; `logs` are the last lines by `namespace/pod/container`, each with its time; `tails` those that
    the diagnosis had read, of now and of before the last restart.
    """

    at: float
    heard: int
    objects: dict[str, list[Object]]
    logs: dict[str, list[str]]
    tails: dict[str, tuple[list[str], list[str]]]

    def store(self) -> Store:
        """As a watch would have filled it a second ago."""
        store = Store()
        for kind, found in self.objects.items():
            store.replace(kind, found)
            store.mark(kind, Freshness("live", self.at - 1))
        return store


@dataclass(frozen=True)
class Recording:
    start: float
    moments: dict[str, Moment]
    events: list[str]

    def until(self, moment: str) -> Sequence[Event]:
        return [decode(line) for line in self.events[: self.moments[moment].heard]]

    def save(self, name: str) -> None:
        FOLDER.mkdir(exist_ok=True)
        with lzma.open(FOLDER / f"{name}.json.xz", "wt", encoding="utf-8", preset=9) as file:
            json.dump(asdict(self), file, separators=(",", ":"))

    @classmethod
    def load(cls, name: str) -> "Recording":
        with lzma.open(FOLDER / f"{name}.json.xz", "rt", encoding="utf-8") as file:
            saved = json.load(file)
        moments = {title: Moment(**moment) for title, moment in saved["moments"].items()}
        return cls(saved["start"], moments, saved["events"])
