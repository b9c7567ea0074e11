"""What Azure said about regions, kept for the next question, and its age."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from llmd_tui.azure.quota import Quota
from llmd_tui.files import cache_home, write_private
from llmd_tui.presets.sizes import sizes

SKUS_SECONDS = 24 * 3600.0
SKUS_ANEW_SECONDS = 600.0
"""Also when all is to be read anew: Compute allows 160 such lists in three minutes, and all regions are sixty."""
QUOTAS_SECONDS = 300.0


@dataclass(frozen=True)
class Known:
    """One region: entries of VM sizes by name and quotas by `normal` name, with when they were read (epoch)."""

    skus: Mapping[str, dict[str, Any]]
    skus_at: float
    quotas: Mapping[str, Quota]
    quotas_at: float


class Book:
    """By region, for one subscription, all sizes that are known here (`names`, in small letters).

    Without a path in memory alone; what cannot be read or written is no error.
    """

    def __init__(self, path: Path | None) -> None:
        self.names = frozenset(size.name.lower() for size in sizes())
        self._path = path
        self._regions: dict[str, Known] = {}
        if path:
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                self._load(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, subscription: str, *, simulated: bool) -> "Book":
        """The one of a subscription, in the user's cache directory; of a simulated one nothing is kept."""
        return cls(None if simulated else cache_home() / "capacity" / f"{subscription}.json")

    def regions(self) -> Mapping[str, Known]:
        return self._regions

    def skus(self, region: str, *, anew: bool = False) -> Known | None:
        """Unless they are too old, which they are sooner when they are to be read `anew`."""
        known, longest = self._regions.get(region), SKUS_ANEW_SECONDS if anew else SKUS_SECONDS
        return known if known and time.time() - known.skus_at < longest else None

    def quotas(self, region: str) -> Known | None:
        """Unless they are too old."""
        known = self._regions.get(region)
        return known if known and time.time() - known.quotas_at < QUOTAS_SECONDS else None

    def keep(self, region: str, known: Known) -> None:
        self._regions[region] = known

    def save(self) -> None:
        if self._path is None:
            return
        regions = {
            name: {
                "skus": known.skus,
                "skus_at": known.skus_at,
                "quotas": {quota: [value.limit, value.used] for quota, value in known.quotas.items()},
                "quotas_at": known.quotas_at,
            }
            for name, known in self._regions.items()
        }
        with suppress(OSError):
            write_private(self._path, json.dumps({"names": sorted(self.names), "regions": regions}))

    def _load(self, kept: Any) -> None:
        if not self.names <= set(kept["names"]):
            return
        for name, region in cast(dict[str, Any], kept["regions"]).items():
            quotas = {quota: Quota(int(limit), int(used)) for quota, (limit, used) in region["quotas"].items()}
            self._regions[name] = Known(region["skus"], region["skus_at"], quotas, region["quotas_at"])
