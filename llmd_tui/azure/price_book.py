"""Live prices, kept for the day: they seldom change, and whom anybody may ask is asked no more than needed."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, cast

from llmd_tui.files import cache_home, write_private
from llmd_tui.presets.sizes import Price

SECONDS = 24 * 3600.0

Prices = Mapping[tuple[str, str, bool], Price]
"""By size, region and whether it is of spot nodes."""


class PriceBook:
    """By size. Without a path in memory alone; what cannot be read or written is no error."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._sizes: dict[str, tuple[float, dict[tuple[str, bool], Price]]] = {}
        if path:
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                self._sizes = dict(_read(json.loads(path.read_text(encoding="utf-8"))))

    @classmethod
    def of(cls, *, kept: bool) -> "PriceBook":
        """The one in the user's cache directory; of a simulated list nothing is kept."""
        return cls(cache_home() / "prices.json" if kept else None)

    def fresh(self, size: str) -> bool:
        """Whether there is no need to ask."""
        return size in self._sizes and time.time() - self._sizes[size][0] < SECONDS

    def prices(self, sizes: Iterable[str]) -> Prices:
        """Also those that are older: a price says of which day it is."""
        return {
            (size, region, spot): price
            for size in sizes
            for (region, spot), price in self._sizes.get(size, (0.0, {}))[1].items()
        }

    def keep(self, size: str, prices: Mapping[tuple[str, bool], Price]) -> None:
        self._sizes[size] = time.time(), dict(prices)

    def save(self) -> None:
        if self._path is None:
            return
        sizes = {
            size: {
                "at": at,
                "prices": [
                    [region, spot, price.usd_per_hour, price.as_of.isoformat()]
                    for (region, spot), price in prices.items()
                ],
            }
            for size, (at, prices) in self._sizes.items()
        }
        with suppress(OSError):
            write_private(self._path, json.dumps(sizes))


def _read(kept: Any) -> Iterator[tuple[str, tuple[float, dict[tuple[str, bool], Price]]]]:
    for size, entry in cast(dict[str, Any], kept).items():
        prices = {
            (str(region), bool(spot)): Price(usd_per_hour=float(usd), region=region, as_of=date.fromisoformat(day))
            for region, spot, usd, day in entry["prices"]
        }
        yield size, (float(entry["at"]), prices)
