"""Remedies for errors of Azure can be filled in, and each can be reached."""

import re
import string

import pytest

from llmd_tui.presets.remedies import Remedy, remedies

KNOWN = {"subscription", "tenant", "wait"}


@pytest.mark.parametrize("row", remedies(), ids=lambda row: f"{row.codes[0]}-{row.phrase[:20]}")
def test_what_it_names_is_there(row: Remedy) -> None:
    named = {name for _, name, _, _ in string.Formatter().parse(row.remedy) if name}
    assert named <= KNOWN | set(re.compile(row.phrase).groupindex)


def test_none_stands_behind_one_that_takes_all() -> None:
    taken: set[str] = set()
    for row in remedies():
        assert set(row.codes) - taken, row
        taken |= set(row.codes) if not row.phrase else set()
