"""The docs show what the snapshots hold."""

import pytest

from tests.screens.shoot import DOCS, SHOWN, snapshot


@pytest.mark.parametrize("name", SHOWN)
def test_it_is_the_snapshot(name: str) -> None:
    assert (DOCS / f"{name}.svg").read_bytes() == snapshot(name).read_bytes(), "./dev snapshots"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in DOCS.glob("*.svg")} == set(SHOWN)
