"""Events survive being written as lines of JSON."""

import json
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui import events as e
from llmd_tui.render.jsonl import KINDS, decode, encode

events = st.one_of(*(st.from_type(kind) for kind in get_args(e.Event)))


@given(events)
def test_a_line_is_one_line_and_comes_back(event: e.Event) -> None:
    line = encode(event)
    assert len(line.splitlines()) == 1
    back = decode(line)
    assert encode(back) == line
    assert type(back) is type(event)
    assert [f.name for f in fields(back)] == [f.name for f in fields(event)]


def test_every_event_has_a_name_of_its_own() -> None:
    assert len(KINDS) == len(get_args(e.Event))
    line = json.loads(encode(e.PhaseStarted(1, "crds", 15, 60)))
    assert line == {"event": "phase_started", "at": 1, "phase": "crds", "normal": 15, "slow": 60, "beside": []}


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "7", '{"event": "phase_started"}', '{"event": "other"}', '{"event": ']
)
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError):
        decode(line)
