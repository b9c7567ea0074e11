"""Time stands still for what the screens show; waiting goes on."""

import importlib
import pkgutil
import sys
import time
from datetime import UTC, datetime
from types import ModuleType

import pytest

import llmd_tui.draft
import llmd_tui.rollout
import llmd_tui.start
import screens

MONOTONIC = 10_000.0


class Frozen(ModuleType):
    """In place of the module `time` wherever the product looks at a clock."""

    def __init__(self, at: datetime) -> None:
        super().__init__("time")
        self._at = at.timestamp()
        self._passed = 0.0

    def time(self) -> float:
        return self._at + self._passed

    def monotonic(self) -> float:
        return MONOTONIC + self._passed

    def forward(self, seconds: float) -> None:
        self._passed += seconds

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


def freeze(monkeypatch: pytest.MonkeyPatch, at: datetime = datetime(2026, 11, 21, 10, tzinfo=UTC)) -> Frozen:
    """Until the test ends. The simulators, which must go on, keep the real time."""
    frozen = Frozen(at)
    for package in (screens, llmd_tui.draft, llmd_tui.rollout, llmd_tui.start):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        ours = name.startswith(("llmd_tui.", "screens."))
        if ours and not name.startswith("llmd_tui.simulator") and getattr(module, "time", None) is time:
            monkeypatch.setattr(module, "time", frozen)
    return frozen
