"""What pictures need: an album, and time that stands still."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.snapshots.compare import Album
from tests.snapshots.frozen import Frozen, freeze


@pytest.fixture(autouse=True)
def token(pinned: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What every config here refers to."""
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Frozen:
    return freeze(monkeypatch)


@pytest.fixture
def album(request: pytest.FixtureRequest, tmp_path: Path) -> Album:
    """Looked through when the test is over."""
    return Album(bool(request.config.getoption("--take-pictures")), tmp_path / "pictures")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    result = yield
    if isinstance(album := pyfuncitem.funcargs.get("album"), Album):
        album.close()
    return result
