"""A pilot here knows when the application is at rest, and what is said for a moment stays until it was read."""

import pytest

from tests.pilots import PATIENCE_SECONDS


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds may pass on a loaded machine before a test has looked."""
    monkeypatch.setattr("screens.base.NOTE_SECONDS", 10 * PATIENCE_SECONDS)
