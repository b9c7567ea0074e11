"""Taking a streamed answer apart."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.serving.stream import LONGEST, Chunk, Lines, chunk


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20))
def test_lines_are_the_same_however_the_body_is_cut(body: bytes, cuts: list[int]) -> None:
    whole = Lines()
    expected = [*whole.feed(body), whole.rest()]
    parts = Lines()
    found: list[str] = []
    at = 0
    for size in cuts:
        found += parts.feed(body[at : at + size])
        at += size
    found += parts.feed(body[at:])
    assert [*found, parts.rest()] == expected


def test_a_line_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError):
        list(Lines().feed(b"x" * (LONGEST + 1)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"choices": [{"text": " fine", "finish_reason": None}]}, Chunk(" fine")),
        ({"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}, Chunk("a", finish="stop")),
        ({"choices": [{"delta": {"role": "assistant", "content": ""}}]}, Chunk()),
        ({"choices": [{"delta": {"reasoning_content": "hm"}}]}, Chunk(thought="hm")),
        ({"choices": [{"delta": {"reasoning": "hm"}}]}, Chunk(thought="hm")),
        ({"choices": [], "usage": {"completion_tokens": 4}}, Chunk(tokens=4)),
        ({"error": {"message": "out of memory"}}, Chunk(error="out of memory")),
        ({"choices": [{"text": 7, "delta": [], "finish_reason": {}}], "usage": [1]}, Chunk()),
        ({"choices": "none"}, Chunk()),
        ([], Chunk()),
    ],
)
def test_chunks(said: object, expected: Chunk) -> None:
    assert chunk(json.dumps(said)) == expected


@pytest.mark.parametrize("event", ["", "{", "[" * 100_000, "NaN"])
def test_what_is_no_json_is_an_empty_chunk(event: str) -> None:
    assert chunk(event) == Chunk()
