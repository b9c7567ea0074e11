"""A pilot here knows when the application is at rest, and what is said for a moment stays until it was read."""

import pytest

import tests.pilots  # noqa: F401 - its waiting takes the place of Textual's

HOUR = 3600.0


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds may pass on a loaded machine before a test has looked."""
    monkeypatch.setattr("screens.base.NOTE_SECONDS", HOUR)
